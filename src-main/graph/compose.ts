import {
  add,
  broadcastTo,
  cast,
  concatenate,
  divide,
  equal,
  exp,
  log,
  matmul,
  maximum,
  minimum,
  multiply,
  negate,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  sqrt,
  square,
  stopGradient,
  subtract,
} from './ops'
import { fail, normalizeAxes, reducedShape } from './shapes'
import { type ElementType, type Tensor, constant } from './tensor'

/** Functions that are written in the operators of the table and take their gradients from them. */

/** log Σ exp x over the axes, shifted by the largest element so that it neither overflows nor vanishes. */
export function logSumExp(x: Tensor, axes: readonly number[], keepDimensions = false): Tensor {
  const shift = stopGradient(reduceMax(x, axes, true))
  const kept = add(log(reduceSum(exp(subtract(x, shift)), axes, true)), shift)
  return keepDimensions ? kept : reshape(kept, reducedShape(x.shape, normalizeAxes('logSumExp', x, axes), false))
}

export const logSoftmax = (x: Tensor, axis: number): Tensor => subtract(x, logSumExp(x, [axis], true))

export function softmax(x: Tensor, axis: number): Tensor {
  const shifted = exp(subtract(x, stopGradient(reduceMax(x, [axis], true))))
  return divide(shifted, reduceSum(shifted, [axis], true))
}

/** indices int32 [...] → [..., depth] of 0 and 1. */
export function oneHot(indices: Tensor, depth: number, type: ElementType): Tensor {
  const places = constant(Array.from({ length: depth }, (_, index) => index), [depth], 'int32')
  return cast(equal(reshape(indices, [...indices.shape, 1]), places), type)
}

/** (x − mean)/√(variance + epsilon) over the axes: layer norm over features, batch norm over rows. */
export function normalize(x: Tensor, axes: readonly number[], epsilon = 1e-5): Tensor {
  const centred = subtract(x, reduceMean(x, axes, true))
  return divide(centred, sqrt(add(reduceMean(square(centred), axes, true), epsilon)))
}

/** Pictures [batch, channels, height, width] cut into windows of factor × factor: [batch, channels, height/f, f, width/f, f]. */
function windows(x: Tensor, factor: number): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  if (height % factor !== 0 || width % factor !== 0) fail('pool', [x], `sides of ${height}×${width} are not multiples of ${factor}`)
  return reshape(x, [batch, channels, height / factor, factor, width / factor, factor])
}
export const maxPool = (x: Tensor, factor: number): Tensor => reduceMax(windows(x, factor), [3, 5])
export const averagePool = (x: Tensor, factor: number): Tensor => reduceMean(windows(x, factor), [3, 5])
/** Every pixel becomes factor × factor equal ones. */
export function upsample(x: Tensor, factor: number): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const copied = broadcastTo(reshape(x, [batch, channels, height, 1, width, 1]), [batch, channels, height, factor, width, factor])
  return reshape(copied, [batch, channels, height * factor, width * factor])
}

/**
 * The inverse of lower triangular matrices, by halves: (A 0; B C)⁻¹ = (A⁻¹ 0; −C⁻¹BA⁻¹ C⁻¹). What stands above the diagonal is not read.
 *
 * @param lower  [..., size, size]
 */
export function invertLowerTriangular(lower: Tensor): Tensor {
  const rank = lower.shape.length
  const size = lower.shape[rank - 1]!
  if (lower.shape[rank - 2] !== size) fail('invertLowerTriangular', [lower], 'square matrices are needed')
  if (size === 1) return divide(1, lower)
  const half = size >> 1
  const block = (rows: [number, number], columns: [number, number]): Tensor => slice(slice(lower, rank - 2, ...rows), rank - 1, ...columns)
  const first = invertLowerTriangular(block([0, half], [0, half]))
  const last = invertLowerTriangular(block([half, size], [half, size]))
  const below = negate(matmul(last, matmul(block([half, size], [0, half]), first)))
  const zeros = broadcastTo(constant([0], [], lower.type), [...lower.shape.slice(0, -2), half, size - half])
  return concatenate([concatenate([first, zeros], rank - 1), concatenate([below, last], rank - 1)], rank - 2)
}

/** x with lower·x = b:  lower [..., size, size], b [..., size, columns]. */
export const solveLowerTriangular = (lower: Tensor, b: Tensor): Tensor => matmul(invertLowerTriangular(lower), b)

/** Terms B₂ₙ/(2n(2n−1)) of Stirling's series for log Γ. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]
const shiftBy = 8

/**
 * log Γ(x) for x > 0: Stirling's series at x + 8, brought back by Γ(x + 1) = xΓ(x). Its error is below 1e-14 relative to max(1, |value|) in
 * float64; its gradient is the digamma function.
 */
export function logGamma(x: Tensor): Tensor {
  const far = add(x, shiftBy)
  const inverse = divide(1, far)
  const inverseSquare = square(inverse)
  const tail = horner(stirling, inverseSquare)
  const series = add(subtract(multiply(subtract(far, 0.5), log(far)), far), add(multiply(tail, inverse), 0.5 * Math.log(2 * Math.PI)))
  return subtract(series, log(risingProduct(x)))
}

/** x(x + 1)…(x + 7). */
function risingProduct(x: Tensor): Tensor {
  let product = x
  for (let step = 1; step < shiftBy; step += 1) product = multiply(product, add(x, step))
  return product
}

/** Terms B₂ₙ/(2n) of the series of the digamma function. */
const digammaSeries = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12]

/** ψ(x) = d log Γ(x)/dx for x > 0. */
export function digamma(x: Tensor): Tensor {
  const far = add(x, shiftBy)
  const inverseSquare = square(divide(1, far))
  const tail = horner(digammaSeries, inverseSquare)
  let value = subtract(subtract(log(far), divide(0.5, far)), multiply(tail, inverseSquare))
  for (let step = 0; step < shiftBy; step += 1) value = subtract(value, divide(1, add(x, step)))
  return value
}

/** c₀ + c₁x + c₂x² + … */
function horner(coefficients: readonly number[], x: Tensor): Tensor {
  const reversed = [...coefficients].reverse()
  return reversed.slice(2).reduce((sum, term) => add(multiply(sum, x), term), add(multiply(x, reversed[0]!), reversed[1]!))
}

/** x kept between two bounds; the gradient outside is 0. */
export const clamp = (x: Tensor, low: number, high: number): Tensor => minimum(maximum(x, low), high)
