import { type InSteps, type RowBlocks, atOnce, blocksInMemory } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import type { MixtureFamily, Standardization } from '../models/mixtures/mixture-family'

/**
 * Shift and scale that give every column mean 0 and variance 1 (`common`: variance 1 on average, with one scale for all; `own`: the
 * data as they are; a list says of each column whether it takes units of its own). Mixtures are fitted in these units, where neither offsets nor scales cost digits, and told in the model's. A constant column has no scale of its own:
 * it takes the mean of the others' where `constantColumns` lets it pass (a regularized fit of images), and is an error elsewhere.
 *
 * @param rows     absent entries are NaN and left out
 * @param weights  how often each row counts, [rows], or null for once
 */
export function* unitsOf(
  rows: RowBlocks,
  columnNames: readonly string[],
  units: MixtureFamily<never>['units'],
  constantColumns: 'refuse' | 'pass',
  weights: Float64Array | null = null,
): InSteps<Standardization> {
  const columns = columnNames.length
  if (units === 'own') return { shift: new Float64Array(columns), scale: new Float64Array(columns).fill(1) }
  const { mean: shift, deviation: scale, first } = yield* spreads(rows, weights)
  if (typeof units !== 'string') {
    for (const [column, standard] of units.entries()) if (!standard) [shift[column], scale[column]] = [0, 1]
  }
  const boundless = scale.findIndex((value) => !Number.isFinite(value))
  if (boundless >= 0) throw new AppError('mixture/infinite', { column: columnNames[boundless]! })
  const constant = scale.indexOf(0)
  if (constant >= 0 && rows.rows > 1 && constantColumns === 'refuse') {
    throw new AppError('spec/constant-column', { column: columnNames[constant]!, value: first[constant]! })
  }
  const varying = scale.filter((value) => value > 0)
  const usual = varying.length > 0 ? varying.reduce((sum, value) => sum + value / varying.length, 0) : 1
  for (const [column, value] of scale.entries()) if (value === 0) scale[column] = usual
  if (units === 'common') {
    const largest = scale.reduce((most, value) => Math.max(most, value), 0)
    scale.fill(largest * Math.sqrt(scale.reduce((sum, value) => sum + (value / largest) ** 2, 0) / columns))
  }
  return { shift, scale }
}

/** @param features  [rows, columns], row-major */
export const standardUnits = (
  features: Float64Array,
  columnNames: readonly string[],
  units: MixtureFamily<never>['units'],
  constantColumns: 'refuse' | 'pass',
  weights: Float64Array | null = null,
): Standardization => atOnce(unitsOf(blocksInMemory(features, columnNames.length), columnNames, units, constantColumns, weights))

/** Mean and standard deviation of the entries of each column that are there; a deviation of exactly 0 where they are all equal. */
function* spreads(rows: RowBlocks, weights: Float64Array | null): InSteps<Record<'mean' | 'deviation' | 'first', Float64Array>> {
  const zeros = (): Float64Array => new Float64Array(rows.columns)
  const [count, first, unit, mean, variance] = [zeros(), zeros(), zeros(), zeros(), zeros()]
  yield* eachEntry(rows, weights, (value, column, weight) => {
    if (count[column] === 0) first[column] = value
    unit[column] = Math.max(unit[column]!, Math.abs(value - first[column]!))
    count[column]! += weight
  })
  for (const [column, reach] of unit.entries()) if (reach === 0) unit[column] = 1
  yield* eachEntry(rows, weights, (value, column, weight) => {
    mean[column]! += (weight * (value - first[column]!)) / unit[column]! / count[column]!
  })
  yield* eachEntry(rows, weights, (value, column, weight) => {
    variance[column]! += (weight * ((value - first[column]!) / unit[column]! - mean[column]!) ** 2) / count[column]!
  })
  return {
    mean: mean.map((value, column) => first[column]! + value * unit[column]!),
    deviation: variance.map((value, column) => Math.sqrt(value) * unit[column]!),
    first,
  }
}

/** Entries that are there, of rows that count. */
function* eachEntry(
  rows: RowBlocks,
  weights: Float64Array | null,
  visit: (value: number, column: number, weight: number) => void,
): InSteps<void> {
  const { columns } = rows
  let row = 0
  for (const block of rows.walk(1024)) {
    for (let start = 0; start < block.length; start += columns, row += 1) {
      const weight = weights ? weights[row]! : 1
      if (weight === 0) continue
      for (let column = 0; column < columns; column += 1) {
        const value = block[start + column]!
        if (value === value) visit(value, column, weight)
      }
    }
    yield
  }
}

/** Rows in the units of a fit. */
export function standardized(rows: RowBlocks, units: Standardization): RowBlocks {
  if (units.shift.every((value) => value === 0) && units.scale.every((value) => value === 1)) return rows
  return {
    ...rows,
    *walk(limit) {
      const out = new Float64Array(Math.min(limit, rows.rows) * rows.columns)
      for (const block of rows.walk(limit)) yield toStandard(block, units, out.subarray(0, block.length))
    },
  }
}

/** @param out  where the result is written, possibly `features` themselves */
export function toStandard(features: Float64Array, { shift, scale }: Standardization, out: Float64Array = new Float64Array(features.length)): Float64Array {
  const columns = shift.length
  for (let start = 0; start < features.length; start += columns) {
    for (let column = 0; column < columns; column += 1) out[start + column] = (features[start + column]! - shift[column]!) / scale[column]!
  }
  return out
}

/** What log p(x) loses against log p of the standardized x, for a row without absent entries. */
export const logScale = ({ scale }: Standardization): number => scale.reduce((sum, value) => sum + Math.log(value), 0)

/** The same for each row, over the entries that are there: [rows]. */
export function logScales(features: Float64Array, { scale }: Standardization): Float64Array {
  const columns = scale.length
  const logs = scale.map(Math.log)
  const sums = new Float64Array(features.length / columns)
  for (const [index, value] of features.entries()) if (!Number.isNaN(value)) sums[Math.floor(index / columns)]! += logs[index % columns]!
  return sums
}
