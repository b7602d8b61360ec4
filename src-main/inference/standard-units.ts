import { AppError } from '@shared/rpc/errors'
import type { MixtureFamily, Standardization } from '../models/mixtures/mixture-family'

/**
 * Shift and scale that give every column mean 0 and variance 1 (`common`: variance 1 on average, with one scale for all; `own`: the
 * data as they are). Mixtures are fitted in these units, where neither offsets nor scales cost digits, and told in the model's. A constant column has no scale of its own:
 * it takes the mean of the others' where `constantColumns` lets it pass (a regularized fit of images), and is an error elsewhere.
 *
 * @param features  [rows, columns], row-major, finite
 */
export function standardUnits(
  features: Float64Array,
  columnNames: readonly string[],
  units: MixtureFamily<never>['units'],
  constantColumns: 'refuse' | 'pass',
): Standardization {
  const columns = columnNames.length
  const rows = features.length / columns
  const shift = new Float64Array(columns)
  const scale = new Float64Array(columns)
  if (units === 'own') return { shift, scale: scale.fill(1) }
  for (const [column, name] of columnNames.entries()) {
    const { mean, deviation, first } = spreadOf(features, columns, column)
    if (deviation === 0 && rows > 1 && constantColumns === 'refuse') throw new AppError('spec/constant-column', { column: name, value: first })
    shift[column] = mean
    scale[column] = deviation
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

/** Mean and standard deviation of the entries of a column that are there; a deviation of exactly 0 where they are all equal. */
function spreadOf(features: Float64Array, columns: number, column: number): { mean: number; deviation: number; first: number } {
  const each = (visit: (value: number) => void): void => {
    for (let index = column; index < features.length; index += columns) if (!Number.isNaN(features[index]!)) visit(features[index]!)
  }
  let [count, first, reach] = [0, 0, 0]
  each((value) => {
    if (count === 0) first = value
    reach = Math.max(reach, Math.abs(value - first))
    count += 1
  })
  const unit = reach || 1
  let [mean, variance] = [0, 0]
  each((value) => (mean += (value - first) / unit / count))
  each((value) => (variance += ((value - first) / unit - mean) ** 2 / count))
  return { mean: first + mean * unit, deviation: Math.sqrt(variance) * unit, first }
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
