import { add, exp, multiply, reduceSum, reshape, slice, square, subtract } from '../../../graph/ops'
import type { FloatType, Tensor } from '../../../graph/tensor'
import type { Noise } from '../../noise'
import type { Posterior, PosteriorDraw, RowPosteriors } from './posterior'

/** N(mean, diag exp logVariance) with z = mean + exp(½ logVariance)·ε, ε ~ N(0, I).     Kingma & Welling 2014 */
export const diagonalGaussian = (latent: number): Posterior => ({
  latent,
  parameters: 2 * latent,
  weights: [],
  of(encoded) {
    const mean = slice(encoded, 1, 0, latent)
    const logVariance = slice(encoded, 1, latent, 2 * latent)
    return diagonalOf(mean, logVariance)
  },
})

/** @param mean  [rows, latent], as is `logVariance` */
export const diagonalOf = (mean: Tensor, logVariance: Tensor): RowPosteriors => ({
  mean,
  logVariance,
  isDiagonalGaussian: true,
  draw: (samples, noise) => drawDiagonal(mean, logVariance, samples, noise),
  klFromStandardNormal: gaussianKl(mean, logVariance),
})

/** @param mean  [rows, latent], as is `logVariance` */
export function drawDiagonal(mean: Tensor, logVariance: Tensor, samples: number, noise: Noise): PosteriorDraw {
  const [rows, latent] = mean.shape as [number, number]
  const epsilon = noise.normal('', [samples, rows, latent], mean.type as FloatType)
  const deviation = exp(multiply(logVariance, 0.5))
  return {
    latent: reshape(add(mean, multiply(deviation, epsilon)), [samples * rows, latent]),
    logDensity() {
      const terms = add(add(square(epsilon), logVariance), Math.log(2 * Math.PI))
      return reshape(multiply(reduceSum(terms, [2]), -0.5), [samples * rows])
    },
  }
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
