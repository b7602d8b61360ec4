import type { Dataset } from '@shared/domain/dataset'
import type { TrainResult } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import { cutIntoChunks } from '../inference/chunks'
import { type RowMoments, factorProblem, rowMoments } from '../inference/factor-problem'
import { missingFactorProblem } from '../inference/missing-factors'
import { hasMissing, patternsOf } from '../inference/missing-gaussian'
import { logScale, logScales, standardUnits, toStandard } from '../inference/standard-units'
import { type FactorModel, NoNoiseLeft, factorFreeParameters } from '../models/factors/factor-model'
import { canonicalRotation, principalFactors, randomFactors } from '../models/factors/factor-solutions'
import { CollapsedComponent } from '../models/mixtures/mixture-family'
import { filled } from '../models/mixtures/partitions'
import { observedLogDensity } from './factor-rows'
import { type FinalFigures, knownOfRows } from './held-out'
import { saveIterations } from './iteration-file'
import { fitAndRecord } from './latent-fit'
import { type NamedArrays, array, saveModel } from './model-file'
import type { TrainContext } from './train-context'

interface Units {
  shift: Float64Array
  scale: Float64Array
}

interface Setting {
  context: TrainContext
  data: PreparedData
  units: Units
  /** Of the rows with absent entries filled in by the columns' means. */
  moments: RowMoments
  /** Training rows in standard units where entries are absent, else null. */
  incomplete: Float64Array | null
  /** What log p per row loses when it is told in the units of the model. */
  shift: number
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
    saveModel(context.files, setting.isotropic ? 'ppca' : 'factor-analysis', tensorsOf(setting, canonical))
    warn(setting, canonical)
    const { metrics, heldOut } = await figures(setting, canonical)
    return { status: 'completed', epochs: null, ...outcome, metrics: { ...outcome.metrics, ...metrics }, heldOut }
  } catch (error) {
    throw error instanceof NoNoiseLeft || error instanceof CollapsedComponent ? new AppError('factors/no-noise-left', { latent: setting.latent, columns: setting.data.features }) : error
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
  const noiseFloor = model.kind === 'ppca' ? 0 : model.noiseFloor
  const units = standardUnits(raw, data.featureNames, isotropic ? 'common' : 'column', isotropic ? 'pass' : constantColumns(task.dataset, noiseFloor))
  const standard = toStandard(raw, units)
  const columns = data.features
  const moments = await rowMoments(runtime, cutIntoChunks(filled({ features: standard, columns }).features, columns), control.yield)
  const incomplete = hasMissing(raw) ? standard : null
  if (incomplete && task.spec.inference.kind === 'closed-form') throw new AppError('factors/missing-needs-em')
  return { context, data, units, moments, incomplete, shift: meanShift(raw, units), latent: model.latent, isotropic, noiseFloor }
}

/** Pixels that never change are usual in pictures; a floor under the noise gives them a density. */
export const constantColumns = ({ kind }: Dataset, noiseFloor: number): 'refuse' | 'pass' => (kind === 'images' && noiseFloor > 0 ? 'pass' : 'refuse')

/** Mean over the rows that have any entry. */
function meanShift(raw: Float64Array, units: Units): number {
  if (!hasMissing(raw)) return logScale(units)
  const columns = units.shift.length
  const rows = patternsOf(raw, columns).reduce((sum, group) => sum + group.rows.length, 0)
  return logScales(raw, units).reduce((sum, value) => sum + value, 0) / rows
}

interface Outcome extends Pick<TrainResult, 'converged' | 'iterations' | 'metrics'> {
  model: FactorModel
}

async function fit(setting: Setting): Promise<Outcome> {
  const { context, moments, incomplete, shift, latent, isotropic, noiseFloor } = setting
  const { inference, seed } = context.task.spec
  if (inference.kind === 'closed-form') {
    const model = principalFactors(moments.mean, moments.scatter, latent)
    context.reporter.progress('iterations', 1, 1)
    return { model, converged: null, iterations: null, metrics: {} }
  }
  if (inference.kind !== 'em') throw new Error(`factors cannot be fitted by ${inference.kind}`)
  const columns = moments.mean.length
  const constraint = { isotropic, noiseFloor }
  const plan = {
    // The principal factors lead factor analysis to its optimum; PPCA would have nothing left to do from there.
    startAt: (index: number): FactorModel =>
      index === 0 && !isotropic
        ? withinFloor(principalFactors(moments.mean, moments.scatter, latent), noiseFloor)
        : randomFactors(moments.mean, moments.scatter, latent, isotropic, { seed, stream: `em/restart/${index}` }),
    restarts: inference.restarts,
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    shift,
    climbed: 'logLikelihood' as const,
    isDegenerate: (error: unknown): boolean => error instanceof NoNoiseLeft || error instanceof CollapsedComponent,
  }
  const result = incomplete
    ? await fitAndRecord(context, { ...plan, problem: missingFactorProblem(incomplete, columns, latent, constraint) })
    : await fitAndRecord(context, { ...plan, problem: factorProblem(moments, latent, constraint) })
  saveIterations(context.files, { iterations: result.kept, trace: result.trace, shift }, (one) => tensorsOf(setting, canonicalRotation(one)))
  return {
    model: result.parameters,
    converged: result.converged,
    iterations: result.iterations,
    metrics: result.bound ? { 'train/lowerBound': result.bound.lowerBound - shift, 'train/kl': result.bound.kl } : {},
  }
}

const withinFloor = (model: FactorModel, floor: number): FactorModel => ({ ...model, noise: model.noise.map((value) => Math.max(value, floor)) })

async function figures(setting: Setting, model: FactorModel): Promise<FinalFigures> {
  const { context, data, units, moments, incomplete, shift, latent, isotropic, noiseFloor } = setting
  const problem = incomplete
    ? missingFactorProblem(incomplete, data.features, latent, { isotropic, noiseFloor })
    : factorProblem(moments, latent, { isotropic, noiseFloor })
  const rows = problem.weight
  const mean = (await problem.expect(model, null)).logLikelihood / rows - shift
  const degrees = factorFreeParameters(data.features, latent, isotropic)
  const total = mean * rows
  const metrics: Record<string, number> = {
    'train/logLikelihood': mean,
    'train/bic': 2 * total - degrees * Math.log(rows),
    'train/aic': 2 * total - 2 * degrees,
  }
  const heldOut: FinalFigures['heldOut'] = {}
  for (const [name, part] of [['validation', data.validation], ['test', data.test]] as const) {
    if (!part) continue
    const logDensity = await observedLogDensity(context.runtime, part.features as Float64Array, units, model)
    metrics[`${name}/logLikelihood`] = logDensity.reduce((sum, value) => sum + value, 0) / part.rows
    heldOut[`${name}/logLikelihood`] = knownOfRows(logDensity)
  }
  if (context.task.spec.inference.kind === 'closed-form') context.reporter.metrics(0, { 'train/logLikelihood': mean })
  return { metrics, heldOut }
}

function tensorsOf({ units, isotropic, latent }: Setting, { columns, mean, loadings, noise }: FactorModel): NamedArrays {
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
  if (isotropic) return { ...common, noiseVariance: array(variances.subarray(0, 1)) }
  const shares = noise.map((value, d) => {
    let explained = 0
    for (let a = 0; a < latent; a += 1) explained += loadings[d * latent + a]! ** 2
    return explained / (explained + value)
  })
  return {
    ...common,
    uniquenesses: array(variances, columns),
    /** Share of each column's variance that the factors explain. */
    communalities: array(shares, columns),
  }
}

function warn({ context, data, moments, isotropic, latent, noiseFloor }: Setting, { noise }: FactorModel): void {
  if (isotropic) return
  const columns = data.featureNames.filter((_, d) => noise[d]! <= noiseFloor * 1.01 && moments.scatter[d * (data.features + 1)]! > 0)
  if (columns.length > 0) context.reporter.warn('factors/heywood-case', { columns, floor: noiseFloor })
  const free = (data.features - latent) ** 2 - data.features - latent
  if (free < 0) context.reporter.warn('factors/not-identified', { latent, columns: data.features })
}
