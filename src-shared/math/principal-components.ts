export interface PrincipalComponents {
  /** [count, columns], orthonormal, by falling variance; the largest entry of each is positive. */
  directions: Float64Array
  /** [count], variance along each. */
  variances: Float64Array
  /** [rows, count], the centred rows along each direction. */
  scores: Float32Array
}

const mostIterations = 500
const tolerance = 1e-12

/**
 * The first principal components of the rows of a matrix, by power iteration with deflation on their covariance (divisor: rows).
 *
 * @param values  [rows, columns], row-major, finite
 * @param count   at most `columns`
 */
export function principalComponents(values: ArrayLike<number>, columns: number, count: number): PrincipalComponents {
  const rows = columns === 0 ? 0 : Math.floor(values.length / columns)
  const mean = columnMeans(values, rows, columns)
  const covariance = covarianceOf(values, rows, columns, mean)
  const directions = new Float64Array(count * columns)
  const variances = new Float64Array(count)
  for (let component = 0; component < count; component += 1) {
    const { direction, variance } = leadingDirection(covariance, columns, directions.subarray(0, component * columns))
    directions.set(direction, component * columns)
    variances[component] = variance
    deflate(covariance, columns, direction, variance)
  }
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

/** The eigenvector of the largest eigenvalue, orthogonal to those already found. Starts at the column of largest variance. */
function leadingDirection(covariance: Float64Array, columns: number, found: Float64Array): { direction: Float64Array; variance: number } {
  let start = 0
  for (let column = 1; column < columns; column += 1) {
    if (covariance[column * columns + column]! > covariance[start * columns + start]!) start = column
  }
  let direction = new Float64Array(columns)
  for (let column = 0; column < columns; column += 1) direction[column] = covariance[start * columns + column]! + (column === start ? 1e-9 : 0)
  normalize(direction, found, columns, start)
  let variance = 0
  for (let iteration = 0; iteration < mostIterations; iteration += 1) {
    const next = new Float64Array(columns)
    for (let i = 0; i < columns; i += 1) for (let j = 0; j < columns; j += 1) next[i]! += covariance[i * columns + j]! * direction[j]!
    const size = normalize(next, found, columns, start)
    const change = next.reduce((sum, value, column) => sum + (value - direction[column]!) ** 2, 0)
    direction = next
    variance = size
    if (change < tolerance ** 2 || size === 0) break
  }
  const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
  if (largest < 0) direction = direction.map((value) => -value)
  return { direction, variance }
}

/** Makes a vector orthogonal to those found and of length 1; one without length becomes the first free axis. Returns the length before. */
function normalize(vector: Float64Array, found: Float64Array, columns: number, axis: number): number {
  const orthogonalize = (): number => {
    for (let start = 0; start < found.length; start += columns) {
      let along = 0
      for (let column = 0; column < columns; column += 1) along += vector[column]! * found[start + column]!
      for (let column = 0; column < columns; column += 1) vector[column]! -= along * found[start + column]!
    }
    return Math.hypot(...vector)
  }
  const length = orthogonalize()
  let divisor = length
  for (let offset = 0; divisor < 1e-150 && offset < columns; offset += 1) {
    vector.fill(0)
    vector[(axis + offset) % columns] = 1
    divisor = orthogonalize()
    if (divisor < 1e-6) divisor = 0
  }
  for (let column = 0; column < columns; column += 1) vector[column]! /= divisor || 1
  return length < 1e-150 ? 0 : length
}

function deflate(covariance: Float64Array, columns: number, direction: Float64Array, variance: number): void {
  for (let i = 0; i < columns; i += 1) for (let j = 0; j < columns; j += 1) covariance[i * columns + j]! -= variance * direction[i]! * direction[j]!
}
