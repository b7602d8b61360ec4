import type { KlSchedule, ObjectiveSpec } from '@shared/domain/models/gradient'
import { maximum, multiply, reduceSum, subtract } from '../../../graph/ops'
import { type FloatType, type Tensor, input } from '../../../graph/tensor'
import type { BatchMeans, Objective } from './objective'
import type { BoundTerms } from '../bound-terms'

type ElboSpec = Extract<ObjectiveSpec, { elbo: unknown }>['elbo']

/** A KL times the factor of this step, which the trainer feeds to `schedule/kl`. */
export const scheduledKl = (kl: Tensor, schedule: KlSchedule, type: FloatType): Tensor =>
  schedule === 'constant' ? kl : multiply(kl, input('schedule/kl', [], type))

/**
 * E_q log p(x|z) − β·KL, with the KL of each dimension counted from λ nats on where bits are free.
 *
 * β: Higgins et al. 2017. Free bits: Σ_j max(λ, mean KL_j) over the rows of the batch, Kingma et al. 2016, appendix C.8
 */
export const weightedElbo = ({ samples, beta, klSchedule, freeBits }: ElboSpec): Objective => ({
  samples,
  weights: [],
  climb(terms, means) {
    const penalty = freeBits > 0 ? freedKl(terms, means, freeBits) : means.kl
    const weighted = beta === 1 ? penalty : multiply(penalty, beta)
    return { objective: subtract(means.reconstruction, scheduledKl(weighted, klSchedule, terms.model.type)) }
  },
})

/** Of a prior whose KL does not fall into dimensions, λ nats for each dimension are free together. */
function freedKl({ klPerDimension, model }: BoundTerms, { kl, meanRow }: BatchMeans, freeBits: number): Tensor {
  if (!klPerDimension) return maximum(kl, freeBits * model.latent)
  return reduceSum(maximum(meanRow(klPerDimension), freeBits))
}
