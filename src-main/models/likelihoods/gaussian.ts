import type { LikelihoodSpec } from '@shared/domain/models/vae'
import { add, exp, maximum, multiply, negate, slice, square, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter, scalar } from '../../graph/tensor'
import { constantWeight } from '../networks/weight'
import { type Likelihood, sumOverFeatures } from './likelihood'

type GaussianSpec = Extract<LikelihoodSpec, { gaussian: unknown }>['gaussian']

/** N(x; mean, exp logVariance): of one variance for all, fixed or trained, or of one per feature and latent. */
export function gaussian({ variance, floor }: GaussianSpec, features: number, type: FloatType): Likelihood {
  const lowest = Math.log(floor ** 2)
  if (variance === 'learned') {
    const meanOf = (output: Tensor): Tensor => slice(output, 1, 0, features)
    return gaussianOf(2 * features, meanOf, (output) => maximum(slice(output, 1, features, 2 * features), lowest))
  }
  if (variance !== 'shared') return gaussianOf(features, (output) => output, () => scalar(Math.log(variance), type))
  const shared = parameter('likelihood/logVariance', [], type)
  const likelihood = gaussianOf(features, (output) => output, () => maximum(shared, lowest))
  return { ...likelihood, weights: [constantWeight(shared, 0)] }
}

const gaussianOf = (outputs: number, meanOf: (output: Tensor) => Tensor, logVarianceOf: (output: Tensor) => Tensor): Likelihood => ({
  outputs,
  weights: [],
  mean: meanOf,
  logProbability: (x, output, observed) => gaussianLogDensity(x, meanOf(output), logVarianceOf(output), observed),
  sample(output, noise) {
    const mean = meanOf(output)
    const deviation = exp(multiply(logVarianceOf(output), 0.5))
    return add(mean, multiply(deviation, noise.normal('likelihood', mean.shape, mean.type as FloatType)))
  },
})

/** Σ_j −½(log 2π + logVariance_j + (x_j − mean_j)²·exp(−logVariance_j)) */
export function gaussianLogDensity(x: Tensor, mean: Tensor, logVariance: Tensor, observed?: Tensor): Tensor {
  const squares = multiply(square(subtract(x, mean)), exp(negate(logVariance)))
  return multiply(sumOverFeatures(add(add(squares, logVariance), Math.log(2 * Math.PI)), observed), -0.5)
}
