import type { Dataset } from '@shared/domain/dataset'
import type { ModelSpec } from '@shared/domain/spec'
import { weightColumn, weightPlace } from '@shared/domain/weight-column'
import type { ChosenRows } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import type { OpenedArrays } from '../files/dataset-arrays'

/* Rows and their weights, where a column holds these: apart from each other. */

/** Place of the column of weights; −1 where none is asked for. Throws where the column that was named is not there. */
function requiredPlace(model: ModelSpec, dataset: Dataset): number {
  const place = weightPlace(model, dataset)
  if (place >= 0 || weightColumn(model) === undefined) return place
  const known = dataset.columns.filter(({ role }) => role === 'feature').map(({ name }) => name)
  throw new AppError('mixture/no-weight-column', { column: weightColumn(model), known })
}

/** Rows of a dataset as the model sees them, wherever they lie. */
export function rowsWithoutWeights(model: ModelSpec, dataset: Dataset, raw: ChosenRows): ChosenRows {
  const place = weightPlace(model, dataset)
  if (place < 0) return raw
  const columns = raw.columns - 1
  return {
    columns,
    *walk(rows, limit) {
      const out = new Float64Array(Math.min(limit, rows.length) * columns)
      for (const block of raw.walk(rows, limit)) yield dropColumn(block, raw.columns, place, out)
    },
  }
}

/** The arrays of a dataset as the model sees them, and the weights of its rows, [rows], or null where all are 1. Throws AppError. */
export function splitWeights(model: ModelSpec, dataset: Dataset, arrays: OpenedArrays): { arrays: OpenedArrays; weights: Float64Array | null } {
  const place = requiredPlace(model, dataset)
  if (place < 0) return { arrays, weights: null }
  const { features } = arrays
  const columns = dataset.shape[1]!
  const weights = Float64Array.from({ length: dataset.rows }, (_, row) => features[row * columns + place]!)
  checkWeights(weights, weightColumn(model)!)
  const kept = dropColumn(features as Float64Array<ArrayBuffer>, columns, place, new Float64Array(dataset.rows * (columns - 1)))
  return { arrays: { ...arrays, features: kept as Float64Array<ArrayBuffer> }, weights }
}

/** The weights alone, of rows that stay on disk. Throws AppError. */
export function readWeights(model: ModelSpec, dataset: Dataset, raw: ChosenRows): Float64Array | null {
  const place = requiredPlace(model, dataset)
  if (place < 0) return null
  const weights = new Float64Array(dataset.rows)
  let row = 0
  for (const block of raw.walk(Int32Array.from(weights.keys()), 4096)) {
    for (let at = place; at < block.length; at += raw.columns) weights[row++] = block[at]!
  }
  checkWeights(weights, weightColumn(model)!)
  return weights
}

/** Weights of some rows. */
export const weightsAt = (weights: Float64Array | null, rowIndex: Int32Array): Float64Array | null =>
  weights && Float64Array.from(rowIndex, (row) => weights[row]!)

function checkWeights(weights: Float64Array, column: string): void {
  const row = weights.findIndex((value) => !(value >= 0 && value < Infinity))
  if (row >= 0) throw new AppError('mixture/bad-weight', { column, row: row + 1, value: Number.isNaN(weights[row]) ? 'nothing' : weights[row]! })
}

function dropColumn(rows: Float64Array, columns: number, place: number, out: Float64Array): Float64Array {
  const count = rows.length / columns
  for (let row = 0; row < count; row += 1) {
    const [from, to] = [row * columns, row * (columns - 1)]
    for (let column = 0; column < place; column += 1) out[to + column] = rows[from + column]!
    for (let column = place + 1; column < columns; column += 1) out[to + column - 1] = rows[from + column]!
  }
  return out.subarray(0, count * (columns - 1))
}
