import { type InSteps, type RowBlocks } from '@shared/math/row-blocks'
import { symmetricEigen } from '@shared/math/symmetric-eigen'

/** A box around rows: its edges lie along orthonormal axes [D, D], one per row, and reach from `low` [D] to `high` [D] on them. */
export interface Box {
  axes: Float64Array
  low: Float64Array
  high: Float64Array
}

export const logVolume = ({ low, high }: Box): number => high.reduce((sum, value, axis) => sum + Math.log(value - low[axis]!), 0)

/**
 * The smaller of two boxes around rows: along the columns, and along their principal components; what mclust takes for the volume that noise
 * fills (its `hypvol`). Fraley & Raftery 1998.
 *
 * @param rows     complete rows, in their own units
 * @param weights  [rows]; rows of weight 0 are left out. null for all 1
 */
export function* boxAround(rows: RowBlocks, weights: Float64Array | null): InSteps<Box> {
  const { columns } = rows
  const identity = new Float64Array(columns * columns)
  for (let column = 0; column < columns; column += 1) identity[column * (columns + 1)] = 1
  const straight = yield* reach(rows, weights, identity)
  if (columns === 1) return straight
  const turned = yield* reach(rows, weights, yield* principalAxes(rows, weights, straight))
  return logVolume(turned) < logVolume(straight) ? turned : straight
}

function* eachRow(rows: RowBlocks, weights: Float64Array | null, see: (row: Float64Array, weight: number) => void): InSteps<void> {
  let index = 0
  for (const block of rows.walk(1024)) {
    for (let start = 0; start < block.length; start += rows.columns, index += 1) {
      const weight = weights ? weights[index]! : 1
      if (weight > 0) see(block.subarray(start, start + rows.columns), weight)
    }
    yield
  }
}

function* reach(rows: RowBlocks, weights: Float64Array | null, axes: Float64Array): InSteps<Box> {
  const { columns } = rows
  const low = new Float64Array(columns).fill(Infinity)
  const high = new Float64Array(columns).fill(-Infinity)
  yield* eachRow(rows, weights, (row) => {
    for (let axis = 0; axis < columns; axis += 1) {
      const value = along(axes, axis, row)
      if (value < low[axis]!) low[axis] = value
      if (value > high[axis]!) high[axis] = value
    }
  })
  return { axes, low, high }
}

function along(axes: Float64Array, axis: number, row: Float64Array): number {
  let value = 0
  for (let column = 0; column < row.length; column += 1) value += axes[axis * row.length + column]! * row[column]!
  return value
}

/** Eigenvectors of the covariance matrix, computed around the middle of the box and in its widths, so that neither offset nor scale costs digits. */
function* principalAxes(rows: RowBlocks, weights: Float64Array | null, { low, high }: Box): InSteps<Float64Array> {
  const { columns } = rows
  const largest = high.reduce((most, value, column) => Math.max(most, value - low[column]!), 0)
  const sums = new Float64Array(columns)
  const products = new Float64Array(columns * columns)
  const own = new Float64Array(columns)
  let total = 0
  yield* eachRow(rows, weights, (row, weight) => {
    for (let i = 0; i < columns; i += 1) own[i] = (row[i]! - (low[i]! + (high[i]! - low[i]!) / 2)) / largest
    total += weight
    for (let i = 0; i < columns; i += 1) {
      sums[i]! += weight * own[i]!
      for (let j = 0; j <= i; j += 1) products[i * columns + j]! += weight * own[i]! * own[j]!
    }
  })
  const covariance = new Float64Array(columns * columns)
  for (let i = 0; i < columns; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const value = products[i * columns + j]! / total - (sums[i]! / total) * (sums[j]! / total)
      covariance[i * columns + j] = value
      covariance[j * columns + i] = value
    }
  }
  return symmetricEigen(covariance, columns).vectors
}
