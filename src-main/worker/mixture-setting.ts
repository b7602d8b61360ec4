import type { EmSpec, ModelSpec } from '@shared/domain/spec'
import { structureOf } from '@shared/domain/models/mixtures'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import { cutIntoChunks } from '../inference/chunks'
import { type MixtureProblem, mixtureProblem } from '../inference/mixture-problem'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { Mixture, MixtureFamily, Standardization } from '../models/mixtures/mixture-family'
import type { TrainContext } from './train-context'

/** A mixture of any family, fitted to given data. Parameters are opaque to what drives the fit. */
export type AnyFamily = MixtureFamily<Mixture>

export interface MixtureSetting extends TrainContext {
  inference: EmSpec
  data: PreparedData
  family: AnyFamily
  units: Standardization
  /** What a log-likelihood per row loses when it is told in the units of the model. */
  shift: number
  /** Training rows in the units of the fit. */
  features: Float64Array
  problem: MixtureProblem<Mixture>
}

const erased = <P extends Mixture>(family: MixtureFamily<P>): AnyFamily => family as unknown as AnyFamily

/** The family that a specification names, for data of this width. */
export function familyFor(model: ModelSpec, columns: number): AnyFamily {
  switch (model.kind) {
    case 'gaussian-mixture': {
      const { components, covariance, regularization } = model
      return erased(gaussianFamily({ structure: structureOf(covariance), components, columns, regularization }))
    }
    default:
      throw new Error(`${model.kind} is not a mixture`)
  }
}

/** Pixels that never change are usual in pictures, and harmless where something is added to every variance. */
const constantColumns = ({ spec, dataset }: Pick<TrainTask, 'spec' | 'dataset'>): 'refuse' | 'pass' =>
  'regularization' in spec.model && dataset.kind === 'images' && spec.model.regularization > 0 ? 'pass' : 'refuse'

export const unitsFor = (run: Pick<TrainTask, 'spec' | 'dataset'>, data: PreparedData, family: AnyFamily): Standardization =>
  standardUnits(data.train.features as Float64Array, data.featureNames, family.units, constantColumns(run))

export async function mixtureSetting(context: TrainContext): Promise<MixtureSetting> {
  const { task, arrays, runtime, control } = context
  const { spec, dataset } = task
  if (spec.inference.kind !== 'em') throw new Error(`a mixture is not fitted by ${spec.inference.kind}`)
  const data = prepareData(dataset, arrays, spec, 'float64')
  const family = familyFor(spec.model, data.features)
  if (data.train.rows < family.components) {
    throw new AppError('spec/too-few-rows', { rows: data.train.rows, components: family.components })
  }
  const units = unitsFor(task, data, family)
  const features = toStandard(data.train.features as Float64Array, units)
  const problem = await mixtureProblem(runtime, cutIntoChunks(features, data.features), family, { pause: control.yield })
  return { ...context, inference: spec.inference, data, family, units, shift: logScale(units), features, problem }
}
