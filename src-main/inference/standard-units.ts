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
    let reach = 0
    const first = features[column]!
    for (let row = 0; row < rows; row += 1) reach = Math.max(reach, Math.abs(features[row * columns + column]! - first))
    if (reach === 0 && rows > 1 && constantColumns === 'refuse') throw new AppError('spec/constant-column', { column: name, value: first })
    const unit = reach || 1
    let mean = 0
    for (let row = 0; row < rows; row += 1) mean += (features[row * columns + column]! - first) / unit / rows
    let variance = 0
    for (let row = 0; row < rows; row += 1) variance += ((features[row * columns + column]! - first) / unit - mean) ** 2 / rows
    shift[column] = first + mean * unit
    scale[column] = Math.sqrt(variance) * unit
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

/** @param out  where the result is written, possibly `features` themselves */
export function toStandard(features: Float64Array, { shift, scale }: Standardization, out: Float64Array = new Float64Array(features.length)): Float64Array {
  const columns = shift.length
  for (let start = 0; start < features.length; start += columns) {
    for (let column = 0; column < columns; column += 1) out[start + column] = (features[start + column]! - shift[column]!) / scale[column]!
  }
  return out
}

/** What log p(x) loses against log p of the standardized x, per row. */
export const logScale = ({ scale }: Standardization): number => scale.reduce((sum, value) => sum + Math.log(value), 0)
