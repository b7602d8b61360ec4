import type { Dataset } from '@shared/domain/dataset'
import { type EmFamilySpec, isEm } from '@shared/domain/models/em'
import { hasNoise, isMixture } from '@shared/domain/models/mixtures'
import type { ModelSpec, RunSpec } from '@shared/domain/spec'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { withoutWeights } from '@shared/domain/weight-column'
import { type InSteps, atOnce } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import { type Part, type Parts, prepareData } from '../datasets/prepare'
import { type KnownClasses, componentClasses } from '../inference/known-classes'
import type { MixtureProblem, ProblemOptions } from '../inference/mixture-problem'
import { logScale, logScales, toStandard, unitsOf } from '../inference/standard-units'
import { type Box, boxAround, logVolume } from '../models/mixtures/box'
import type { Mixture, Standardization } from '../models/mixtures/mixture-family'
import { type AnyFamily, type FamilyShape, checkValues, familyFor, levelsOf } from './mixture-families'
import type { MixturePreparation } from './mixture-files'
import { modelPosterior, modelProblem } from './mixture-posterior'
import type { Reporter } from './reporter'
import type { TrainContext } from './train-context'
import { splitWeights, weightsAt } from './weighted-rows'

export interface MixtureSetting extends TrainContext {
  inference: EmFamilySpec
  data: Parts<Part>
  family: AnyFamily
  units: Standardization
  /** What a log-likelihood per row loses when it is told in the units of the model. */
  shift: number
  /** What is climbed, per row: as which metric and in which units it is told. */
  climbed: Climbed
  /** Rows that starts are taken from, in the units of the fit: [rows, columns]. All training rows, or a sample of those that stay on disk. */
  features: Float64Array
  /** How often each of those rows counts, or null for once. */
  weights: Float64Array | null
  /** Their classes, where labels count. */
  known: KnownClasses | null
  /** Their rows of the dataset, and the classes that a start may be made from. */
  rowIndex: Int32Array
  labels: KnownClasses | null
  problem: MixtureProblem<Mixture>
  /** The same problem with responsibilities of another kind. */
  problemWith(options: Pick<ProblemOptions, 'posterior' | 'temper'>): Promise<MixtureProblem<Mixture>>
  /** Responsibilities and, in the units of the model, log-densities of a part, from `row` on; valid during the call. */
  posteriors(part: PartName, mixture: Mixture, see: (responsibilities: Float64Array, logDensity: Float64Array, row: number) => void): Promise<void>
  /** How often the rows of a part count, or null for once. */
  weightsOf(part: PartName): Float64Array | null
  /** What only passes over all rows can tell: it is kept with the model. */
  preparation: MixturePreparation
}

export type PartName = 'train' | 'validation' | 'test'

export interface Climbed {
  key: 'logLikelihood' | 'classificationLogLikelihood' | 'inertia'
  tell(perRow: number): number
}

/** The metrics of which a fit tells every iteration. */
export const trainKeys = ({ key }: Climbed): string[] => [`train/${key}`, 'train/lowerBound', 'train/kl']

/** Pixels that never change are usual in pictures, and harmless to distances and where something is added to every variance. */
const constantColumns = ({ spec, dataset }: Pick<TrainTask, 'spec' | 'dataset'>): 'refuse' | 'pass' =>
  spec.model.kind === 'k-means' || ('regularization' in spec.model && dataset.kind === 'images' && spec.model.regularization > 0)
    ? 'pass'
    : 'refuse'

/** The family for the data of a run, and the units it is fitted in. */
export function familyAndUnits(run: Pick<TrainTask, 'spec' | 'dataset'>, data: Parts<Part>, weights: Float64Array | null = null): FittedUnits {
  return atOnce(findFamilyAndUnits(run, data, weights))
}

export interface FittedUnits {
  family: AnyFamily
  units: Standardization
  levels: readonly number[]
  /** What noise fills, where there is a noise component. */
  box: Box | null
}

/** @param weights  of the training rows */
export function* findFamilyAndUnits(
  { spec, dataset: whole }: Pick<TrainTask, 'spec' | 'dataset'>,
  data: Parts<Part>,
  weights: Float64Array | null = null,
): InSteps<FittedUnits> {
  const { model } = spec
  const dataset = withoutWeights(model, whole)
  const shape = { columns: data.features, levels: yield* levelsOf(model, data, dataset.columns), described: dataset.columns }
  const kind = familyFor(model, shape).units
  const units = yield* unitsOf(data.train.blocks, data.featureNames, kind, constantColumns({ spec, dataset }), weights)
  const box = hasNoise(model) ? yield* boxAround(data.train.blocks, weights) : null
  if (box && !(logVolume(box) > -Infinity)) throw new AppError('mixture/noise-without-volume')
  return { family: familyOf(model, { ...shape, units, box }), units, levels: shape.levels, box }
}

/** The family of a fit, in its units. */
export const familyOf = (model: ModelSpec, { units, ...shape }: FamilyShape & { units: Standardization }): AnyFamily =>
  familyFor(model, { ...shape, scale: units.scale[0]!, logScale: logScale(units) })

export const isLimit = (model: ModelSpec): boolean => model.kind === 'k-means' && model.softness === 0

export function requireRows(data: Parts<Part>, { components }: AnyFamily): void {
  if (data.train.rows < components) throw new AppError('spec/too-few-rows', { rows: data.train.rows, components })
}

/** Weights must leave something to fit, and are taken as numbers of rows. */
export function requireWeights(weights: Float64Array | null, { train }: Parts<Part>, reporter: Reporter): void {
  if (!weights) return
  const counted = weights.filter((weight) => weight > 0)
  if (counted.length === 0) throw new AppError('mixture/no-weight', { rows: train.rows })
  const sum = counted.reduce((total, weight) => total + weight, 0)
  if (sum < counted.length / 2) reporter.warn('mixture/small-weights', { rows: counted.length, sum })
}

/** Labels of rows as what is known of their components; null where labels do not count. Throws AppError. */
export function knownClasses({ model }: RunSpec, dataset: Dataset, labels: Int32Array | null): KnownClasses | null {
  if (!isMixture(model) || model.labels !== 'clamp') return null
  if (!labels || !dataset.classes) throw new AppError('mixture/no-labels', { field: 'model.labels', dataset: dataset.name })
  const { components, componentsPerClass: perClass } = model
  const classes = dataset.classes.length
  const needed = classes * perClass
  if (components < needed) throw new AppError('mixture/too-few-for-classes', { classes, perClass, needed, components })
  return { codes: labels, classOf: componentClasses(components + Number(hasNoise(model)), classes, perClass) }
}

/** The classes that fits begin from where the specification asks for it. Components beyond the classes are of none. */
export function startLabels({ model, inference }: RunSpec, dataset: Dataset, labels: Int32Array | null): KnownClasses | null {
  if (!isMixture(model) || !isEm(inference) || inference.initialization !== 'labels') return null
  if (!labels || !dataset.classes) throw new AppError('mixture/no-labels', { field: 'inference.initialization', dataset: dataset.name })
  const [classes, { components }] = [dataset.classes.length, model]
  if (components < classes) throw new AppError('em/start-codes', { got: classes, components })
  return { codes: labels, classOf: componentClasses(components + Number(hasNoise(model)), classes, 1) }
}

export const climbedBy = (model: ModelSpec, shift: number, rows: number, { scale }: Standardization, kind: EmFamilySpec['kind'] = 'em'): Climbed =>
  isLimit(model)
    ? { key: 'inertia', tell: (perRow) => -2 * perRow * rows * scale[0]! ** 2 }
    : { key: kind === 'hard-em' ? 'classificationLogLikelihood' : 'logLikelihood', tell: (perRow) => perRow - shift }

export function emOf({ inference }: RunSpec): EmFamilySpec {
  if (!isEm(inference)) throw new Error(`a mixture is not fitted by ${inference.kind}`)
  return inference
}

/** With all rows in memory. */
export async function mixtureSetting(context: TrainContext): Promise<MixtureSetting> {
  const { task, readArrays, runtime, control, reporter } = context
  const { spec } = task
  const dataset = withoutWeights(spec.model, task.dataset)
  const inference = emOf(spec)
  const { arrays, weights: all } = splitWeights(spec.model, task.dataset, readArrays())
  const data = prepareData(dataset, arrays, spec, 'float64', { shared: runtime.sumOverBlocks !== undefined })
  const weights = weightsAt(all, data.train.rowIndex)
  requireWeights(weights, data, reporter)
  checkValues(spec.model, data, dataset.columns)
  const { family, units, levels, box } = familyAndUnits(task, data, weights)
  requireRows(data, family)
  const known = knownClasses(spec, dataset, data.train.labels)
  // In place: a copy would hold large data twice.
  const features = toStandard(data.train.features as Float64Array, units, data.train.features as Float64Array)
  const rows = { runtime, model: spec.model, family, pause: control.yield }
  const problemWith = (options: ProblemOptions) => modelProblem({ ...rows, features, weights }, { known, pause: control.yield, ...options })
  const problem = await problemWith({ posterior: isLimit(spec.model) ? 'hard' : 'plain' })
  const shift = logScales(features, units).reduce((sum, value, row) => sum + value * (weights ? weights[row]! : 1), 0) / problem.weight
  return {
    ...context,
    inference,
    data,
    family,
    units,
    shift,
    climbed: climbedBy(spec.model, shift, problem.weight, units, inference.kind),
    features,
    weights,
    known,
    rowIndex: data.train.rowIndex,
    labels: startLabels(spec, dataset, data.train.labels),
    weightsOf: (part) => weightsAt(all, data[part]!.rowIndex),
    problem,
    problemWith,
    async posteriors(part, mixture, see) {
      const own = part === 'train' ? features : toStandard(data[part]!.features as Float64Array, units)
      const { responsibilities, logDensity } = await modelPosterior({ ...rows, features: own, mixture })
      const shifts = logScales(own, units)
      see(responsibilities, logDensity.map((value, row) => value - shifts[row]!), 0)
    },
    preparation: { transform: data.transform, units, levels, box },
  }
}
