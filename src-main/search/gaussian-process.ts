import { cholesky, invertLower } from '@shared/math/cholesky'
import { type Evaluated, minimizeInBox } from './minimize'

/*
 * Regression by a Gaussian process with Matérn's kernel of smoothness 5/2 and a length of its own for each coordinate (Rasmussen & Williams
 * 2006, equations 4.17 and 5.8):
 *
 *   k(x, x') = s (1 + √5 r + 5/3 r²) exp(−√5 r),   r² = Σ_j w_j δ_j(x, x')
 *
 * δ_j is the squared difference of coordinate j, or 0 and 1 where its values have no order; a coordinate that only one of two points has
 * counts as 1, one that neither has as 0. The hyperparameters are those of the largest posterior density.
 */

export interface Coordinate {
  isCategorical: boolean
  cells: number | null
}

export interface GaussianProcess {
  /** Mean and variance of the function at x, and their gradients, in units of the standardized values. */
  predict(x: Float64Array): { mean: number; variance: number; meanGradient: Float64Array; varianceGradient: Float64Array }
  mean(x: Float64Array): number
  moments(x: Float64Array): { mean: number; variance: number }
}

const root5 = Math.sqrt(5)
const lowestNoise = 1e-6

const squaredDifference = ({ isCategorical, cells }: Coordinate, a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : 1
  if (!isCategorical) return (a - b) ** 2
  return Math.min(cells! - 1, Math.floor(a * cells!)) === Math.min(cells! - 1, Math.floor(b * cells!)) ? 0 : 1
}

/** Hyperparameters as they are searched: logarithms of w [size], s and the noise variance. */
type Logs = Float64Array

/**
 * @param coordinates  [size]
 * @param points       [rows][size] in [0, 1], NaN where absent
 * @param values       [rows], of mean 0 and variance 1
 */
export function fitGaussianProcess(coordinates: readonly Coordinate[], points: readonly Float64Array[], values: Float64Array): GaussianProcess {
  const size = coordinates.length
  const differences = differencesOf(coordinates, points)
  const lower = Float64Array.from({ length: size + 2 }, (_, i) => Math.log(i < size ? 1e-3 : i === size ? 1e-3 : lowestNoise))
  const upper = Float64Array.from({ length: size + 2 }, (_, i) => Math.log(i < size ? 1e4 : i === size ? 1e3 : 1))
  const evaluate = (logs: Logs): Evaluated => negativeLogPosterior(differences, values, logs)
  let best: { x: Logs; value: number } | null = null
  for (const weight of [1, 8]) {
    const start = Float64Array.from({ length: size + 2 }, (_, i) => (i < size ? Math.log(weight) : i === size ? 0 : Math.log(1e-4)))
    const found = minimizeInBox(evaluate, start, { lower, upper }, 30)
    if (!best || found.value < best.value) best = found
  }
  return predictor(coordinates, points, values, best!.x)
}

/** [pairs][size] of the pairs (i, j) with j < i. */
function differencesOf(coordinates: readonly Coordinate[], points: readonly Float64Array[]): Float64Array {
  const size = coordinates.length
  const out = new Float64Array(((points.length * (points.length - 1)) / 2) * size)
  let at = 0
  for (let i = 0; i < points.length; i += 1) {
    for (let j = 0; j < i; j += 1) for (let k = 0; k < size; k += 1) out[at++] = squaredDifference(coordinates[k]!, points[i]![k]!, points[j]![k]!)
  }
  return out
}

/** Normal priors on the logarithms: lengths around half the root of the number of coordinates, s around 1, little noise. */
function logPriors(logs: Logs, size: number): Evaluated {
  const gradient = new Float64Array(size + 2)
  let value = 0
  const add = (i: number, mean: number, deviation: number): void => {
    const z = (logs[i]! - mean) / deviation
    value -= 0.5 * z * z
    gradient[i] = -z / deviation
  }
  for (let i = 0; i < size; i += 1) add(i, -Math.log(0.25 * size), 2)
  add(size, 0, 1.5)
  add(size + 1, Math.log(1e-5), 2)
  return { value, gradient }
}

function negativeLogPosterior(differences: Float64Array, values: Float64Array, logs: Logs): Evaluated {
  const size = logs.length - 2
  const rows = values.length
  const [scale, noise] = [Math.exp(logs[size]!), Math.exp(logs[size + 1]!)]
  const weights = logs.slice(0, size).map(Math.exp)
  const kernel = new Float64Array(rows * rows)
  // dk/d(r²) of each pair
  const slopes = new Float64Array((rows * (rows - 1)) / 2)
  for (let i = 0, pair = 0; i < rows; i += 1) {
    kernel[i * rows + i] = scale + noise + 1e-10 * scale
    for (let j = 0; j < i; j += 1, pair += 1) {
      let square = 0
      for (let k = 0; k < size; k += 1) square += weights[k]! * differences[pair * size + k]!
      const r = root5 * Math.sqrt(square)
      const decay = scale * Math.exp(-r)
      kernel[i * rows + j] = (1 + r + (r * r) / 3) * decay
      slopes[pair] = (-5 / 6) * (1 + r) * decay
    }
  }
  const factor = cholesky(kernel, rows)
  const prior = logPriors(logs, size)
  if (!factor) return { value: Infinity, gradient: new Float64Array(size + 2) }
  const half = invertLower(factor, rows)
  const alpha = applyTransposed(half, apply(half, values))
  let value = 0.5 * values.reduce((sum, y, i) => sum + y * alpha[i]!, 0)
  for (let i = 0; i < rows; i += 1) value += Math.log(factor[i * rows + i]!)
  const gradient = new Float64Array(size + 2)
  // d/dθ = ½ tr((K⁻¹ − ααᵀ) dK/dθ)
  for (let i = 0, pair = 0; i < rows; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let inverse = 0
      for (let k = i; k < rows; k += 1) inverse += half[k * rows + i]! * half[k * rows + j]!
      const sensitivity = inverse - alpha[i]! * alpha[j]!
      if (i === j) {
        gradient[size]! += 0.5 * sensitivity * scale
        gradient[size + 1]! += 0.5 * sensitivity * noise
        continue
      }
      gradient[size]! += sensitivity * kernel[i * rows + j]!
      const along = sensitivity * slopes[pair]!
      for (let k = 0; k < size; k += 1) gradient[k]! += along * weights[k]! * differences[pair * size + k]!
      pair += 1
    }
  }
  return { value: value - prior.value, gradient: gradient.map((one, i) => one - prior.gradient[i]!) }
}

/** L·v for a lower triangular L. */
function apply(lower: Float64Array, vector: Float64Array): Float64Array {
  const rows = vector.length
  return vector.map((_, i) => {
    let sum = 0
    for (let j = 0; j <= i; j += 1) sum += lower[i * rows + j]! * vector[j]!
    return sum
  })
}
/** Lᵀ·v. */
function applyTransposed(lower: Float64Array, vector: Float64Array): Float64Array {
  const rows = vector.length
  const out = new Float64Array(rows)
  for (let i = 0; i < rows; i += 1) for (let j = 0; j <= i; j += 1) out[j]! += lower[i * rows + j]! * vector[i]!
  return out
}

function predictor(coordinates: readonly Coordinate[], points: readonly Float64Array[], values: Float64Array, logs: Logs): GaussianProcess {
  const size = coordinates.length
  const rows = points.length
  const [scale, noise] = [Math.exp(logs[size]!), Math.exp(logs[size + 1]!)]
  const weights = logs.slice(0, size).map(Math.exp)
  const squareTo = (x: Float64Array, point: Float64Array): number => {
    let square = 0
    for (let k = 0; k < size; k += 1) square += weights[k]! * squaredDifference(coordinates[k]!, x[k]!, point[k]!)
    return square
  }
  const covariance = (square: number): number => {
    const r = root5 * Math.sqrt(square)
    return scale * (1 + r + (r * r) / 3) * Math.exp(-r)
  }
  const kernel = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < i; j += 1) kernel[i * rows + j] = covariance(squareTo(points[i]!, points[j]!))
    kernel[i * rows + i] = scale + noise + 1e-10 * scale
  }
  const factor = cholesky(kernel, rows)
  if (!factor) throw new Error('the kernel of a Gaussian process with noise is positive definite')
  const half = invertLower(factor, rows)
  const alpha = applyTransposed(half, apply(half, values))
  const kernelsTo = (x: Float64Array): Float64Array => Float64Array.from(points, (point) => covariance(squareTo(x, point)))
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!
    return sum
  }
  const moments = (x: Float64Array): { mean: number; variance: number } => {
    const near = kernelsTo(x)
    const whitened = apply(half, near)
    return { mean: dot(near, alpha), variance: Math.max(1e-12 * scale, scale - dot(whitened, whitened)) }
  }
  return {
    mean: (x) => dot(kernelsTo(x), alpha),
    moments,
    predict: (x) => {
      const near = kernelsTo(x)
      const whitened = apply(half, near)
      const solved = applyTransposed(half, whitened)
      const meanGradient = new Float64Array(size)
      const varianceGradient = new Float64Array(size)
      for (let i = 0; i < rows; i += 1) {
        const r = root5 * Math.sqrt(squareTo(x, points[i]!))
        const slope = (-5 / 3) * scale * (1 + r) * Math.exp(-r)
        for (let k = 0; k < size; k += 1) {
          if (coordinates[k]!.isCategorical || Number.isNaN(x[k]!) || Number.isNaN(points[i]![k]!)) continue
          const change = slope * weights[k]! * (x[k]! - points[i]![k]!)
          meanGradient[k]! += change * alpha[i]!
          varianceGradient[k]! -= 2 * change * solved[i]!
        }
      }
      return { mean: dot(near, alpha), variance: Math.max(1e-12 * scale, scale - dot(whitened, whitened)), meanGradient, varianceGradient }
    },
  }
}
