import type { Dataset } from '@shared/domain/dataset'
import { type CategoricalVaeSpec, type SemiSupervisedVaeSpec, mostEnumerated } from '@shared/domain/models/discrete'
import type { GradientSpec, ModelSpec, RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'

type DiscreteSpec = Extract<ModelSpec, { kind: 'categorical-vae' | 'semi-supervised-vae' | 'vq-vae' }>
interface Issue {
  path: string
  error: AppError
}

export const isDiscrete = (model: ModelSpec): model is DiscreteSpec => model.kind === 'categorical-vae' || model.kind === 'semi-supervised-vae' || model.kind === 'vq-vae'

/** Models with discrete codes climb the plain bound; how many draws they take is said of their estimator. */
export const checkDiscrete = (model: DiscreteSpec, { objective, epochs }: GradientSpec): Issue[] => {
  const isPlain = 'elbo' in objective && objective.elbo.samples === 1 && objective.elbo.freeBits === 0
  if (!isPlain) return [{ path: 'inference.objective', error: new AppError('discrete/objective', { model: model.kind }) }]
  if (model.kind === 'semi-supervised-vae') return checkBelow(model, epochs)
  if (model.kind === 'vq-vae') {
    const hasNoKl = 'elbo' in objective && objective.elbo.beta === 1 && objective.elbo.klSchedule === 'constant'
    return hasNoKl ? [] : [{ path: 'inference.objective', error: new AppError('discrete/objective', { model: model.kind }) }]
  }
  const hasOwnBound = typeof model.estimator !== 'string' && 'vimco' in model.estimator
  const isBare = objective.elbo.beta === 1 && objective.elbo.klSchedule === 'constant'
  if (hasOwnBound && !isBare) return [{ path: 'inference.objective', error: new AppError('discrete/vimco-objective') }]
  return checkSpace(model)
}

/** M1 leaves epochs to M2, which models codes and no pictures. */
function checkBelow({ below = 'none', encoder, decoder }: SemiSupervisedVaeSpec, epochs: number): Issue[] {
  if (below === 'none') return []
  const pictured = encoder.channels.length > 0 ? 'model.encoder.channels' : decoder.channels.length > 0 ? 'model.decoder.channels' : null
  if (pictured) return [{ path: pictured, error: new AppError('discrete/codes-are-no-pictures', { field: pictured }) }]
  if (below.vae.epochs < epochs) return []
  return [{ path: 'model.below.vae.epochs', error: new AppError('discrete/below-takes-all', { below: below.vae.epochs, epochs }) }]
}

function checkSpace({ estimator, variables, categories }: CategoricalVaeSpec): Issue[] {
  const codes = categories ** variables
  if (estimator !== 'enumeration' || codes <= mostEnumerated) return []
  const fitting = Math.floor(Math.log(mostEnumerated) / Math.log(categories))
  return [{ path: 'model.estimator', error: new AppError('discrete/too-many-codes', { codes, most: mostEnumerated, categories, fitting }) }]
}

/** Labels that are to be told are there, and reach every class. */
export function checkTold({ model }: RunSpec, { classes, name }: Dataset): Issue[] {
  if (model.kind !== 'semi-supervised-vae') return []
  const { labelled } = model
  if (labelled === 0) return classes || model.classes > 1 ? [] : [{ path: 'model.classes', error: new AppError('discrete/no-classes', { dataset: name }) }]
  if (!classes) return [{ path: 'model.labelled', error: new AppError('discrete/no-labels', { dataset: name, labelled }) }]
  if (model.classes > 0 && model.classes !== classes.length) {
    return [{ path: 'model.classes', error: new AppError('discrete/classes-told', { asked: model.classes, classes: classes.length }) }]
  }
  if (labelled >= classes.length) return []
  return [{ path: 'model.labelled', error: new AppError('discrete/too-few-labelled', { labelled, classes: classes.length }) }]
}
