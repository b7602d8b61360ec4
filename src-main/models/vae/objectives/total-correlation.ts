import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import { logSumExp } from '../../../graph/compose'
import { add, exp, log, maximum, multiply, negate, reduceSum, reshape, square, subtract } from '../../../graph/ops'
import { type Tensor, input } from '../../../graph/tensor'
import type { BoundTerms } from '../bound-terms'
import type { BatchMeans, Objective } from './objective'
import { scheduledKl } from './weighted-elbo'

type TotalCorrelationSpec = Extract<ObjectiveSpec, { totalCorrelation: unknown }>['totalCorrelation']

/**
 * The KL in three parts, each with its weight: E_q log p(x|z) − α·I(x; z) − β·TC(z) − γ·Σ_j KL(q(z_j) ‖ p(z_j)).     Chen et al. 2018
 *
 * What all weights have in common is the KL by formula; only what they differ from 1 multiplies the estimates of the parts.
 */
export const totalCorrelation = ({ samples, mutualInformation, beta, dimensions, klSchedule }: TotalCorrelationSpec): Objective => ({
  samples,
  weights: [],
  climb(terms, means) {
    const parts = klParts(terms, means)
    const excess = [
      [parts.mutualInformation, mutualInformation],
      [parts.totalCorrelation, beta],
      [parts.dimensionKl, dimensions],
    ] as const
    const penalty = excess.reduce((sum, [part, weight]) => (weight === 1 ? sum : add(sum, multiply(part, weight - 1))), means.kl)
    return { objective: subtract(means.reconstruction, scheduledKl(penalty, klSchedule, terms.model.type)), figures: { ...parts } }
  },
})

/**
 * Estimates from the batch, with the aggregate posterior by minibatch weighting: q(z) ≈ 1/N Σ_j share_j·q(z|x_j), N rows in the training part
 * (input `schedule/logRows`). They are biased upwards where the batch is a small part of the data: what counts is how they move.
 *
 * Chen et al. 2018, appendix C.1
 */
export function klParts(terms: BoundTerms, { mean, share }: BatchMeans) {
  const { model, posteriors, latent, rows, samples, logPosterior, logPrior } = terms
  const width = model.latent
  const logRows = input('schedule/logRows', [], model.type)
  const z = reshape(latent, [samples * rows, 1, width])
  const centre = reshape(posteriors.mean, [1, rows, width])
  const logVariance = reshape(posteriors.logVariance, [1, rows, width])
  // log q(z_ij | x_k), [samples·rows, rows, latent]
  const pairs = multiply(
    add(add(multiply(square(subtract(z, centre)), exp(negate(logVariance))), logVariance), Math.log(2 * Math.PI)),
    -0.5,
  )
  const logShare = log(maximum(share, 1e-30))
  const logJoint = subtract(logSumExp(add(reduceSum(pairs, [2]), reshape(logShare, [1, rows])), [1]), logRows)
  const marginals = logSumExp(add(pairs, reshape(logShare, [1, rows, 1])), [1])
  const logMarginals = subtract(reduceSum(marginals, [1]), multiply(logRows, width))
  const overSamples = (values: Tensor): Tensor => mean(samples === 1 ? values : multiply(reduceSum(reshape(values, [samples, rows]), [0]), 1 / samples))
  return {
    mutualInformation: overSamples(subtract(logPosterior(), logJoint)),
    totalCorrelation: overSamples(subtract(logJoint, logMarginals)),
    dimensionKl: overSamples(subtract(logMarginals, logPrior())),
  }
}
