import { type CategoricalVaeSpec, mostEnumerated } from '@shared/domain/models/discrete'
import type { GradientSpec, ModelSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'

type DiscreteSpec = Extract<ModelSpec, { kind: 'categorical-vae' }>
type Issue = { path: string; error: AppError }

export const isDiscrete = (model: ModelSpec): model is DiscreteSpec => model.kind === 'categorical-vae'

/** Models with discrete codes climb the plain bound; how many draws they take is said of their estimator. */
export const checkDiscrete = (model: DiscreteSpec, { objective }: GradientSpec): Issue[] => {
  const isPlain = 'elbo' in objective && objective.elbo.samples === 1 && objective.elbo.freeBits === 0
  const hasOwnBound = typeof model.estimator !== 'string' && 'vimco' in model.estimator
  const isBare = isPlain && objective.elbo.beta === 1 && objective.elbo.klSchedule === 'constant'
  if (!isPlain) return [{ path: 'inference.objective', error: new AppError('discrete/objective', { model: model.kind }) }]
  if (hasOwnBound && !isBare) return [{ path: 'inference.objective', error: new AppError('discrete/vimco-objective') }]
  return checkSpace(model)
}

function checkSpace({ estimator, variables, categories }: CategoricalVaeSpec): Issue[] {
  const codes = categories ** variables
  if (estimator !== 'enumeration' || codes <= mostEnumerated) return []
  const fitting = Math.floor(Math.log(mostEnumerated) / Math.log(categories))
  return [{ path: 'model.estimator', error: new AppError('discrete/too-many-codes', { codes, most: mostEnumerated, categories, fitting }) }]
}
