import { multiply, reduceSum } from '../../graph/ops'
import type { Tensor } from '../../graph/tensor'
import type { Noise } from '../noise'
import type { Weight } from '../networks/weight'

/** p(x|z) given the decoder's output. A new family is a file beside this one and a row in `pick-likelihood`. */
export interface Likelihood {
  /** Width of the decoder's output. For pictures a multiple of the features: so many numbers for each, one group after another. */
  outputs: number
  /** Parameters besides the decoder's. */
  weights: Weight[]
  /**
   * log p(x|z), summed over the features, nats. Discrete families give log-probabilities, the others log-densities.
   *
   * @param x         [rows, features]
   * @param output    [rows, outputs]
   * @param observed  [rows, features], 1 where x is known; absent where all of it is
   * @returns         [rows]
   */
  logProbability(x: Tensor, output: Tensor, observed?: Tensor): Tensor
  /** E[x|z]: [rows, outputs] → [rows, features]. */
  mean(output: Tensor): Tensor
  /** x ~ p(x|z): [rows, outputs] → [rows, features]. */
  sample(output: Tensor, noise: Noise): Tensor
  /** What the encoder reads in place of x, where that is not x itself, and its width. */
  view?: { width: number; of(x: Tensor): Tensor }
}

/** [rows, features] → [rows]: the sum over the features that are known. */
export const sumOverFeatures = (terms: Tensor, observed?: Tensor): Tensor =>
  reduceSum(observed ? multiply(terms, observed) : terms, [1])
