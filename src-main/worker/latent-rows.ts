import type { ImageShape, LatentItem, ModelRows } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'

/* Single rows of a matrix [rows, features], for the latent lab. */

export function rowOf<A extends Float32Array | Float64Array>(values: A, features: number, row: number): A {
  const rows = values.length / features
  if (row >= rows) throw new AppError('run/row-out-of-range', { row, rows })
  return values.subarray(row * features, (row + 1) * features) as A
}

export function modelRowsOf(values: Float32Array, features: number, imageShape: ImageShape | null, rows: readonly number[]): ModelRows {
  const found = new Float32Array(rows.length * features)
  rows.forEach((row, at) => found.set(rowOf(values, features, row), at * features))
  return { rows: Int32Array.from(rows), features, values: found, imageShape }
}

/** Mean squared difference of each row of two matrices: into [rows]. */
export function squaredErrors(x: ArrayLike<number>, reconstruction: ArrayLike<number>, features: number, into: Float32Array): void {
  for (let row = 0; row < into.length; row += 1) {
    let sum = 0
    for (let at = row * features; at < (row + 1) * features; at += 1) sum += (x[at]! - reconstruction[at]!) ** 2
    into[row] = sum / features
  }
}

export const named = (names: readonly string[], values: ArrayLike<number>): NonNullable<LatentItem['probabilities']> =>
  names.map((name, at) => ({ name, value: values[at]! }))
