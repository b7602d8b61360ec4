import type { FloatType, Tensor } from '../../../graph/tensor'
import { parameter } from '../../../graph/tensor'
import type { RowPosteriors } from '../posteriors/posterior'
import { type DiagonalMixture, equalLogWeights, mixtureLogDensity, sampleMixture } from './diagonal-mixture'
import type { Prior } from './prior'

/**
 * p(z) = 1/K Σ_k q(z|u_k) with trained pseudo-inputs u_k, which begin as training rows.     Tomczak & Welling 2018
 *
 * @param posteriorsOf  the encoder as it is after training: [K, features] → q(z|u_k), diagonal Gaussians
 */
export function vampPrior(components: number, features: number, posteriorsOf: (x: Tensor) => RowPosteriors, type: FloatType): Prior {
  const inputs = parameter('prior/pseudoInputs', [components, features], type)
  const logWeights = equalLogWeights(components, type)
  // Made once for each program that asks, so that one program holds one copy of the encoder's pass over the pseudo-inputs.
  const mixture = (): DiagonalMixture => {
    const { mean, logVariance } = posteriorsOf(inputs)
    return { logWeights, means: mean, logVariances: logVariance }
  }
  return {
    weights: [{ tensor: inputs, bound: 0.01, centre: 0, fromRows: true }],
    isStandardNormal: false,
    logDensity: (z) => mixtureLogDensity(z, mixture()),
    sample: (count, noise) => sampleMixture(count, mixture(), noise),
  }
}
