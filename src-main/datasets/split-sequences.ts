import type { Dataset } from '@shared/domain/dataset'
import type { Split } from '@shared/domain/spec'
import { permutation } from '@shared/math/random'
import { type SplitRows, splitCounts } from './split'

/**
 * Parts of rows that follow each other: whole sequences, drawn from the split's seed or in their order; a single sequence is cut in time, train
 * first and test last.
 * Fractions are of the sequences, or of the rows of the single one. The dataset's own test part stays one.
 *
 * @param sequenceOf  what tells the sequence of each row, [rows]; null where all rows are one
 */
export function splitSequences(dataset: Dataset, split: Split, sequenceOf: ArrayLike<number> | null): SplitRows {
  const own = split.test === undefined ? dataset.parts.find((part) => part.name === 'test') : undefined
  const isOwn = (row: number): boolean => own !== undefined && row >= own.start && row < own.start + own.rows
  const all = Array.from({ length: dataset.rows }, (_, row) => row)
  const divided = all.filter((row) => !isOwn(row))
  const sequences = new Map<number, number[]>()
  for (const row of divided) {
    const name = sequenceOf?.[row] ?? 0
    const known = sequences.get(name)
    if (known) known.push(row)
    else sequences.set(name, [row])
  }
  const isSingle = sequences.size <= 1
  const units = isSingle ? divided.map((row) => [row]) : [...sequences.values()]
  const { train, validation } = splitCounts({ ...dataset, rows: units.length, parts: [] }, split)
  const order = isSingle || split.draw === 'in-order' ? units.keys() : permutation(units.length, { seed: split.seed, stream: 'split' })
  const dealt = Array.from(order, (at) => units[at]!)
  const rowsOf = (from: number, to: number): Int32Array => Int32Array.from(dealt.slice(from, to).flat()).sort()
  return {
    train: rowsOf(0, train),
    validation: rowsOf(train, train + validation),
    test: own ? Int32Array.from(all.filter(isOwn)) : rowsOf(train + validation, units.length),
  }
}
