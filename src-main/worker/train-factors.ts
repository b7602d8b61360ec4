import type { TrainResult } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import { cutIntoChunks } from '../inference/chunks'
import { type RowMoments, factorProblem, factorScores, rowMoments } from '../inference/factor-problem'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { type FactorModel, NoNoiseLeft, factorFreeParameters, factorStatistics, meanLogDensity, posteriorOf } from '../models/factors/factor-model'
import { canonicalRotation, principalFactors, randomFactors } from '../models/factors/factor-solutions'
import { fitAndRecord } from './latent-fit'
import { array, saveModel } from './model-file'
import type { TrainContext } from './train-context'

interface Units {
  shift: Float64Array
  scale: Float64Array
}

interface Setting {
  context: TrainContext
  data: PreparedData
  units: Units
  moments: RowMoments
  latent: number
  isotropic: boolean
  noiseFloor: number
}

/** PPCA in closed form or by EM, factor analysis by EM. */
export async function trainFactors(context: TrainContext): Promise<TrainResult> {
  const setting = await prepare(context)
  try {
    const { model, ...outcome } = await fit(setting)
    const canonical = canonicalRotation(model)
    save(setting, canonical)
    warn(setting, canonical)
    return { status: 'completed', epochs: null, ...outcome, metrics: { ...outcome.metrics, ...(await figures(setting, canonical)) } }
  } catch (error) {
    throw error instanceof NoNoiseLeft ? new AppError('factors/no-noise-left', { latent: setting.latent, columns: setting.data.features }) : error
  }
}

async function prepare(context: TrainContext): Promise<Setting> {
  const { task, readArrays, runtime, control } = context
  const { model } = task.spec
  if (model.kind !== 'ppca' && model.kind !== 'factor-analysis') throw new Error(`factors cannot be fitted to ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  if (model.latent >= data.features) throw new AppError('spec/too-many-latents', { latent: model.latent, columns: data.features })
  const isotropic = model.kind === 'ppca'
  const raw = data.train.features as Float64Array
  const units = standardUnits(raw, data.featureNames, isotropic ? 'common' : 'column', isotropic ? 'pass' : 'refuse')
  const moments = await rowMoments(runtime, cutIntoChunks(toStandard(raw, units), data.features), control.yield)
  return { context, data, units, moments, latent: model.latent, isotropic, noiseFloor: model.kind === 'ppca' ? 0 : model.noiseFloor }
}

interface Outcome extends Pick<TrainResult, 'converged' | 'iterations' | 'metrics'> {
  model: FactorModel
}

async function fit({ context, units, moments, latent, isotropic, noiseFloor }: Setting): Promise<Outcome> {
  const { inference, seed } = context.task.spec
  const shift = logScale(units)
  if (inference.kind === 'closed-form') {
    const model = principalFactors(moments.mean, moments.scatter, latent)
    context.reporter.progress('iterations', 1, 1)
    return { model, converged: null, iterations: null, metrics: {} }
  }
  if (inference.kind !== 'em') throw new Error(`factors cannot be fitted by ${inference.kind}`)
  const result = await fitAndRecord(context, {
    problem: factorProblem(moments, latent, { isotropic, noiseFloor }),
    // The principal factors lead factor analysis to its optimum; PPCA would have nothing left to do from there.
    startAt: (index) =>
      index === 0 && !isotropic
        ? withinFloor(principalFactors(moments.mean, moments.scatter, latent), noiseFloor)
        : randomFactors(moments.mean, moments.scatter, latent, isotropic, { seed, stream: `em/restart/${index}` }),
    restarts: inference.restarts,
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    shift,
    climbed: 'logLikelihood',
    isDegenerate: (error) => error instanceof NoNoiseLeft,
  })
  return {
    model: result.parameters,
    converged: result.converged,
    iterations: result.iterations,
    metrics: result.bound ? { 'train/lowerBound': result.bound.lowerBound - shift, 'train/kl': result.bound.kl } : {},
  }
}

const withinFloor = (model: FactorModel, floor: number): FactorModel => ({ ...model, noise: model.noise.map((value) => Math.max(value, floor)) })

async function figures({ context, data, units, moments, latent, isotropic }: Setting, model: FactorModel): Promise<Record<string, number>> {
  const posterior = posteriorOf(model)
  const mean = meanLogDensity(model, posterior, factorStatistics(model, posterior, moments.scatter)) - logScale(units)
  const degrees = factorFreeParameters(data.features, latent, isotropic)
  const total = mean * moments.rows
  const metrics: Record<string, number> = {
    'train/logLikelihood': mean,
    'train/bic': 2 * total - degrees * Math.log(moments.rows),
    'train/aic': 2 * total - 2 * degrees,
  }
  for (const [name, part] of [['validation', data.validation], ['test', data.test]] as const) {
    if (!part) continue
    const chunks = cutIntoChunks(toStandard(part.features as Float64Array, units), data.features)
    const { logDensity } = await factorScores(context.runtime, chunks, model)
    metrics[`${name}/logLikelihood`] = logDensity.reduce((sum, value) => sum + value, 0) / part.rows - logScale(units)
  }
  if (context.task.spec.inference.kind === 'closed-form') context.reporter.metrics(0, { 'train/logLikelihood': mean })
  return metrics
}

function save({ context, units, isotropic, latent }: Setting, { columns, mean, loadings, noise }: FactorModel): void {
  const { shift, scale } = units
  const variances = noise.map((value, d) => value * scale[d]! ** 2)
  const common = {
    mean: array(mean.map((value, d) => value * scale[d]! + shift[d]!), columns),
    loadings: array(loadings.map((value, index) => value * scale[Math.floor(index / latent)]!), columns, latent),
    'unit/shift': array(shift, columns),
    'unit/scale': array(scale, columns),
    'unit/mean': array(mean, columns),
    'unit/loadings': array(loadings, columns, latent),
    'unit/noise': array(noise, columns),
  }
  if (isotropic) return saveModel(context.files, 'ppca', { ...common, noiseVariance: array(variances.subarray(0, 1)) })
  const shares = noise.map((value, d) => {
    let explained = 0
    for (let a = 0; a < latent; a += 1) explained += loadings[d * latent + a]! ** 2
    return explained / (explained + value)
  })
  saveModel(context.files, 'factor-analysis', {
    ...common,
    uniquenesses: array(variances, columns),
    /** Share of each column's variance that the factors explain. */
    communalities: array(shares, columns),
  })
}

function warn({ context, data, isotropic, latent, noiseFloor }: Setting, { noise }: FactorModel): void {
  if (isotropic) return
  const columns = data.featureNames.filter((_, d) => noise[d]! <= noiseFloor * 1.01)
  if (columns.length > 0) context.reporter.warn('factors/heywood-case', { columns, floor: noiseFloor })
  const free = (data.features - latent) ** 2 - data.features - latent
  if (free < 0) context.reporter.warn('factors/not-identified', { latent, columns: data.features })
}
