import type { Dataset } from '@shared/domain/dataset'
import type { Split } from '@shared/domain/spec'
import { permutation } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'

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

/**
 * Disjoint rows that together are all rows, each part in ascending order; drawn from the split's seed only.
 *
 * @param labels  asked for where classes are to have the same share of every part
 * @throws spec/stratified-without-labels
 */
export function splitRows(dataset: Dataset, split: Split, labels: () => Int32Array | null): SplitRows {
  const own = ownTest(dataset, split)
  const counts = splitCounts(dataset, split)
  const drawnTest = own ? 0 : counts.test
  const divided = dataset.rows - (own?.rows ?? 0)
  const rowAt = (position: number): number => (own && position >= own.start ? position + own.rows : position)
  const held = drawnTest + counts.validation
  if (held === 0) return { train: ascending(divided, rowAt), validation: new Int32Array(0), test: ascending(counts.test, ownRow(own)) }
  const order = orderOf(split, divided, () => labelsAt(dataset, labels(), divided, rowAt))
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

/** Positions in the order in which they are held out: first test, then validation. */
function orderOf({ draw = 'random', seed }: Split, count: number, classes: () => Int32Array): Int32Array {
  if (draw === 'in-order') return Int32Array.from({ length: count }, (_, index) => count - 1 - index)
  const order = permutation(count, { seed, stream: 'split' })
  return draw === 'random' ? order : evenlyByClass(order, classes())
}

/** Members of every class spread evenly over the order, so that its beginning holds each class in proportion, to within one row. */
function evenlyByClass(order: Int32Array, classes: Int32Array): Int32Array {
  const sizes = new Map<number, number>()
  for (const code of classes) sizes.set(code, (sizes.get(code) ?? 0) + 1)
  const seen = new Map<number, number>()
  const place = new Float64Array(order.length)
  for (const position of order) {
    const code = classes[position]!
    const rank = seen.get(code) ?? 0
    seen.set(code, rank + 1)
    place[position] = (rank + 0.5) / sizes.get(code)!
  }
  return order.toSorted((a, b) => place[a]! - place[b]!)
}

function labelsAt(dataset: Dataset, labels: Int32Array | null, count: number, rowAt: (position: number) => number): Int32Array {
  if (!labels) throw new AppError('spec/stratified-without-labels', { dataset: dataset.name })
  return Int32Array.from({ length: count }, (_, position) => labels[rowAt(position)]!)
}

const ownRow = (own: { start: number } | null) => (position: number): number => (own?.start ?? 0) + position

function ascending(count: number, rowAt: (position: number) => number): Int32Array {
  const rows = new Int32Array(count)
  for (let position = 0; position < count; position += 1) rows[position] = rowAt(position)
  return rows
}
