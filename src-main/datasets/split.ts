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
  const held = drawnTest + counts.validation
  if (held === 0) return { train: ascending(divided, rowAt), validation: new Int32Array(0), test: ascending(counts.test, ownRow(own)) }
  const order = permutation(divided, { seed: split.seed, stream: 'split' })
  // One byte a position, instead of sorting each part.
  const partOf = new Uint8Array(divided)
  order.subarray(0, drawnTest).forEach((position) => (partOf[position] = 2))
  order.subarray(drawnTest, held).forEach((position) => (partOf[position] = 1))
  const parts = [new Int32Array(counts.train), new Int32Array(counts.validation), new Int32Array(drawnTest)] as const
  const filled = [0, 0, 0]
  for (let position = 0; position < divided; position += 1) {
    const part = partOf[position]!
    parts[part]![filled[part]!] = rowAt(position)
    filled[part]! += 1
  }
  return { train: parts[0], validation: parts[1], test: own ? ascending(own.rows, ownRow(own)) : parts[2] }
}

const ownRow = (own: { start: number } | null) => (position: number): number => (own?.start ?? 0) + position

function ascending(count: number, rowAt: (position: number) => number): Int32Array {
  const rows = new Int32Array(count)
  for (let position = 0; position < count; position += 1) rows[position] = rowAt(position)
  return rows
}
