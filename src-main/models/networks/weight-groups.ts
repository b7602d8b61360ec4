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
    rate: name.startsWith('encoder/') ? rates.encoder : name.startsWith('decoder/') ? rates.decoder : rates.other,
    decays: /\/(weight|filters)$/.test(name),
  })
