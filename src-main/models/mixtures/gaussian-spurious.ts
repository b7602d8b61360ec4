import { cholesky, invertLower } from '@shared/math/cholesky'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { type GaussianMixture, covarianceOf } from './gaussian-parameters'

/** Fewer rows per parameter of a direction than this say little about its variance. */
const rowsPerColumn = 3
/** So much flatter than the components are on average is more than chance does with enough rows. */
const flatness = 1 / 20

/**
 * Is this optimum one of the spurious ones that a likelihood without bound has? A component
 * - has less than 1 % of the weight;
 * - is so flat in some direction that its variance there is below 1e-8 of the whole data's, or is mostly what regularization added;
 * - has fewer than three rows per column and lies twenty times closer to a plane than the components do on average: a handful of rows that
 *   happen to be aligned, whose likelihood grows without telling anything (iris has them, with four full components).
 *
 * @param mixture         in units in which the whole data have variance 1 per column
 * @param regularization  in the same units
 */
export function spuriousGaussian(mixture: GaussianMixture, rows: number, regularization: number): string | null {
  const { weights, components, columns, covariance } = mixture
  if (components > 1 && weights.some((weight) => weight < 0.01)) return 'small'
  const flat = 1e-8 + 10 * regularization
  if (covariance === 'spherical') return mixture.covariances.some((variance) => variance < flat) ? 'flat' : null
  const own = Array.from({ length: covariance === 'tied' ? 1 : components }, (_, component) => covarianceOf(mixture, component))
  if (own.some((matrix) => symmetricEigen(matrix, columns).values[columns - 1]! < flat)) return 'flat'
  if (covariance === 'tied' || components === 1) return null
  const pooled = new Float64Array(columns * columns)
  for (const [k, matrix] of own.entries()) for (let index = 0; index < pooled.length; index += 1) pooled[index]! += weights[k]! * matrix[index]!
  const whitening = invertLower(cholesky(pooled, columns)!, columns)
  const few = rowsPerColumn * (covariance === 'diagonal' ? 1 : columns)
  return own.some((matrix, k) => weights[k]! * rows < few && leastRatio(matrix, whitening, columns) < flatness) ? 'aligned' : null
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
