import { logSumExp } from '../../../graph/compose'
import { subtract } from '../../../graph/ops'
import type { Tensor } from '../../../graph/tensor'
import { type BoundTerms, logWeights } from '../bound-terms'
import type { Objective } from './objective'

/** log 1/K Σ_k p(x, z_k)/q(z_k|x), z_k ~ q(z|x), for each row: between the ELBO and log p(x).     Burda et al. 2016 */
export const importanceWeightedBound = (terms: BoundTerms): Tensor => subtract(logSumExp(logWeights(terms), [0]), Math.log(terms.samples))

export const importanceWeighted = (samples: number): Objective => ({
  samples,
  weights: [],
  climb: (terms, { mean }) => ({ objective: mean(importanceWeightedBound(terms)) }),
  bound: { name: 'iwae', of: importanceWeightedBound },
})
