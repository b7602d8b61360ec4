import type { Completion, Imputation } from '@shared/domain/inside'
import type { ImageShape } from '@shared/domain/run'
import { type WayBack, affineBack, pointsBack } from '@shared/domain/way-back'
import { AppError } from '@shared/rpc/errors'

/* Absent and hidden entries of rows, whatever model fills them in. */

export interface Filled {
  /** [rows, columns]: observed entries as they were, absent ones by their expectations. */
  values: Float64Array
  /** Standard deviations of what stands in each place, 0 where it was observed. */
  deviations: Float64Array
}

/** Fills in the entries of rows that are NaN, in the units of the model. */
export type Fill = (rows: Float64Array) => Promise<Filled> | Filled

interface Columns {
  featureNames: string[]
  way: WayBack
  /** Columns whose entries are names of things. */
  codes?: boolean[]
}

/** Rows without gaps that a picture shows beside the others. */
const mostComplete = 2000

/** Expectations and standard deviations side by side: [rows, 2 · columns]. */
export function besideEachOther({ values, deviations }: Filled, columns: number): Float64Array {
  const both = new Float64Array(2 * values.length)
  for (let row = 0; row < values.length / columns; row += 1) {
    both.set(values.subarray(row * columns, (row + 1) * columns), row * 2 * columns)
    both.set(deviations.subarray(row * columns, (row + 1) * columns), row * 2 * columns + columns)
  }
  return both
}

/**
 * Rows that lack entries, filled in and told in the units of the file.
 *
 * @param blocks  all rows of a dataset in their order, after preprocessing
 */
export async function imputed(blocks: Iterable<Float64Array>, { featureNames, way, codes = featureNames.map(() => false) }: Columns, fill: Fill): Promise<Imputation> {
  const columns = featureNames.length
  const rowIndex: number[] = []
  const values: number[] = []
  const deviations: number[] = []
  const whole = new EvenSample(mostComplete)
  let total = 0
  for (const block of blocks) {
    const rows = block.length / columns
    const rowAt = (row: number): Float64Array => block.subarray(row * columns, (row + 1) * columns)
    const lacking = Array.from({ length: rows }, (_, row) => row).filter((row) => {
      const lacks = rowAt(row).some(Number.isNaN)
      if (!lacks) whole.see(rowAt(row))
      return lacks
    })
    if (lacking.length > 0) {
      const given = Float64Array.from(lacking.flatMap((row) => [...rowAt(row)]))
      const filled = await fill(given)
      given.forEach((value, index) => {
        values.push(filled.values[index]!)
        deviations.push(Number.isNaN(value) ? filled.deviations[index]! : NaN)
      })
      rowIndex.push(...lacking.map((row) => total + row))
    }
    total += rows
  }
  const own = { values: Float64Array.from(values), deviations: Float64Array.from(deviations) }
  const complete = Float64Array.from(whole.rows.flatMap((row) => [...row]))
  const inFile = inFileUnits(own, way)
  return {
    featureNames,
    units: inFile ? 'file' : 'model',
    total,
    rowIndex: Int32Array.from(rowIndex),
    ...(inFile ?? own),
    codes,
    complete: inFileUnits({ values: complete, deviations: complete }, way)?.values ?? complete,
  }
}

/** Some of the rows that pass by, at even distances, however many there are. */
class EvenSample {
  rows: Float64Array[] = []
  #stride = 1
  #seen = 0

  constructor(readonly most: number) {}

  see(row: Float64Array): void {
    if (this.#seen % this.#stride === 0) this.rows.push(row.slice())
    this.#seen += 1
    if (this.rows.length < 2 * this.most) return
    this.rows = this.rows.filter((_, index) => index % 2 === 0)
    this.#stride *= 2
  }
}

/** Null where columns do not go back one by one. */
function inFileUnits({ values, deviations }: Filled, way: WayBack): Filled | null {
  const back = affineBack(way)
  if (!back?.diagonal) return null
  return { values: pointsBack(way, values), deviations: deviations.map((deviation, index) => deviation * Math.abs(back.matrix[index % back.columns]!)) }
}

export interface Hiding {
  /** Rows of the dataset, and the features that are hidden in all of them. */
  rows: readonly number[]
  hidden: readonly number[]
  /** The rows after preprocessing: [rows, columns]. */
  original: Float64Array
  featureNames: string[]
  imageShape: ImageShape | null
  /** Of the training rows, [columns]: what a guess without a model would be. */
  means: Float64Array
}

/** Hides entries of rows, lets the model fill them in, and tells how far off it is. */
export async function completed({ rows, hidden, original, featureNames, imageShape, means }: Hiding, fill: Fill): Promise<Completion> {
  const columns = featureNames.length
  const unknown = hidden.find((feature) => feature >= columns)
  if (unknown !== undefined) throw new AppError('run/feature-out-of-range', { feature: unknown, features: columns })
  const given = original.slice()
  for (let row = 0; row < rows.length; row += 1) for (const feature of hidden) given[row * columns + feature] = NaN
  const { values, deviations } = await fill(given)
  let [own, plain, count] = [0, 0, 0]
  for (let row = 0; row < rows.length; row += 1) {
    for (const feature of hidden) {
      const truth = original[row * columns + feature]!
      if (Number.isNaN(truth)) continue
      own += (values[row * columns + feature]! - truth) ** 2
      plain += (means[feature]! - truth) ** 2
      count += 1
    }
  }
  return {
    featureNames,
    imageShape,
    rowIndex: Int32Array.from(rows),
    hidden: Int32Array.from(hidden),
    original,
    completed: values,
    deviations: deviations.map((deviation, index) => (Number.isNaN(given[index]!) ? deviation : NaN)),
    error: Math.sqrt(own / Math.max(1, count)),
    errorOfMeans: Math.sqrt(plain / Math.max(1, count)),
  }
}

/** Means of the columns over rows [rows, columns], absent entries left out. */
export function columnMeans(features: ArrayLike<number>, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  const counts = new Float64Array(columns)
  for (let index = 0; index < features.length; index += 1) {
    const value = features[index]!
    if (Number.isNaN(value)) continue
    sums[index % columns]! += value
    counts[index % columns]! += 1
  }
  return sums.map((sum, column) => sum / Math.max(1, counts[column]!))
}

/** Rows asked about must be there. */
export function requireRowsOf(rows: readonly number[], total: number): void {
  const beyond = rows.find((row) => row >= total)
  if (beyond !== undefined) throw new AppError('run/row-out-of-range', { row: beyond, rows: total })
}
