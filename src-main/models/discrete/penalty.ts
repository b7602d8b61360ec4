import { multiply } from '../../graph/ops'
import type { FloatType, Tensor } from '../../graph/tensor'
import type { StepSpec } from '../gradient-model'
import { scheduledKl } from '../vae/objectives/weighted-elbo'

/** β·KL of the plain objective, with its schedule. */
export function penaltyOf(kl: Tensor, { objective }: StepSpec, type: FloatType): Tensor {
  if (!('elbo' in objective)) throw new Error(`categorical codes climb the elbo, not ${Object.keys(objective)[0]}`)
  const { beta, klSchedule } = objective.elbo
  return scheduledKl(beta === 1 ? kl : multiply(kl, beta), klSchedule, type)
}
