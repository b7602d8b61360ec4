import type { GeneratorSpecs } from '@shared/domain/generator'
import { cholesky } from '@shared/math/cholesky'
import { createDraws, type Draws } from './draws'
import { axes, type Generated, numbered } from './generated'

/**
 * Rows x = m_k + L_k·ε with k by the mixing weights. Means are normal with standard deviation `separation`; the standard deviations along the
 * axes of a component lie between ½ and 1, evenly in the logarithm, and full covariances are turned by a random rotation.
 */
export function generateMixture({ rows, components, dimensions, separation, covariance, weights: kind, seed }: GeneratorSpecs['mixture']): Generated {
  const draws = createDraws('mixture', seed)
  const weights = mixingWeights(draws, components, kind)
  const means = draws.normal(components * dimensions, 'means').map((value) => value * separation)
  const covariances = Array.from({ length: components }, (_, k) => componentCovariance(draws, dimensions, covariance, k))
  const factors = covariances.map((matrix) => cholesky(matrix, dimensions)!)
  const codes = draws.categories(rows, weights, 'components')
  const noise = draws.normal(rows * dimensions, 'rows')
  const values = new Float64Array(rows * dimensions)
  for (let row = 0; row < rows; row += 1) {
    const k = codes[row]!
    const epsilon = noise.subarray(row * dimensions, (row + 1) * dimensions)
    for (let i = 0; i < dimensions; i += 1) values[row * dimensions + i] = means[k * dimensions + i]! + lowerTimes(factors[k]!, epsilon, i)
  }
  return {
    table: { names: axes(dimensions), values },
    labels: { name: 'component', classes: numbered(components), codes },
    parameters: [
      { name: 'mixingWeights', shape: [components], values: [...weights] },
      { name: 'means', shape: [components, dimensions], values: [...means] },
      { name: 'covariances', shape: [components, dimensions, dimensions], values: covariances.flatMap((matrix) => [...matrix]) },
    ],
    factors: [],
    logLikelihood: meanLogDensity(values, dimensions, { weights, means, factors }),
  }
}

export const mixingWeights = (draws: Draws, components: number, kind: 'equal' | 'random'): Float64Array =>
  kind === 'equal'
    ? new Float64Array(components).fill(1 / components)
    : draws.dirichlet(1, new Float64Array(components).fill(5), 'weights')

function componentCovariance(draws: Draws, size: number, kind: 'spherical' | 'diagonal' | 'full', k: number): Float64Array {
  const logs = draws.uniform(size, `spreads/${k}`)
  const variances = logs.map((_, i) => 4 ** -(kind === 'spherical' ? logs[0]! : logs[i]!))
  const axesOf = kind === 'full' ? orthonormal(draws.normal(size * size, `rotation/${k}`), size) : null
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      if (!axesOf) matrix[i * size + j] = i === j ? variances[i]! : 0
      else for (let a = 0; a < size; a += 1) matrix[i * size + j]! += axesOf[a * size + i]! * variances[a]! * axesOf[a * size + j]!
    }
  }
  return matrix
}

/** Rows made orthogonal and of length one, one after the other (Gram and Schmidt, twice for its rounding). */
function orthonormal(matrix: Float64Array, size: number): Float64Array {
  const row = (index: number): Float64Array => matrix.subarray(index * size, (index + 1) * size)
  for (let index = 0; index < size; index += 1) {
    const own = row(index)
    for (let pass = 0; pass < 2; pass += 1) {
      for (let other = 0; other < index; other += 1) {
        const share = dot(own, row(other))
        own.forEach((value, at) => (own[at] = value - share * row(other)[at]!))
      }
    }
    const length = Math.sqrt(dot(own, own))
    own.forEach((value, at) => (own[at] = value / length))
  }
  return matrix
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)

function lowerTimes(factor: Float64Array, vector: Float64Array, row: number): number {
  const size = vector.length
  let sum = 0
  for (let j = 0; j <= row; j += 1) sum += factor[row * size + j]! * vector[j]!
  return sum
}

export interface Gaussians {
  weights: ArrayLike<number>
  /** [components, size] */
  means: Float64Array
  /** Lower Cholesky factor of each covariance. */
  factors: Float64Array[]
}

/** log N(x; m_k, L_k·L_kᵀ) for every component, into `out`. */
export function logDensities(x: Float64Array, { means, factors }: Pick<Gaussians, 'means' | 'factors'>, out: Float64Array): Float64Array {
  const size = x.length
  const solved = new Float64Array(size)
  for (const [k, factor] of factors.entries()) {
    let total = (size * Math.log(2 * Math.PI)) / 2
    for (let i = 0; i < size; i += 1) {
      let rest = x[i]! - means[k * size + i]!
      for (let j = 0; j < i; j += 1) rest -= factor[i * size + j]! * solved[j]!
      solved[i] = rest / factor[i * size + i]!
      total += Math.log(factor[i * size + i]!) + solved[i]! ** 2 / 2
    }
    out[k] = -total
  }
  return out
}

export function logSumExp(values: Float64Array): number {
  const most = values.reduce((largest, value) => Math.max(largest, value), -Infinity)
  return most === -Infinity ? most : most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

function meanLogDensity(values: Float64Array, size: number, gaussians: Gaussians): number {
  const rows = values.length / size
  const joint = new Float64Array(gaussians.factors.length)
  let total = 0
  for (let row = 0; row < rows; row += 1) {
    logDensities(values.subarray(row * size, (row + 1) * size), gaussians, joint)
    total += logSumExp(joint.map((value, k) => value + Math.log(gaussians.weights[k]!)))
  }
  return total / rows
}
