/**
 * Lower Cholesky factor L of a symmetric matrix A = L·Lᵀ; only the lower triangle of A is read.
 *
 * @param matrix  [size, size], row-major
 * @returns       [size, size], row-major, zeros above the diagonal; null where A is not positive definite
 */
export function cholesky(matrix: ArrayLike<number>, size: number): Float64Array | null {
  const factor = new Float64Array(size * size)
  return choleskyInto(factor, matrix, 0, size) ? factor : null
}

/**
 * The same without new arrays, for many small matrices. What `factor` has above its diagonal is left as it is.
 *
 * @param factor  [size, size], written
 * @param matrix  holds the matrix from `from` on
 * @returns       whether it is positive definite; if not, the factor is unfinished
 */
export function choleskyInto(factor: Float64Array, matrix: ArrayLike<number>, from: number, size: number): boolean {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[from + row * size + column]!
      for (let k = 0; k < column; k += 1) sum -= factor[row * size + k]! * factor[column * size + k]!
      if (row === column) {
        if (!(sum > 0)) return false
        factor[row * size + row] = Math.sqrt(sum)
      } else factor[row * size + column] = sum / factor[column * size + column]!
    }
  }
  return true
}

/**
 * Transposed inverse of a lower triangular matrix, upper triangular itself.
 *
 * @param target  [size, size] from `from` on, written; below the diagonal left as it is
 */
export function invertTransposedInto(target: Float64Array, from: number, factor: Float64Array, size: number): void {
  for (let column = 0; column < size; column += 1) {
    const own = from + column * size
    target[own + column] = 1 / factor[column * size + column]!
    for (let row = column + 1; row < size; row += 1) {
      let sum = 0
      for (let k = column; k < row; k += 1) sum -= factor[row * size + k]! * target[own + k]!
      target[own + row] = sum / factor[row * size + row]!
    }
  }
}

/** Inverse of a lower triangular matrix, lower triangular itself: [size, size], row-major. */
export function invertLower(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size)
  for (let column = 0; column < size; column += 1) {
    inverse[column * size + column] = 1 / factor[column * size + column]!
    for (let row = column + 1; row < size; row += 1) {
      let sum = 0
      for (let k = column; k < row; k += 1) sum -= factor[row * size + k]! * inverse[k * size + column]!
      inverse[row * size + column] = sum / factor[row * size + row]!
    }
  }
  return inverse
}

/** log |A| from the Cholesky factor of A. */
export function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0
  for (let index = 0; index < size; index += 1) sum += Math.log(factor[index * size + index]!)
  return 2 * sum
}
