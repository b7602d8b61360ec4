import { cholesky, invertLower } from '@shared/math/cholesky'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { type GaussianMixture, covarianceOf, factorsOf } from './gaussian-parameters'
import { CollapsedComponent } from './mixture-family'

/** So few rows, and so much flatter in some direction than the components are on average, is what chance alone does. */
const fewRowsPerColumn = 3
const fewRows = 10
const flatness = 1 / 20

/**
 * Is this optimum one of the spurious ones that a likelihood without bound has? A component
 * - has fewer rows than its shape needs: two more than columns, or three where its axes are given; of a shape that all share, one. Their share
 *   does not matter: eighty rows of ten thousand may well be a cluster;
 * - is so flat in some direction that its variance there is below 1e-8 of the whole data's, or is mostly what regularization added;
 * - has fewer than ten rows, or three per column, and lies twenty times closer to a plane than the components do on average: a handful of
 *   rows that happen to be aligned, whose likelihood grows without telling anything (iris has such optima with four full components, on 7
 *   to 11 rows).
 *
 * @param mixture         in units in which the whole data have variance 1 per column
 * @param regularization  in the same units
 */
export function spuriousGaussian(mixture: GaussianMixture, rows: number, regularization: number): string | null {
  const { weights, components, columns, covariance } = mixture
  if (components > 1 && weights.some((weight) => weight * rows < leastRows(mixture))) return 'small'
  const flat = 1e-8 + 10 * regularization
  if (covariance === 'spherical') return mixture.covariances.some((variance) => variance < flat) ? 'flat' : null
  if (isFlat(mixture, flat)) return 'flat'
  if (covariance === 'tied' || components === 1) return null
  const few = Math.max(fewRows, fewRowsPerColumn * (covariance === 'diagonal' ? 1 : columns))
  if (weights.every((weight) => weight * rows >= few)) return null
  const ratios = leastRatios(mixture)
  return ratios.some((ratio, k) => weights[k]! * rows < few && ratio < flatness) ? 'aligned' : null
}

/** Has a covariance an eigenvalue below `flat`? All are above 1/tr Σ⁻¹, which is known already where the mixture was used. */
function isFlat(mixture: GaussianMixture, flat: number): boolean {
  const { columns, covariance } = mixture
  if (covariance === 'diagonal') return mixture.covariances.some((variance) => variance < flat)
  const whitening = whiteningOf(mixture)
  if (!whitening) return true
  const size = columns * columns
  for (let from = 0; from < whitening.length; from += size) {
    let trace = 0
    for (let index = from; index < from + size; index += 1) trace += whitening[index]! * whitening[index]!
    if (trace * flat < 1) continue
    if (symmetricEigen(mixture.covariances.subarray(from, from + size), columns).values[columns - 1]! < flat) return true
  }
  return false
}

/** Null where a covariance is not positive definite. */
function whiteningOf(mixture: GaussianMixture): Float64Array | null {
  try {
    return factorsOf(mixture).whitening
  } catch (error) {
    if (error instanceof CollapsedComponent) return null
    throw error
  }
}

/** So many rows tell the covariance of a component. */
const leastRows = ({ covariance, columns }: GaussianMixture): number => (covariance === 'tied' ? 1 : covariance === 'full' ? columns + 2 : 3)

const covariancesOf = (mixture: GaussianMixture): Float64Array[] =>
  Array.from({ length: mixture.covariance === 'tied' ? 1 : mixture.components }, (_, component) => covarianceOf(mixture, component))

/** How much narrower each component is than the components on average, in the direction where it is narrowest: a ratio of variances. */
export function leastRatios(mixture: GaussianMixture): number[] {
  const { columns, weights } = mixture
  const own = covariancesOf(mixture)
  const pooled = new Float64Array(columns * columns)
  for (const [k, matrix] of own.entries()) for (let index = 0; index < pooled.length; index += 1) pooled[index]! += weights[k]! * matrix[index]!
  const whitening = invertLower(cholesky(pooled, columns)!, columns)
  return own.map((matrix) => leastRatio(matrix, whitening, columns))
}

/** The least of vᵀ A v / vᵀ P v over directions v, with L⁻¹ the whitening of P. */
function leastRatio(matrix: Float64Array, whitening: Float64Array, columns: number): number {
  const half = new Float64Array(columns * columns)
  const whole = new Float64Array(columns * columns)
  for (let i = 0; i < columns; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      for (let k = 0; k <= i; k += 1) half[i * columns + j]! += whitening[i * columns + k]! * matrix[k * columns + j]!
    }
  }
  for (let i = 0; i < columns; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      for (let k = 0; k <= j; k += 1) whole[i * columns + j]! += half[i * columns + k]! * whitening[j * columns + k]!
    }
  }
  return symmetricEigen(whole, columns).values[columns - 1]!
}
