import type { BayesianGaussianMixtureSpec } from '@shared/domain/spec'
import type { TrainResult } from '@shared/domain/worker-protocol'
import { adjustedRandIndex, normalizedMutualInformation } from '@shared/math/cluster-agreement'
import { cholesky } from '@shared/math/cholesky'
import type { RandomKey } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import { bayesianProblem, bayesianScores } from '../inference/bayesian-problem'
import { type Chunks, cutIntoChunks } from '../inference/chunks'
import { rowMoments } from '../inference/factor-problem'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { type NormalWishartMixture, type NormalWishartPrior, expectedWeights, updatePosterior, variationalBound } from '../models/bayesian/normal-wishart'
import { lloyd, spreadRows } from '../models/mixtures/partitions'
import { type FinalFigures, knownOfRows } from './held-out'
import { saveIterations } from './iteration-file'
import { fitAndRecord } from './latent-fit'
import { type NamedArrays, array, saveModel } from './model-file'
import type { TrainContext } from './train-context'

interface Setting {
  context: TrainContext
  model: BayesianGaussianMixtureSpec
  data: PreparedData
  units: { shift: Float64Array; scale: Float64Array }
  features: Float64Array
  chunks: Chunks
  prior: NormalWishartPrior
}

/** Mean-field variational Bayes from several starts. */
export async function trainBayesian(context: TrainContext): Promise<TrainResult> {
  const setting = await prepare(context)
  const { chunks, model, prior, units, features } = setting
  const { inference, seed } = context.task.spec
  if (inference.kind !== 'variational-bayes') throw new Error(`a Bayesian mixture cannot be fitted by ${inference.kind}`)
  const problem = await bayesianProblem(context.runtime, chunks, prior, model.components)
  const shift = logScale(units)
  const fit = await fitAndRecord(context, {
    problem,
    startAt: (index) => startFrom(features, prior, model.components, index, { seed, stream: `vb/restart/${index}` }),
    restarts: inference.restarts,
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    shift,
    climbed: 'lowerBound',
  })
  // The statistics are those of the last responsibilities; the posterior that is best for them is what was climbed.
  const { statistics, logLikelihood, complete } = fit.expectation
  const { counts } = statistics
  const q = updatePosterior(prior, statistics)
  const alive = counts.filter((count) => count >= 1).length
  if (alive < model.components) context.reporter.warn('bayes/components-died', { alive, components: model.components })
  if (alive === model.components && model.components > 1) context.reporter.warn('bayes/all-components-used', { components: model.components })
  saveModel(context.files, model.kind, tensorsOf(setting, q, counts))
  saveIterations(context.files, { iterations: fit.kept, trace: fit.trace, shift }, (one) => tensorsOf(setting, one, countsOf(prior, one)))
  const relative = variationalBound(prior, q, logLikelihood - complete, chunks.rows).relative
  const figured = await figures(setting, q)
  const metrics = {
    'train/lowerBound': fit.trace.at(-1)! - shift,
    'train/relativeBound': relativeBound(setting, relative),
    'train/activeComponents': alive,
    ...figured.metrics,
  }
  await problem.dispose()
  return { status: 'completed', converged: fit.converged, iterations: fit.iterations, epochs: null, metrics, heldOut: figured.heldOut }
}

async function prepare(context: TrainContext): Promise<Setting> {
  const { task, readArrays, runtime } = context
  const { model } = task.spec
  if (model.kind !== 'bayesian-gaussian-mixture') throw new Error(`variational Bayes of mixtures cannot be fitted to ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  const columns = data.features
  if (data.train.rows <= 1) throw new AppError('spec/too-few-rows', { rows: data.train.rows, components: 2 })
  const degreesOfFreedom = model.degreesOfFreedom ?? columns
  if (!(degreesOfFreedom > columns - 1)) throw new AppError('bayes/degrees-of-freedom', { got: degreesOfFreedom, least: columns - 1 })
  const raw = data.train.features as Float64Array
  const units = standardUnits(raw, data.featureNames, 'column', 'refuse')
  const features = toStandard(raw, units)
  const chunks = cutIntoChunks(features, columns)
  const { mean, scatter, rows } = await rowMoments(runtime, chunks)
  const prior: NormalWishartPrior = {
    columns,
    mean,
    meanPrecision: model.meanPrecision,
    degreesOfFreedom,
    inverseScale: withoutCollinearity(context, scatter.map((value) => (value * rows) / (rows - 1)), columns),
    weightPrior: model.weightPrior,
    weightConcentration: model.weightConcentration ?? 1 / model.components,
  }
  return { context, model, data, units, features, chunks, prior }
}

const leastOwnVariance = 1e-6
const addedVariance = 1e-4

/** Columns that are combinations of others would leave the prior without a density; a little variance of their own gives it one. */
function withoutCollinearity({ reporter }: TrainContext, covariance: Float64Array, columns: number): Float64Array {
  const factor = cholesky(covariance, columns)
  const own = factor ? Array.from({ length: columns }, (_, d) => factor[d * (columns + 1)]! ** 2) : [0]
  if (Math.min(...own) > leastOwnVariance) return covariance
  reporter.warn('bayes/collinear-columns', { share: addedVariance })
  return covariance.map((value, index) => (index % (columns + 1) === 0 ? value + addedVariance : value))
}

/** A k-means partition, into as many groups as there are components for the first start and one fewer for each that follows. */
function startFrom(features: Float64Array, prior: NormalWishartPrior, components: number, index: number, key: RandomKey): NormalWishartMixture {
  const { columns } = prior
  const counts = new Float64Array(components)
  const sums = new Float64Array(components * columns)
  const products = new Float64Array(components * columns ** 2)
  const rows = { features, columns }
  lloyd(rows, spreadRows(rows, components - (index % components), key), 10).forEach((k, row) => {
    counts[k]! += 1
    for (let d = 0; d < columns; d += 1) {
      const value = features[row * columns + d]!
      sums[k * columns + d]! += value
      for (let e = 0; e < columns; e += 1) products[(k * columns + d) * columns + e]! += value * features[row * columns + e]!
    }
  })
  return updatePosterior(prior, { counts, sums, products })
}

/** In the units of the model: every log |W_k| loses twice the log of the scales, ν_k/2 times. */
function relativeBound({ chunks, model, prior, units }: Setting, relative: number): number {
  const degrees = chunks.rows + model.components * prior.degreesOfFreedom
  return relative - degrees * logScale(units)
}

async function figures({ context, chunks, data, units }: Setting, q: NormalWishartMixture): Promise<FinalFigures> {
  const { metrics, heldOut }: FinalFigures = { metrics: {}, heldOut: {} }
  const judge = async (name: string, part: PreparedPart | null, given: Chunks | null): Promise<void> => {
    if (!part) return
    const cut = given ?? cutIntoChunks(toStandard(part.features as Float64Array, units), data.features)
    const { responsibilities, logDensity } = await bayesianScores(context.runtime, cut, q)
    metrics[`${name}/logLikelihood`] = logDensity.reduce((sum, value) => sum + value, 0) / part.rows - logScale(units)
    if (!given) heldOut[`${name}/logLikelihood`] = knownOfRows(logDensity, 'predictive')
    if (!part.labels) return
    const assigned = Int32Array.from({ length: part.rows }, (_, row) => largest(responsibilities, row * q.components, q.components))
    metrics[`${name}/ari`] = adjustedRandIndex(part.labels, assigned)
    metrics[`${name}/nmi`] = normalizedMutualInformation(part.labels, assigned)
  }
  await judge('train', data.train, chunks)
  await judge('validation', data.validation, null)
  await judge('test', data.test, null)
  return { metrics, heldOut }
}

/** The place of the largest of some values; the first of equals. */
export function largest(values: Float64Array, offset: number, count: number): number {
  let best = 0
  for (let index = 1; index < count; index += 1) if (values[offset + index]! > values[offset + best]!) best = index
  return best
}

/** Rows of each component, which its concentration has beyond the prior. */
const countsOf = ({ weightPrior, weightConcentration }: NormalWishartPrior, { concentration }: NormalWishartMixture): Float64Array =>
  concentration.map((value) => value - (weightPrior === 'dirichlet' ? weightConcentration : 1))

function tensorsOf({ units, prior }: Setting, q: NormalWishartMixture, counts: Float64Array): NamedArrays {
  const { components, columns, means, inverseScales, degreesOfFreedom, concentration, concentrationRest, meanPrecision } = q
  const { shift, scale } = units
  const rest = concentrationRest.length > 0 ? { concentrationRest: array(concentrationRest, components) } : {}
  return {
    weights: array(expectedWeights(q), components),
    means: array(means.map((value, index) => value * scale[index % columns]! + shift[index % columns]!), components, columns),
    /** (ν_k W_k)⁻¹, the inverse of the expected precision. */
    covariances: array(
      inverseScales.map((value, index) => {
        const k = Math.floor(index / columns ** 2)
        return (value * scale[index % columns]! * scale[Math.floor(index / columns) % columns]!) / degreesOfFreedom[k]!
      }),
      components,
      columns,
      columns,
    ),
    counts: array(counts, components),
    concentration: array(concentration, components),
    ...rest,
    meanPrecision: array(meanPrecision, components),
    degreesOfFreedom: array(degreesOfFreedom, components),
    weightConcentrationPrior: array(Float64Array.of(prior.weightConcentration)),
    'unit/means': array(means, components, columns),
    'unit/inverseScales': array(inverseScales, components, columns, columns),
    'unit/shift': array(shift, columns),
    'unit/scale': array(scale, columns),
  }
}
