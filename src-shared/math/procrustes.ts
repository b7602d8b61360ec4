import { symmetricEigen } from './symmetric-eigen'

/** p ↦ scale·(p − from)·rotation + to, with an orthogonal rotation [columns, columns], reflections included. */
export interface Procrustes {
  columns: number
  from: Float64Array
  to: Float64Array
  rotation: Float64Array
  scale: number
  /** Σ|target − aligned|² over Σ|target − mean|², 0 … 1: 0 where the shapes are the same. */
  disparity: number
}

/**
 * The shift, rotation and scale that bring one set of points nearest to another, point by point, in least squares: with the singular values of
 * AᵀB = U S Vᵀ of the centred points, rotation = U Vᵀ and scale = Σ S / |A|².     Schönemann 1966
 *
 * @param source  [rows, columns], row-major
 * @param target  the same shape
 */
export function procrustes(source: ArrayLike<number>, target: ArrayLike<number>, columns: number): Procrustes {
  const rows = source.length / columns
  const [from, to] = [means(source, columns), means(target, columns)]
  const cross = new Float64Array(columns * columns)
  let [own, wanted] = [0, 0]
  for (let row = 0; row < rows; row += 1) {
    for (let a = 0; a < columns; a += 1) {
      const value = source[row * columns + a]! - from[a]!
      own += value * value
      wanted += (target[row * columns + a]! - to[a]!) ** 2
      for (let b = 0; b < columns; b += 1) cross[a * columns + b]! += value * (target[row * columns + b]! - to[b]!)
    }
  }
  const { rotation, trace } = polar(cross, columns)
  const scale = own > 0 ? trace / own : 0
  return { columns, from, to, rotation, scale, disparity: wanted > 0 ? Math.max(0, 1 - (trace * trace) / (own * wanted || 1)) : 0 }
}

/** @param points  [rows, columns] */
export function alignedBy({ columns, from, to, rotation, scale }: Procrustes, points: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: points.length }, (_, at) => {
    const [start, b] = [at - (at % columns), at % columns]
    let sum = 0
    for (let a = 0; a < columns; a += 1) sum += (points[start + a]! - from[a]!) * rotation[a * columns + b]!
    return scale * sum + to[b]!
  })
}

function means(points: ArrayLike<number>, columns: number): Float64Array {
  const mean = new Float64Array(columns)
  const rows = points.length / columns
  for (let at = 0; at < points.length; at += 1) mean[at % columns]! += points[at]! / rows
  return mean
}

/**
 * U Vᵀ and Σ S of a square matrix U S Vᵀ, from the eigenvectors V of MᵀM, whose images M v = s u are orthogonal. Where s is as good as 0, any
 * direction that is left over completes U.
 */
function polar(matrix: Float64Array, size: number): { rotation: Float64Array; trace: number } {
  const product = Float64Array.from({ length: size * size }, (_, at) => {
    let sum = 0
    for (let k = 0; k < size; k += 1) sum += matrix[k * size + Math.floor(at / size)]! * matrix[k * size + (at % size)]!
    return sum
  })
  const { vectors } = symmetricEigen(product, size)
  const images: Float64Array[] = []
  let trace = 0
  let largest = 0
  for (let k = 0; k < size; k += 1) {
    const image = Float64Array.from({ length: size }, (_, row) => {
      let sum = 0
      for (let column = 0; column < size; column += 1) sum += matrix[row * size + column]! * vectors[k * size + column]!
      return sum
    })
    const length = norm(image)
    largest = Math.max(largest, length)
    trace += length
    images.push(length > 1e-7 * largest && length > 0 ? perpendicular(image, images) : leftOver(images, size))
  }
  const rotation = new Float64Array(size * size)
  images.forEach((image, k) => {
    for (let a = 0; a < size; a += 1) for (let b = 0; b < size; b += 1) rotation[a * size + b]! += image[a]! * vectors[k * size + b]!
  })
  return { rotation, trace }
}

const norm = (vector: Float64Array): number => Math.hypot(...vector)

/** A vector without its parts along others, of length 1. */
function perpendicular(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  const found = vector.slice()
  for (const other of others) {
    const share = found.reduce((sum, value, at) => sum + value * other[at]!, 0)
    found.forEach((value, at) => (found[at] = value - share * other[at]!))
  }
  const length = norm(found)
  return found.map((value) => value / length)
}

function leftOver(others: readonly Float64Array[], size: number): Float64Array {
  const axes = Array.from({ length: size }, (_, axis) => Float64Array.from({ length: size }, (_value, at) => Number(at === axis)))
  const room = (axis: Float64Array): number => 1 - others.reduce((sum, other) => sum + other.reduce((dot, value, at) => dot + value * axis[at]!, 0) ** 2, 0)
  return perpendicular(axes.reduce((best, axis) => (room(axis) > room(best) ? axis : best)), others)
}
