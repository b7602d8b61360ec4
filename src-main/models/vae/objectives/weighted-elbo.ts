import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import { maximum, multiply, reduceSum, subtract } from '../../../graph/ops'
import { type FloatType, type Tensor, input } from '../../../graph/tensor'
import type { BatchMeans, Objective } from './objective'
import type { BoundTerms } from '../bound-terms'

type ElboSpec = Extract<ObjectiveSpec, { elbo: unknown }>['elbo']

/** The factor of the KL at this step, fed by the trainer: its input is called `schedule/kl`. */
export const scheduledKlFactor = (type: FloatType): Tensor => input('schedule/kl', [], type)

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
    const scheduled = klSchedule === 'constant' ? weighted : multiply(weighted, scheduledKlFactor(terms.model.type))
    return { objective: subtract(means.reconstruction, scheduled) }
  },
})

/** Of a prior whose KL does not fall into dimensions, λ nats for each dimension are free together. */
function freedKl({ klPerDimension, model }: BoundTerms, { kl, meanRow }: BatchMeans, freeBits: number): Tensor {
  if (!klPerDimension) return maximum(kl, freeBits * model.latent)
  return reduceSum(maximum(meanRow(klPerDimension), freeBits))
}
