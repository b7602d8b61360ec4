import type { TrainResult } from '@shared/domain/worker-protocol'
import { adjustedRandIndex, normalizedMutualInformation } from '@shared/math/cluster-agreement'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import { type Chunks, cutIntoChunks } from '../inference/chunks'
import { asGaussians, factorMixtureProblem, factorMixtureScores } from '../inference/factor-mixture-problem'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import {
  DeadComponent,
  type FactorMixture,
  type FactorMixtureStructure,
  factorMixtureFreeParameters,
  startFactorMixture,
} from '../models/factors/factor-mixture'
import { NoNoiseLeft } from '../models/factors/factor-model'
import { canonicalRotation } from '../models/factors/factor-solutions'
import { CollapsedState } from '../models/sequences/emissions'
import { type FinalFigures, knownOfRows } from './held-out'
import { saveIterations } from './iteration-file'
import { fitAndRecord } from './latent-fit'
import { type NamedArrays, array, saveModel } from './model-file'
import { largest } from './train-bayesian'
import { constantColumns } from './train-factors'
import type { TrainContext } from './train-context'

interface Setting {
  context: TrainContext
  data: PreparedData
  units: { shift: Float64Array; scale: Float64Array }
  chunks: Chunks
  structure: FactorMixtureStructure
}

/** Mixture of factor analysers by generalized EM. */
export async function trainFactorMixture(context: TrainContext): Promise<TrainResult> {
  const { task, readArrays, runtime } = context
  const { model, inference, seed } = task.spec
  if (model.kind !== 'mixture-of-factor-analyzers' || inference.kind !== 'em') throw new Error(`factor analysers cannot be fitted to ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  const columns = data.features
  if (model.latent >= columns) throw new AppError('spec/too-many-latents', { latent: model.latent, columns })
  if (data.train.rows < model.components) throw new AppError('spec/too-few-rows', { rows: data.train.rows, components: model.components })
  const raw = data.train.features as Float64Array
  const units = standardUnits(raw, data.featureNames, 'column', constantColumns(task.dataset, model.noiseFloor))
  const features = toStandard(raw, units)
  const chunks = cutIntoChunks(features, columns)
  const { components, latent, noise, noiseFloor } = model
  const structure: FactorMixtureStructure = { components, columns, latent, noise, noiseFloor: Math.max(noiseFloor, 1e-12) }
  const problem = await factorMixtureProblem(runtime, chunks, structure)
  const shift = logScale(units)
  const fit = await fitAndRecord(context, {
    problem,
    startAt: (index) => startFactorMixture(features, structure, { seed, stream: `mfa/restart/${index}` }),
    restarts: inference.restarts,
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    shift,
    climbed: 'logLikelihood',
    isSpurious: ({ weights, factors }) => components > 1 && (weights.some((weight) => weight < 0.01) || (data.imageShape === null && factors.some(atFloor(structure)))),
    isDegenerate,
  }).catch((error: unknown) => {
    throw isDegenerate(error) ? new AppError('em/component-collapsed', { component: error instanceof DeadComponent ? error.component + 1 : 1 }) : error
  })
  await problem.dispose()
  const order = Array.from(fit.parameters.weights, (_, k) => k).sort((a, b) => fit.parameters.weights[b]! - fit.parameters.weights[a]!)
  const told = ({ weights, factors }: FactorMixture): FactorMixture => ({
    weights: Float64Array.from(order, (k) => weights[k]!),
    factors: order.map((k) => canonicalRotation(factors[k]!)),
  })
  const mixture = told(fit.parameters)
  const setting = { context, data, units, chunks, structure }
  saveModel(context.files, model.kind, tensorsOf(setting, mixture))
  saveIterations(context.files, { iterations: fit.kept, trace: fit.trace, shift }, (one) => tensorsOf(setting, told(one)))
  const bound = fit.bound ? { 'train/lowerBound': fit.bound.lowerBound - shift, 'train/kl': fit.bound.kl } : {}
  const { metrics, heldOut } = await figures(setting, mixture)
  return { status: 'completed', converged: fit.converged, iterations: fit.iterations, epochs: null, metrics: { ...metrics, ...bound }, heldOut }
}

const isDegenerate = (error: unknown): boolean =>
  error instanceof DeadComponent || error instanceof NoNoiseLeft || error instanceof CollapsedState

/** Most columns without noise of their own: the component sits on a few rows. (Of pictures, most pixels may well never change.) */
const atFloor =
  ({ noiseFloor, columns }: FactorMixtureStructure) =>
  ({ noise }: { noise: Float64Array }): boolean =>
    noise.filter((value) => value <= noiseFloor * 1.01).length > columns / 2

async function figures({ context, data, units, chunks, structure }: Setting, mixture: FactorMixture): Promise<FinalFigures> {
  const { metrics, heldOut }: FinalFigures = { metrics: {}, heldOut: {} }
  const { components } = structure
  const judge = async (name: string, part: PreparedPart | null, given: Chunks | null): Promise<void> => {
    if (!part) return
    const cut = given ?? cutIntoChunks(toStandard(part.features as Float64Array, units), data.features)
    const { responsibilities, logDensity } = await factorMixtureScores(context.runtime, cut, mixture)
    const total = logDensity.reduce((sum, value) => sum + value, 0) - logScale(units) * part.rows
    metrics[`${name}/logLikelihood`] = total / part.rows
    if (!given) heldOut[`${name}/logLikelihood`] = knownOfRows(logDensity)
    const assigned = Int32Array.from({ length: part.rows }, (_, row) => largest(responsibilities, row * components, components))
    if (given) {
      const degrees = factorMixtureFreeParameters(structure)
      const bic = 2 * total - degrees * Math.log(part.rows)
      const certainty = assigned.reduce((sum, k, row) => sum + Math.log(responsibilities[row * components + k]!), 0)
      Object.assign(metrics, { 'train/bic': bic, 'train/aic': 2 * total - 2 * degrees, 'train/icl': bic + 2 * certainty })
    }
    if (!part.labels) return
    metrics[`${name}/ari`] = adjustedRandIndex(part.labels, assigned)
    metrics[`${name}/nmi`] = normalizedMutualInformation(part.labels, assigned)
  }
  await judge('train', data.train, chunks)
  await judge('validation', data.validation, null)
  await judge('test', data.test, null)
  return { metrics, heldOut }
}

function tensorsOf({ units, structure }: Setting, mixture: FactorMixture): NamedArrays {
  const { components, columns, latent } = structure
  const { shift, scale } = units
  const joined = (of: (k: number) => Float64Array): Float64Array => Float64Array.from(mixture.factors.flatMap((_, k) => [...of(k)]))
  const loadings = joined((k) => mixture.factors[k]!.loadings)
  const noise = joined((k) => mixture.factors[k]!.noise)
  const { means, covariances } = asGaussians(mixture)
  return {
    weights: array(mixture.weights, components),
    means: array(means.map((value, index) => value * scale[index % columns]! + shift[index % columns]!), components, columns),
    loadings: array(loadings.map((value, index) => value * scale[Math.floor(index / latent) % columns]!), components, columns, latent),
    uniquenesses: array(noise.map((value, index) => value * scale[index % columns]! ** 2), components, columns),
    covariances: array(
      covariances.map((value, index) => value * scale[index % columns]! * scale[Math.floor(index / columns) % columns]!),
      components,
      columns,
      columns,
    ),
    'unit/means': array(means, components, columns),
    'unit/loadings': array(loadings, components, columns, latent),
    'unit/noise': array(noise, components, columns),
    'unit/shift': array(shift, columns),
    'unit/scale': array(scale, columns),
  }
}
