import { symmetricEigen } from './symmetric-eigen'

export interface PrincipalComponents {
  /** [count, columns], orthonormal, by falling variance; the largest entry of each is positive. */
  directions: Float64Array
  /** [count], variance along each. */
  variances: Float64Array
  /** [rows, count], the centred rows along each direction. */
  scores: Float32Array
}

/**
 * The first principal components of the rows of a matrix, from the eigenvectors of their covariance (divisor: rows).
 *
 * @param values  [rows, columns], row-major, finite
 * @param count   at most `columns`
 */
export function principalComponents(values: ArrayLike<number>, columns: number, count: number): PrincipalComponents {
  const rows = columns === 0 ? 0 : Math.floor(values.length / columns)
  const mean = columnMeans(values, rows, columns)
  const { values: spread, vectors } = symmetricEigen(covarianceOf(values, rows, columns, mean), columns)
  const directions = vectors.slice(0, count * columns)
  const variances = spread.slice(0, count).map((variance) => Math.max(0, variance))
  const scores = new Float32Array(rows * count)
  for (let row = 0; row < rows; row += 1) {
    for (let component = 0; component < count; component += 1) {
      let sum = 0
      for (let column = 0; column < columns; column += 1) {
        sum += (values[row * columns + column]! - mean[column]!) * directions[component * columns + column]!
      }
      scores[row * count + component] = sum
    }
  }
  return { directions, variances, scores }
}

function columnMeans(values: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const mean = new Float64Array(columns)
  for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) mean[column]! += values[row * columns + column]! / rows
  return mean
}

function covarianceOf(values: ArrayLike<number>, rows: number, columns: number, mean: Float64Array): Float64Array {
  const covariance = new Float64Array(columns * columns)
  const centred = new Float64Array(columns)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) centred[column] = values[row * columns + column]! - mean[column]!
    for (let i = 0; i < columns; i += 1) for (let j = 0; j < columns; j += 1) covariance[i * columns + j]! += (centred[i]! * centred[j]!) / rows
  }
  return covariance
}
