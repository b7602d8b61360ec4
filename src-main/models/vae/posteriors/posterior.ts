import type { Tensor } from '../../../graph/tensor'
import type { Pass } from '../../networks/pass'
import type { Weight } from '../../networks/weight'
import type { Noise } from '../../noise'

/** q(z|x): a family of distributions that an encoder's output chooses from. A new family is a file beside this one and a row in `pick-posterior`. */
export interface Posterior {
  latent: number
  /** Width of the encoder's output. */
  parameters: number
  /** Parameters besides the encoder's. */
  weights: Weight[]
  /** @param encoded  [rows, parameters] */
  of(encoded: Tensor, pass: Pass): RowPosteriors
}

/** The posteriors of the rows of a batch. */
export interface RowPosteriors {
  /** What stands for the row on a map, [rows, latent]. */
  mean: Tensor
  /** [rows, latent]; of a family without a formula for its variances, that of what it starts from. */
  logVariance: Tensor
  /** q is N(mean, diag exp logVariance) and nothing else: what formulas for its entropy and marginals need. */
  isDiagonalGaussian: boolean
  /** `samples` draws for each row, one set of rows after another. */
  draw(samples: number, noise: Noise): PosteriorDraw
  /** KL from the standard normal for each dimension, [rows, latent], nats; null where no formula gives it. */
  klFromStandardNormal: Tensor | null
}

export interface PosteriorDraw {
  /** [samples·rows, latent] */
  latent: Tensor
  /** log q(z|x), [samples·rows]; the gradient also flows through z. */
  logDensity(): Tensor
  /**
   * Where no formula holds for the whole of q, but one for each dimension given those before it: what it adds to the KL from the standard
   * normal, [samples·rows, latent], nats; the mean over draws is right.
   */
  klPerDimension?(): Tensor
}
