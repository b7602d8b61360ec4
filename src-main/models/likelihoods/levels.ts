import { multiply, reshape, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../graph/tensor'
import type { Likelihood } from './likelihood'

/* Values that are whole numbers 0 … levels−1, such as the pixels of a picture as they are stored. */

/** 0 … count−1 along the second axis, to stand beside [rows, 1, features]. */
export const levelAxis = (count: number, type: FloatType): Tensor =>
  constant(Array.from({ length: count }, (_, level) => level), [1, count, 1], type)

/** [rows, features] → [rows, 1, features] */
export const besideLevels = (x: Tensor): Tensor => reshape(x, [x.shape[0]!, 1, x.shape[1]!])

/** The encoder reads the levels as numbers from −1 to 1. */
export const levelView = (levels: number, features: number): NonNullable<Likelihood['view']> => ({
  width: features,
  of: (x) => subtract(multiply(x, 2 / (levels - 1)), 1),
})
