import type { Dataset } from '@shared/domain/dataset'
import type { Split } from '@shared/domain/spec'
import { permutation } from '@shared/math/random'

export interface SplitRows {
  train: Int32Array
  validation: Int32Array
  test: Int32Array
}
export type SplitCounts = Record<keyof SplitRows, number>

/** ceil, as scikit-learn counts; what is a whole number but for the rounding of the fraction stays that number. */
const share = (fraction: number, rows: number): number => Math.max(0, Math.ceil(fraction * rows - 1e-9))

/** The dataset's own test part is the test part, unless the split gives a fraction for it. */
function ownTest(dataset: Dataset, split: Split): { start: number; rows: number } | null {
  return split.test === undefined ? (dataset.parts.find((part) => part.name === 'test') ?? null) : null
}

/** Rows of each part; train has what test and validation leave, 0 where they leave none. */
export function splitCounts(dataset: Dataset, split: Split): SplitCounts {
  const own = ownTest(dataset, split)
  const divided = dataset.rows - (own?.rows ?? 0)
  const test = own ? 0 : share(split.test ?? 0, divided)
  const validation = Math.min(divided - test, share(split.validation, divided))
  return { train: divided - test - validation, validation, test: own?.rows ?? test }
}

/** Disjoint rows that together are all rows, each part in ascending order; drawn from the split's seed only. */
export function splitRows(dataset: Dataset, split: Split): SplitRows {
  const own = ownTest(dataset, split)
  const counts = splitCounts(dataset, split)
  const drawnTest = own ? 0 : counts.test
  const divided = dataset.rows - (own?.rows ?? 0)
  const rowAt = (position: number): number => (own && position >= own.start ? position + own.rows : position)
  const order =
    drawnTest + counts.validation === 0
      ? Int32Array.from({ length: divided }, (_, index) => index)
      : permutation(divided, { seed: split.seed, stream: 'split' })
  const take = (start: number, end: number): Int32Array => order.slice(start, end).map(rowAt).sort()
  return {
    train: take(drawnTest + counts.validation, divided),
    validation: take(drawnTest, drawnTest + counts.validation),
    test: own ? Int32Array.from({ length: own.rows }, (_, index) => own.start + index) : take(0, drawnTest),
  }
}
