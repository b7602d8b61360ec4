import type { Likelihood } from '@shared/domain/spec'
import { add, exp, maximum, multiply, negate, reduceSum, sigmoid, slice, softplus, square, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter, scalar } from '../../graph/tensor'
import type { Weight } from '../networks'

/** p(x|z) given the decoder's output. */
export interface LikelihoodModel {
  /** Width of the decoder's output for a number of features. */
  outputs: number
  /** Parameters besides the decoder's. */
  weights: Weight[]
  /** log p(x|z), summed over features, nats: x [rows, features], output [rows, outputs] → [rows]. */
  logProbability(x: Tensor, output: Tensor): Tensor
  /** E[x|z]: [rows, outputs] → [rows, features]. */
  mean(output: Tensor): Tensor
}

/** The smallest logarithm of a learned variance: it keeps the density of data that repeat exactly from growing without bound. */
export const logVarianceFloor = Math.log(1e-6)

export function likelihoodModel(likelihood: Likelihood, features: number, type: FloatType): LikelihoodModel {
  if (likelihood === 'bernoulli') return bernoulli(features)
  const { variance } = likelihood.gaussian
  if (variance === 'learned') {
    const meanOf = (output: Tensor): Tensor => slice(output, 1, 0, features)
    return {
      outputs: 2 * features,
      weights: [],
      mean: meanOf,
      logProbability: (x, output) =>
        gaussianLogProbability(x, meanOf(output), maximum(slice(output, 1, features, 2 * features), logVarianceFloor)),
    }
  }
  const shared = parameter('likelihood/logVariance', [], type)
  const logVariance = variance === 'shared' ? maximum(shared, logVarianceFloor) : scalar(Math.log(variance), type)
  return {
    outputs: features,
    weights: variance === 'shared' ? [{ tensor: shared, bound: 0, centre: 0 }] : [],
    mean: (output) => output,
    logProbability: (x, output) => gaussianLogProbability(x, output, logVariance),
  }
}

/** log Bern(x; σ(l)) = x·l − log(1 + exp(l)), also for x between 0 and 1 (cross-entropy with soft targets). */
function bernoulli(features: number): LikelihoodModel {
  return {
    outputs: features,
    weights: [],
    mean: sigmoid,
    logProbability: (x, logits) => reduceSum(subtract(multiply(x, logits), softplus(logits)), [1]),
  }
}

/** Σ_j −½(log 2π + logVariance_j + (x_j − mean_j)²·exp(−logVariance_j)) */
function gaussianLogProbability(x: Tensor, mean: Tensor, logVariance: Tensor): Tensor {
  const squares = multiply(square(subtract(x, mean)), exp(negate(logVariance)))
  return multiply(reduceSum(add(add(squares, logVariance), Math.log(2 * Math.PI)), [1]), -0.5)
}

/**
 * KL divergence from a diagonal Gaussian to the standard normal, per dimension, in nats.
 *
 * KL_j = ½ (exp(logVariance_j) + mean_j² − 1 − logVariance_j)     Kingma & Welling 2014, appendix B
 *
 * @param mean         [rows, latent]
 * @param logVariance  [rows, latent], natural logarithm of the variance
 * @returns            [rows, latent], ≥ 0
 */
export const gaussianKl = (mean: Tensor, logVariance: Tensor): Tensor =>
  multiply(subtract(subtract(add(exp(logVariance), square(mean)), 1), logVariance), 0.5)
