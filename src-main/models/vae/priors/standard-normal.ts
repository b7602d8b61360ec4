import { add, multiply, reduceSum, square } from '../../../graph/ops'
import type { FloatType } from '../../../graph/tensor'
import type { Prior } from './prior'

export const standardNormal = (latent: number, type: FloatType): Prior => ({
  weights: [],
  isStandardNormal: true,
  logDensity: (z) => multiply(reduceSum(add(square(z), Math.log(2 * Math.PI)), [1]), -0.5),
  sample: (count, noise) => noise.normal('', [count, latent], type),
})
