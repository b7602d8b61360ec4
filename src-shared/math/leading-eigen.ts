import { fillNormal } from './random'
import { type SymmetricEigen, symmetricEigen } from './symmetric-eigen'

/** Below this size all eigenvectors are found as fast as a few. */
const small = 160
/** Directions beyond those asked for: the distance to what is left out sets the pace. */
const spare = 12
const mostSweeps = 400

/**
 * The largest eigenvalues of a positive semidefinite matrix with their eigenvectors, by subspace iteration with Rayleigh–Ritz steps
 * (Rutishauser 1970). An eigenpair is done when ‖Av − λv‖ ≤ 1e-11 λ₁; where that does not come to pass, or where many are wanted, all are
 * found instead.
 *
 * @param matrix  [size, size], row-major, symmetric, positive semidefinite, finite
 * @param count   how many, at most `size`
 * @returns       values [count], falling; vectors [count, size], each with its largest entry positive
 */
export function leadingEigen(matrix: Float64Array, size: number, count: number): SymmetricEigen {
  const width = count + spare
  if (size > small && width * 4 < size) {
    const found = subspace(matrix, size, count, width)
    if (found) return found
  }
  const { values, vectors } = symmetricEigen(matrix, size)
  return { values: values.slice(0, count), vectors: vectors.slice(0, count * size) }
}

function subspace(matrix: Float64Array, size: number, count: number, width: number): SymmetricEigen | null {
  let basis: Float64Array = new Float64Array(width * size)
  fillNormal(basis, { seed: 0, stream: 'leading-eigen' })
  orthonormalize(basis, size)
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    const image = times(matrix, basis, size)
    const { values, vectors } = symmetricEigen(products(basis, image, size), width)
    basis = turned(basis, vectors, size)
    const turnedImage = turned(image, vectors, size)
    if (residual(basis, turnedImage, values, size, count) <= 1e-11 * Math.max(values[0]!, 1e-300)) {
      return { values: values.slice(0, count), vectors: withLargestPositive(basis.slice(0, count * size), size) }
    }
    basis = turnedImage
    if (!orthonormalize(basis, size)) return null
  }
  return null
}

/** Rows of `basis` times the symmetric matrix: [width, size]. */
function times(matrix: Float64Array, basis: Float64Array, size: number): Float64Array {
  const width = basis.length / size
  const image = new Float64Array(basis.length)
  for (let row = 0; row < size; row += 1) {
    const of = matrix.subarray(row * size, (row + 1) * size)
    for (let k = 0; k < width; k += 1) {
      let sum = 0
      const at = k * size
      for (let column = 0; column < size; column += 1) sum += of[column]! * basis[at + column]!
      image[at + row] = sum
    }
  }
  return image
}

/** a bᵀ over the long side: [width, width] */
function products(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const width = a.length / size
  const found = new Float64Array(width * width)
  for (let one = 0; one < width; one += 1) {
    for (let other = 0; other <= one; other += 1) {
      let sum = 0
      for (let at = 0; at < size; at += 1) sum += a[one * size + at]! * b[other * size + at]!
      found[one * width + other] = sum
      found[other * width + one] = sum
    }
  }
  return found
}

/** Rows of `basis` mixed by the rows of `vectors`. */
function turned(basis: Float64Array, vectors: Float64Array, size: number): Float64Array {
  const width = basis.length / size
  const found = new Float64Array(basis.length)
  for (let to = 0; to < width; to += 1) {
    for (let from = 0; from < width; from += 1) {
      const share = vectors[to * width + from]!
      for (let at = 0; at < size; at += 1) found[to * size + at]! += share * basis[from * size + at]!
    }
  }
  return found
}

function residual(basis: Float64Array, image: Float64Array, values: Float64Array, size: number, count: number): number {
  let most = 0
  for (let k = 0; k < count; k += 1) {
    let sum = 0
    for (let at = k * size; at < (k + 1) * size; at += 1) sum += (image[at]! - values[k]! * basis[at]!) ** 2
    most = Math.max(most, Math.sqrt(sum))
  }
  return most
}

/** Gram–Schmidt, twice for the digits; false where a row is a combination of those before it. */
function orthonormalize(basis: Float64Array, size: number): boolean {
  const width = basis.length / size
  for (let k = 0; k < width; k += 1) {
    const row = basis.subarray(k * size, (k + 1) * size)
    const before = norm(row)
    for (let pass = 0; pass < 2; pass += 1) {
      for (let other = 0; other < k; other += 1) {
        const beside = basis.subarray(other * size, (other + 1) * size)
        let share = 0
        for (let at = 0; at < size; at += 1) share += row[at]! * beside[at]!
        for (let at = 0; at < size; at += 1) row[at]! -= share * beside[at]!
      }
    }
    const length = norm(row)
    if (!(length > 1e-14 * before)) return false
    for (let at = 0; at < size; at += 1) row[at]! /= length
  }
  return true
}

const norm = (row: Float64Array): number => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))

function withLargestPositive(vectors: Float64Array, size: number): Float64Array {
  for (let start = 0; start < vectors.length; start += size) {
    const row = vectors.subarray(start, start + size)
    const largest = row.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
    if (largest < 0) for (let at = 0; at < size; at += 1) row[at]! *= -1
  }
  return vectors
}
