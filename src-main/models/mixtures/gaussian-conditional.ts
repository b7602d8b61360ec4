import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'
import { type GaussianMixture, covarianceOf } from './gaussian-parameters'
import { CollapsedComponent } from './mixture-family'

/** Which columns of a row are there. */
export interface Pattern {
  observed: number[]
  missing: number[]
}

/** The mixture of the observed columns alone. */
export function marginal(mixture: GaussianMixture, { observed }: Pattern): GaussianMixture {
  const { covariance, components, columns, weights, means, covariances } = mixture
  const width = observed.length
  const part = new Float64Array(components * width)
  const spread = new Float64Array(components * (covariance === 'diagonal' ? width : width * width))
  for (let k = 0; k < components; k += 1) {
    for (const [i, row] of observed.entries()) {
      part[k * width + i] = means[k * columns + row]!
      if (covariance === 'diagonal') spread[k * width + i] = covariances[k * columns + row]!
      else for (const [j, column] of observed.entries()) spread[(k * width + i) * width + j] = covariances[(k * columns + row) * columns + column]!
    }
  }
  return { covariance, components, columns: width, weights, means: part, covariances: spread }
}

/** x_missing | x_observed, k ~ N(offset + slope·x_observed, covariance). */
export interface Conditional {
  /** [M] */
  offset: Float64Array
  /** [M, O] */
  slope: Float64Array
  /** [M, M] */
  covariance: Float64Array
  logDeterminant: number
}

/** offset = μ_M − B μ_O, slope B = Σ_MO Σ_OO⁻¹, covariance Σ_MM − B Σ_OM. */
export function conditional(mixture: GaussianMixture, component: number, { observed, missing }: Pattern): Conditional {
  const { columns, means } = mixture
  const whole = covarianceOf(mixture, component)
  const [seen, hidden] = [observed.length, missing.length]
  const at = (row: number, column: number): number => whole[row * columns + column]!
  const lower = cholesky(Float64Array.from({ length: seen * seen }, (_, index) => at(observed[Math.floor(index / seen)]!, observed[index % seen]!)), seen)
  if (!lower) throw new CollapsedComponent(component)
  const inverse = invertLower(lower, seen)
  const slope = new Float64Array(hidden * seen)
  const offset = new Float64Array(hidden)
  const covariance = new Float64Array(hidden * hidden)
  for (const [i, row] of missing.entries()) {
    // Σ_MO L⁻ᵀ, then times L⁻¹
    const half = Float64Array.from({ length: seen }, (_, k) => {
      let sum = 0
      for (let j = 0; j <= k; j += 1) sum += inverse[k * seen + j]! * at(row, observed[j]!)
      return sum
    })
    for (let j = 0; j < seen; j += 1) for (let k = j; k < seen; k += 1) slope[i * seen + j]! += half[k]! * inverse[k * seen + j]!
    offset[i] = means[component * columns + row]!
    for (const [j, column] of observed.entries()) offset[i]! -= slope[i * seen + j]! * means[component * columns + column]!
  }
  for (const [i, row] of missing.entries()) {
    for (const [j, column] of missing.entries()) {
      let value = at(row, column)
      for (let k = 0; k < seen; k += 1) value -= slope[i * seen + k]! * at(observed[k]!, column)
      covariance[i * hidden + j] = value
    }
  }
  const factor = cholesky(covariance, hidden)
  if (!factor) throw new CollapsedComponent(component)
  return { offset, slope, covariance, logDeterminant: logDeterminant(factor, hidden) }
}

/** Σ r (1, x, x xᵀ) of one component over the observed columns: n, [O], [O, O]. */
export interface ObservedMoments {
  count: number
  sums: Float64Array
  products: Float64Array
}

/** The expected sums over all columns: [D] and [D, D], where the missing ones follow from the conditional. */
export function completedMoments({ count, sums, products }: ObservedMoments, given: Conditional, { observed, missing }: Pattern, columns: number) {
  const [seen, hidden] = [observed.length, missing.length]
  const { offset, slope, covariance } = given
  const all = new Float64Array(columns)
  const squares = new Float64Array(columns * columns)
  for (const [i, row] of observed.entries()) {
    all[row] = sums[i]!
    for (const [j, column] of observed.entries()) squares[row * columns + column] = products[i * seen + j]!
  }
  const reached = new Float64Array(hidden)
  const cross = new Float64Array(hidden * seen)
  for (let i = 0; i < hidden; i += 1) {
    for (let k = 0; k < seen; k += 1) {
      reached[i]! += slope[i * seen + k]! * sums[k]!
      for (let j = 0; j < seen; j += 1) cross[i * seen + j]! += slope[i * seen + k]! * products[k * seen + j]!
    }
  }
  for (const [i, row] of missing.entries()) {
    all[row] = count * offset[i]! + reached[i]!
    for (const [j, column] of observed.entries()) {
      const value = offset[i]! * sums[j]! + cross[i * seen + j]!
      squares[row * columns + column] = value
      squares[column * columns + row] = value
    }
    for (const [j, column] of missing.entries()) {
      let value = count * (offset[i]! * offset[j]! + covariance[i * hidden + j]!) + offset[i]! * reached[j]! + reached[i]! * offset[j]!
      for (let k = 0; k < seen; k += 1) value += cross[i * seen + k]! * slope[j * seen + k]!
      squares[row * columns + column] = value
    }
  }
  return { sums: all, products: squares }
}

/** Σ r KL(N(offset + slope x, C) ‖ N(offset' + slope' x, C')) over the rows that the moments sum. */
export function conditionalDivergence({ count, sums, products }: ObservedMoments, from: Conditional, to: Conditional): number {
  const hidden = from.offset.length
  const seen = sums.length
  const inverse = invertLower(cholesky(to.covariance, hidden)!, hidden)
  const shift = from.offset.map((value, index) => value - to.offset[index]!)
  const turn = from.slope.map((value, index) => value - to.slope[index]!)
  let total = count * (to.logDeterminant - from.logDeterminant - hidden)
  for (let i = 0; i < hidden; i += 1) {
    for (let j = 0; j < hidden; j += 1) {
      let precision = 0
      for (let k = Math.max(i, j); k < hidden; k += 1) precision += inverse[k * hidden + i]! * inverse[k * hidden + j]!
      let spread = count * (from.covariance[i * hidden + j]! + shift[i]! * shift[j]!)
      for (let a = 0; a < seen; a += 1) {
        spread += (shift[i]! * turn[j * seen + a]! + turn[i * seen + a]! * shift[j]!) * sums[a]!
        for (let b = 0; b < seen; b += 1) spread += turn[i * seen + a]! * products[a * seen + b]! * turn[j * seen + b]!
      }
      total += precision * spread
    }
  }
  return total / 2
}
