import { AppError } from '@shared/rpc/errors'
import type { SequenceData } from '../inference/hmm-problem'

export interface Observations extends SequenceData {
  /** Rows of the table, in the order of `x`. */
  rowIndex: Int32Array
  names: string[]
}

export interface ObservedTable {
  /** [rows, features], as the model sees them. */
  features: Float64Array
  featureNames: string[]
  labels: Int32Array | null
  /** Name of the label column, where there is one. */
  labelName: string | null
  sequence: string | undefined
}

/** Cuts a table into sequences: rows with the same value in the sequence column, in the order of the table. */
export function cutIntoSequences({ features, featureNames, labels, labelName, sequence }: ObservedTable): Observations {
  const width = featureNames.length
  const rows = features.length / width
  const at = sequence === undefined ? -1 : featureNames.indexOf(sequence)
  const byLabel = sequence !== undefined && at < 0 && sequence === labelName && labels !== null
  if (sequence !== undefined && at < 0 && !byLabel) throw new AppError('hmm/no-sequence-column', { column: sequence, known: featureNames })
  const names = featureNames.filter((_, index) => index !== at)
  if (names.length === 0) throw new AppError('hmm/no-observations', { column: sequence })
  const groups = new Map<number, number[]>()
  for (let row = 0; row < rows; row += 1) {
    const key = byLabel ? labels[row]! : at < 0 ? 0 : features[row * width + at]!
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  const rowIndex = Int32Array.from([...groups.values()].flat())
  const x = new Float64Array(rows * names.length)
  for (const [to, row] of rowIndex.entries()) {
    let column = 0
    for (let index = 0; index < width; index += 1) if (index !== at) x[to * names.length + column++] = features[row * width + index]!
  }
  let start = 0
  const sequences = [...groups].map(([key, group]) => {
    const found = { name: String(key), start, length: group.length }
    start += group.length
    return found
  })
  return { x, columns: names.length, sequences, rowIndex, names }
}

/** Counts are whole numbers ≥ 0. */
export function requireCounts({ x, columns, names, rowIndex }: Pick<Observations, 'x' | 'columns' | 'names' | 'rowIndex'>): void {
  const index = x.findIndex((value) => !(value >= 0 && Number.isInteger(value)))
  if (index < 0) return
  throw new AppError('latent/not-counts', { column: names[index % columns], row: rowIndex[Math.floor(index / columns)]! + 1, value: x[index] })
}

const mostSymbols = 256

/** The distinct values of each column, ascending. */
export function symbolsOf({ x, columns, names }: Observations): number[][] {
  return names.map((name, column) => {
    const values = new Set<number>()
    for (let index = column; index < x.length; index += columns) values.add(x[index]!)
    if (values.size > mostSymbols) throw new AppError('hmm/too-many-symbols', { column: name, count: values.size, most: mostSymbols })
    return [...values].sort((a, b) => a - b)
  })
}

/** Values become the indices of their symbols. */
export function asIndices(observations: Observations, symbols: readonly number[][]): Observations {
  const { x, columns, names, rowIndex } = observations
  const places = symbols.map((values) => new Map(values.map((value, index) => [value, index])))
  return {
    ...observations,
    x: x.map((value, index) => {
      const found = places[index % columns]!.get(value)
      if (found !== undefined) return found
      throw new AppError('hmm/unknown-symbol', { column: names[index % columns], row: rowIndex[Math.floor(index / columns)]! + 1, value })
    }),
  }
}
