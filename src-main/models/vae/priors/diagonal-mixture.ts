import { logSoftmax, logSumExp, oneHot, softmax } from '../../../graph/compose'
import { add, argMax, cast, cumulativeSum, exp, greater, matmul, multiply, negate, reduceSum, reshape, square, subtract } from '../../../graph/ops'
import { type FloatType, type Tensor, constant, parameter } from '../../../graph/tensor'
import type { Noise } from '../../noise'
import { constantWeight } from '../../networks/weight'
import type { Prior } from './prior'

/** A mixture of K Gaussians with diagonal covariances; the numbers may depend on weights. */
export interface DiagonalMixture {
  /** [K] */
  logWeights: Tensor
  /** [K, latent] */
  means: Tensor
  /** [K, latent] */
  logVariances: Tensor
}

/**
 * log N(z_i; m_k, diag exp v_k) for every row and component: [count, latent], [K, latent] → [count, K], nats.
 *
 * −½ Σ_j (log 2π + v_kj + z_ij² e^{−v_kj} − 2 z_ij m_kj e^{−v_kj} + m_kj² e^{−v_kj}): two matrix products instead of count·K·latent differences.
 */
export function diagonalLogDensities(z: Tensor, means: Tensor, logVariances: Tensor): Tensor {
  const precisions = exp(negate(logVariances))
  const scaled = multiply(means, precisions)
  const squares = matmul(square(z), precisions, { transposeB: true })
  const products = matmul(z, scaled, { transposeB: true })
  const constants = reduceSum(add(add(logVariances, multiply(means, scaled)), Math.log(2 * Math.PI)), [1])
  return multiply(add(subtract(squares, multiply(products, 2)), constants), -0.5)
}

export const mixtureLogDensity = (z: Tensor, { logWeights, means, logVariances }: DiagonalMixture): Tensor =>
  logSumExp(add(diagonalLogDensities(z, means, logVariances), logWeights), [1])

/** Chooses a component by its weight, then a point of it. */
export function sampleMixture(count: number, { logWeights, means, logVariances }: DiagonalMixture, noise: Noise): Tensor {
  const [components, latent] = means.shape as [number, number]
  const type = means.type as FloatType
  const upTo = cumulativeSum(softmax(logWeights, 0), 0)
  const chosen = argMax(cast(greater(reshape(upTo, [1, components]), noise.uniform('prior', [count, 1], type)), type), 1)
  const places = oneHot(chosen, components, type)
  const deviations = matmul(places, exp(multiply(logVariances, 0.5)))
  return add(matmul(places, means), multiply(deviations, noise.normal('', [count, latent], type)))
}

/** Weights, means and variances trained with the rest. Means begin spread over ±1 by the seed, variances at 1, weights equal. */
export function mixturePrior(components: number, latent: number, type: FloatType): Prior {
  const logits = parameter('prior/logits', [components], type)
  const means = parameter('prior/means', [components, latent], type)
  const logVariances = parameter('prior/logVariances', [components, latent], type)
  const mixture: DiagonalMixture = { logWeights: logSoftmax(logits, 0), means, logVariances }
  return {
    weights: [constantWeight(logits, 0), { tensor: means, bound: 1, centre: 0 }, constantWeight(logVariances, 0)],
    isStandardNormal: false,
    logDensity: (z) => mixtureLogDensity(z, mixture),
    sample: (count, noise) => sampleMixture(count, mixture, noise),
  }
}

/** Equal weights of K components. */
export const equalLogWeights = (components: number, type: FloatType): Tensor =>
  constant(new Array<number>(components).fill(-Math.log(components)), [components], type)
