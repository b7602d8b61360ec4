import { structureOf } from '@shared/domain/models/mixtures'
import type { EmSpec } from '@shared/domain/models/em'
import type { BayesClassifierSpec } from '@shared/domain/models/mixtures'
import type { TrainResult } from '@shared/domain/worker-protocol'
import { WeightedMean } from '@shared/math/weighted-mean'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import { familyChunks, mixturePosterior, mixtureProblem } from '../inference/mixture-problem'
import { bestRestart } from '../inference/restarts'
import { searchRestarts } from '../inference/search'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { type GaussianMixture, covarianceOf, toModelUnits } from '../models/mixtures/gaussian-parameters'
import { CollapsedComponent, type MixtureFamily, type Standardization } from '../models/mixtures/mixture-family'
import { type FinalFigures, knownOfMean } from './held-out'
import { array, saveModel } from './model-file'
import type { TrainContext } from './train-context'

interface Setting {
  context: TrainContext
  model: BayesClassifierSpec
  inference: EmSpec
  data: PreparedData
  units: Standardization
  /** Codes of the classes that have training rows, ascending. */
  present: number[]
}

/** p(x | y) for each class, and with the frequencies of the classes p(y | x): one Gaussian or a mixture per class. */
export async function trainClassifier(context: TrainContext): Promise<TrainResult> {
  const setting = prepare(context)
  const { model, data, units, present } = setting
  try {
    const fitted = model.components === 1 ? await fitTogether(setting) : await fitEachClass(setting)
    const whole = toModelUnits(fitted.mixture, units)
    saveModel(context.files, model.kind, {
      weights: array(whole.weights, whole.components),
      means: array(whole.means, whole.components, data.features),
      covariances: array(whole.covariances, whole.components, data.features, data.features),
      classOfComponent: array(Float64Array.from(whole.weights, (_, k) => present[Math.floor(k / model.components)]!), whole.components),
    })
    const figured = await figures(setting, fitted.mixture, fitted.freeParameters)
    context.reporter.progress('iterations', 1, 1)
    return { status: 'completed', converged: fitted.converged, iterations: fitted.iterations, epochs: null, ...figured }
  } catch (error) {
    if (!(error instanceof CollapsedComponent)) throw error
    const name = data.classes![present[Math.min(present.length - 1, error.component)]!]!
    throw new AppError('classifier/class-collapsed', { class: name })
  }
}

function prepare(context: TrainContext): Setting {
  const { task, readArrays } = context
  const { model, inference } = task.spec
  if (model.kind !== 'bayes-classifier' || inference.kind !== 'em') throw new Error(`a classifier cannot be fitted to ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  if (!data.classes || !data.train.labels) throw new AppError('classifier/no-labels', { dataset: task.dataset.name })
  const counts = data.classes.map((_, code) => data.train.labels!.reduce((count, label) => count + Number(label === code), 0))
  const present = [...counts.keys()].filter((code) => counts[code]! > 0)
  for (const code of present) {
    if (counts[code]! < model.components) throw new AppError('classifier/class-too-small', { class: data.classes[code]!, rows: counts[code]!, components: model.components })
  }
  const { units: kind } = gaussianFamily({ ...shapeOf(model, data), components: 1 })
  const units = standardUnits(data.train.features as Float64Array, data.featureNames, kind, 'refuse')
  return { context, model, inference, data, units, present }
}

const shapeOf = ({ covariance, regularization }: BayesClassifierSpec, { features }: PreparedData) => ({
  structure: structureOf(covariance),
  columns: features,
  regularization,
})

interface FittedClasses {
  mixture: GaussianMixture
  freeParameters: number
  converged: boolean
  iterations: number
}

/** M-steps from the classes themselves; more than one only where the structure has no closed form. */
const mostSteps = 200

/** One Gaussian per class, with a covariance structure over the classes: quadratic and linear discriminant analysis among them. */
async function fitTogether({ context, model, data, units, present }: Setting): Promise<FittedClasses> {
  const family = gaussianFamily({ ...shapeOf(model, data), components: present.length })
  const repeated: MixtureFamily<GaussianMixture> = {
    ...family,
    begin(sums) {
      let mixture = family.maximize(sums, null)
      for (let step = 1; step < mostSteps; step += 1) mixture = family.maximize(sums, mixture)
      return mixture
    },
  }
  const { features, codes } = labelled(data.train, units, data.features)
  const problem = await mixtureProblem(context.runtime, familyChunks(features, family), repeated)
  const mixture = await problem.begin(codes.map((code) => present.indexOf(code)))
  await problem.dispose()
  return { mixture: withFullCovariances(mixture), freeParameters: family.freeParameters, converged: true, iterations: 1 }
}

/** A mixture per class, each with the structure over its own components. */
async function fitEachClass({ context, model, inference, data, units, present }: Setting): Promise<FittedClasses> {
  const { runtime, control, reporter, task } = context
  const family = gaussianFamily({ ...shapeOf(model, data), components: model.components })
  const { features, codes } = labelled(data.train, units, data.features)
  const parts: { mixture: GaussianMixture; share: number; converged: boolean; iterations: number }[] = []
  for (const [place, code] of present.entries()) {
    const own = rowsWhere(features, data.features, (row) => codes[row] === code)
    const problem = await mixtureProblem(runtime, familyChunks(own, family), family, { pause: control.yield })
    const restarts = await searchRestarts({
      problem,
      rows: { features: own, columns: data.features },
      seed: task.spec.seed,
      initialization: inference.initialization,
      restarts: inference.restarts,
      responsibilities: async (mixture) => (await mixturePosterior({ runtime, features: own, family, mixture })).responsibilities,
      options: { tolerance: inference.tolerance, maxIterations: inference.maxIterations, pause: control.yield },
    })
    await problem.dispose()
    const best = bestRestart(restarts)
    if (!best) throw new CollapsedComponent(place)
    parts.push({ mixture: withFullCovariances(best.parameters!), share: problem.weight / codes.length, converged: best.converged, iterations: best.iterations })
    reporter.progress('restarts', place + 1, present.length)
  }
  return {
    mixture: joined(parts),
    freeParameters: present.length - 1 + present.length * family.freeParameters,
    converged: parts.every(({ converged }) => converged),
    iterations: Math.max(...parts.map(({ iterations }) => iterations)),
  }
}

function withFullCovariances(mixture: GaussianMixture): GaussianMixture {
  const { components, columns } = mixture
  const covariances = new Float64Array(components * columns * columns)
  for (let k = 0; k < components; k += 1) covariances.set(covarianceOf(mixture, k), k * columns * columns)
  return { ...mixture, covariance: 'full', covariances }
}

function joined(parts: readonly { mixture: GaussianMixture; share: number }[]): GaussianMixture {
  const { columns, components } = parts[0]!.mixture
  const stack = (pick: (part: (typeof parts)[number]) => Float64Array): Float64Array => Float64Array.from(parts.flatMap((part) => [...pick(part)]))
  return {
    covariance: 'full',
    columns,
    components: components * parts.length,
    weights: stack(({ mixture, share }) => mixture.weights.map((weight) => weight * share)),
    means: stack(({ mixture }) => mixture.means),
    covariances: stack(({ mixture }) => mixture.covariances),
  }
}

function rowsWhere(features: Float64Array, columns: number, belongs: (row: number) => boolean): Float64Array {
  const rows = Array.from({ length: features.length / columns }, (_, row) => row).filter(belongs)
  const part = new Float64Array(rows.length * columns)
  rows.forEach((row, index) => part.set(features.subarray(row * columns, (row + 1) * columns), index * columns))
  return part
}

/** Rows that have a class, in the units of the fit. */
function labelled({ features, labels }: PreparedPart, units: Standardization, columns: number): { features: Float64Array; codes: Int32Array } {
  const own = rowsWhere(features as Float64Array, columns, (row) => labels![row]! >= 0)
  return { features: toStandard(own, units), codes: labels!.filter((label) => label >= 0) }
}

/** p(y | x) from the responsibilities of the components, [rows, classes]. */
export function classProbabilities(responsibilities: Float64Array, classOfComponent: readonly number[], classes: number): Float64Array {
  const components = classOfComponent.length
  const probabilities = new Float64Array((responsibilities.length / components) * classes)
  responsibilities.forEach((share, index) => (probabilities[Math.floor(index / components) * classes + classOfComponent[index % components]!]! += share))
  return probabilities
}

async function figures({ context, model, data, units, present }: Setting, mixture: GaussianMixture, degrees: number): Promise<FinalFigures> {
  const family = gaussianFamily({ structure: 'VVV', components: mixture.components, columns: data.features, regularization: 0 })
  const classes = data.classes!.length
  const classOf = Array.from(mixture.weights, (_, k) => present[Math.floor(k / model.components)]!)
  const { metrics, heldOut }: FinalFigures = { metrics: {}, heldOut: {} }
  for (const [name, part] of [['train', data.train], ['validation', data.validation], ['test', data.test]] as const) {
    if (!part?.labels) continue
    const { features, codes } = labelled(part, units, data.features)
    if (codes.length === 0) continue
    const { responsibilities, logDensity } = await mixturePosterior({ runtime: context.runtime, features, family, mixture })
    const probabilities = classProbabilities(responsibilities, classOf, classes)
    let [right, loss, joint] = [0, 0, 0]
    const perRow = new WeightedMean()
    for (const [row, code] of codes.entries()) {
      const own = probabilities.subarray(row * classes, (row + 1) * classes)
      if (own.indexOf(Math.max(...own)) === code) right += 1
      const logProbability = Math.log(Math.max(own[code]!, 1e-300))
      loss -= logProbability
      joint += logDensity[row]! + logProbability
      perRow.add(logDensity[row]! + logProbability)
    }
    const total = joint - codes.length * logScale(units)
    metrics[`${name}/accuracy`] = right / codes.length
    metrics[`${name}/logLoss`] = loss / codes.length
    metrics[`${name}/logLikelihood`] = total / codes.length
    if (name !== 'train') heldOut[`${name}/logLikelihood`] = knownOfMean(perRow, codes.length)
    else Object.assign(metrics, { 'train/bic': 2 * total - degrees * Math.log(codes.length), 'train/aic': 2 * total - 2 * degrees })
  }
  return { metrics, heldOut }
}
