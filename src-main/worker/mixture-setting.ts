import type { EmSpec } from '@shared/domain/spec'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import type { MixtureProblem } from '../inference/mixture-problem'
import { logScales, standardUnits, toStandard } from '../inference/standard-units'
import type { Mixture, Standardization } from '../models/mixtures/mixture-family'
import { type AnyFamily, checkValues, familyFor } from './mixture-families'
import { modelProblem } from './mixture-posterior'
import type { TrainContext } from './train-context'

export interface MixtureSetting extends TrainContext {
  inference: EmSpec
  /** Its training rows are in the units of the fit too: they are `features`. */
  data: PreparedData
  family: AnyFamily
  units: Standardization
  /** What a log-likelihood per row loses when it is told in the units of the model. */
  shift: number
  /** What is climbed, per row: as which metric and in which units it is told. */
  climbed: Climbed
  /** Training rows in the units of the fit. */
  features: Float64Array
  problem: MixtureProblem<Mixture>
}

export interface Climbed {
  key: 'logLikelihood' | 'classificationLogLikelihood' | 'inertia'
  tell(perRow: number): number
}

/** The metrics of which a fit tells every iteration. */
export const trainKeys = ({ key }: Climbed): string[] => [`train/${key}`, 'train/lowerBound', 'train/kl']

/** Pixels that never change are usual in pictures, and harmless where something is added to every variance. */
const constantColumns = ({ spec, dataset }: Pick<TrainTask, 'spec' | 'dataset'>): 'refuse' | 'pass' =>
  'regularization' in spec.model && dataset.kind === 'images' && spec.model.regularization > 0 ? 'pass' : 'refuse'

const unitsFor = (run: Pick<TrainTask, 'spec' | 'dataset'>, data: PreparedData, family: AnyFamily): Standardization =>
  standardUnits(data.train.features as Float64Array, data.featureNames, family.units, constantColumns(run))

/** The family for the data of a run, and the units it is fitted in. */
export function familyAndUnits(run: Pick<TrainTask, 'spec' | 'dataset'>, data: PreparedData): { family: AnyFamily; units: Standardization } {
  const units = unitsFor(run, data, familyFor(run.spec.model, data))
  return { family: familyFor(run.spec.model, data, units.scale[0]), units }
}

export async function mixtureSetting(context: TrainContext): Promise<MixtureSetting> {
  const { task, readArrays, runtime, control } = context
  const { spec, dataset } = task
  if (spec.inference.kind !== 'em') throw new Error(`a mixture is not fitted by ${spec.inference.kind}`)
  const data = prepareData(dataset, readArrays(), spec, 'float64')
  checkValues(spec.model.kind, data)
  const { family, units } = familyAndUnits(task, data)
  if (data.train.rows < family.components) {
    throw new AppError('spec/too-few-rows', { rows: data.train.rows, components: family.components })
  }
  // In place: a copy would hold large data twice.
  const features = toStandard(data.train.features as Float64Array, units, data.train.features as Float64Array)
  const isLimit = spec.model.kind === 'k-means' && spec.model.softness === 0
  const posterior = isLimit ? 'hard' : 'plain'
  const problem = await modelProblem({ runtime, model: spec.model, family, features }, { posterior, pause: control.yield })
  const shift = logScales(features, units).reduce((sum, value) => sum + value, 0) / problem.weight
  const climbed: Climbed = isLimit
    ? { key: 'inertia', tell: (perRow) => -2 * perRow * problem.weight * units.scale[0]! ** 2 }
    : { key: 'logLikelihood', tell: (perRow) => perRow - shift }
  return { ...context, inference: spec.inference, data, family, units, shift, climbed, features, problem }
}
