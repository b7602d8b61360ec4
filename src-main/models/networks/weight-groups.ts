import type { ParameterGroup } from '../../graph/optimizers'
import type { Tensor } from '../../graph/tensor'
import type { StepSpec } from '../gradient-model'

/**
 * What a weight has of its own, by its name. Matrices and filters of layers decay; biases, scales and shifts of norms, and what priors and
 * likelihoods have do not.
 */
export const weightGroups =
  ({ rates }: Pick<StepSpec, 'rates'>) =>
  ({ name = '' }: Tensor): ParameterGroup => ({
    rate: /^(encoder|below\/encoder|hierarchy\/up)\//.test(name) ? rates.encoder : /^(decoder|below\/decoder|hierarchy\/down)\//.test(name) ? rates.decoder : rates.other,
    decays: /\/(weight|filters)$/.test(name),
  })
