import type { Tensor } from '../../../graph/tensor'
import type { Weight } from '../../networks/weight'
import type { BoundTerms } from '../bound-terms'

/**
 * What is climbed, made of the terms of a batch. `elbo` (weight 1), `reconstruction` and `kl` are reported beside it whatever it is. A new
 * objective is a file beside this one and a row in `pick-objective`.
 */
export interface Objective {
  /** Draws of z for each row. */
  samples: number
  /** Parameters of its own, e.g. of a discriminator; they descend `adversary` instead of climbing the objective. */
  weights: Weight[]
  climb(terms: BoundTerms, means: BatchMeans): Climbed
  /** A bound of its own, which is reported for every part of the data beside the ELBO. */
  bound?: { name: string; of(terms: BoundTerms): Tensor }
}

/** Means over the rows of a batch, which every objective is reported with. */
export interface BatchMeans {
  /** What each row counts for, [rows]; the sum is 1. */
  share: Tensor
  /** E_q log p(x|z), []. */
  reconstruction: Tensor
  /** KL(q(z|x) ‖ p(z)), []. */
  kl: Tensor
  /** Σ_r share_r·value_r: [rows] → [] */
  mean(perRow: Tensor): Tensor
  /** The same for each column: [rows, columns] → [columns] */
  meanRow(perRow: Tensor): Tensor
}

export interface Climbed {
  /** [], nats per row. */
  objective: Tensor
  /** Further figures that belong to the curve, each [], nats per row. */
  figures?: Record<string, Tensor>
  /** What the weights of the objective descend, []. */
  adversary?: Tensor
}
