import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import { abs, multiply, subtract } from '../../../graph/ops'
import { input } from '../../../graph/tensor'
import type { Objective } from './objective'

type CapacitySpec = Extract<ObjectiveSpec, { capacity: unknown }>['capacity']

/** E_q log p(x|z) − γ·|KL − C|, where the capacity C (input `schedule/capacity`, nats) rises over training.     Burgess et al. 2018 */
export const capacity = ({ samples, weight }: CapacitySpec): Objective => ({
  samples,
  weights: [],
  climb({ model }, { reconstruction, kl }) {
    const target = input('schedule/capacity', [], model.type)
    return { objective: subtract(reconstruction, multiply(abs(subtract(kl, target)), weight)) }
  },
})
