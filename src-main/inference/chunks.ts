import type { RowBlocks } from '@shared/math/row-blocks'
import { inSharedMemory } from '@shared/math/shared-memory'
import type { Program } from '../graph/program'
import { quadraticLength } from '../graph/quadratic'
import { type BlockSums, type Executable, type Runtime, runningTotals } from '../graph/runtime'

/** Rows cut into blocks of equal length, so that one program serves them all; the last is filled up with rows of weight 0. */
export interface Chunks {
  rows: number
  columns: number
  chunkRows: number
  /** Sum of the weights of all rows. */
  weight: number
  /** Can be walked again and again. The arrays of a block hold until the next is asked for. */
  blocks: Iterable<Block>
  /** All blocks, where their arrays hold for good and lie in memory that threads can share. */
  shared?: readonly Block[]
}

export interface Block {
  x: Float64Array
  weight: Float64Array
  rows: number
}

/** Rows per block, as many as keep its quadratic features near 4 MB, within what was measured best for few and for many columns. */
export const defaultChunkRows = (columns: number): number => chunkRowsOf(quadraticLength(columns))

export const leastChunkRows = 384

/** The same by the numbers that a pass computes of each row before its products. */
export const chunkRowsOf = (numbers: number): number => Math.max(leastChunkRows, Math.min(16384, Math.round(2 ** 19 / numbers)))

/**
 * @param features  [rows, columns], row-major
 * @param weights   [rows] or null for all 1
 */
export function cutIntoChunks(features: Float64Array, columns: number, weights: Float64Array | null = null, limit = defaultChunkRows(columns)): Chunks {
  const rows = columns === 0 ? 0 : features.length / columns
  const chunkRows = equalParts(rows, limit)
  const shared = inSharedMemory(features)
  const array = (length: number): Float64Array => new Float64Array(shared ? new SharedArrayBuffer(8 * length) : new ArrayBuffer(8 * length))
  const ones = array(chunkRows).fill(1)
  const blocks: Block[] = []
  for (let start = 0; start < rows; start += chunkRows) {
    const length = Math.min(chunkRows, rows - start)
    const whole = length === chunkRows
    const x = whole ? features.subarray(start * columns, (start + length) * columns) : array(chunkRows * columns)
    if (!whole) x.set(features.subarray(start * columns, (start + length) * columns))
    const weight = whole && !weights ? ones : array(chunkRows)
    if (weights) weight.set(weights.subarray(start, start + length))
    else if (!whole) weight.fill(1, 0, length)
    blocks.push({ x, weight, rows: length })
  }
  return { rows, columns, chunkRows, weight: weights ? sumOf(weights) : rows, blocks, ...(shared && { shared: blocks }) }
}

/**
 * The same of rows that are read anew by every walk.
 *
 * @param columns  numbers per row of what `encode` makes of a block
 * @param weights  [rows] or null for all 1
 */
export function chunksOf(
  source: RowBlocks,
  columns: number,
  encode: (rows: Float64Array) => Float64Array,
  weights: Float64Array | null = null,
  limit = defaultChunkRows(columns),
): Chunks {
  const { rows } = source
  const chunkRows = equalParts(rows, limit)
  const ones = new Float64Array(chunkRows).fill(1)
  return {
    rows,
    columns,
    chunkRows,
    weight: weights ? sumOf(weights) : rows,
    blocks: {
      *[Symbol.iterator]() {
        let row = 0
        for (const block of source.walk(chunkRows)) {
          const x = encode(block)
          const length = block.length / source.columns
          const own = weights ? weights.subarray(row, row + length) : ones.subarray(0, length)
          row += length
          yield length === chunkRows ? { x, weight: own, rows: length } : filledUp(x, own, chunkRows)
        }
      },
    },
  }
}

/** Blocks of nearly equal length: what fills up the last one is computed for nothing. */
const equalParts = (rows: number, limit: number): number => Math.max(1, Math.ceil(rows / Math.max(1, Math.ceil(rows / limit))))

function filledUp(rows: Float64Array, weights: Float64Array, chunkRows: number): Block {
  const length = weights.length
  const x = new Float64Array((rows.length / length) * chunkRows)
  x.set(rows)
  const weight = new Float64Array(chunkRows)
  weight.set(weights)
  return { x, weight, rows: length }
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

export type Sums = Record<string, Float64Array>

/**
 * Runs a program over all blocks and adds its outputs up, in the order of the blocks.
 *
 * @param more  what a block is fed with besides its rows and their weights
 */
export async function sumOverChunks(
  executable: Executable,
  chunks: Chunks,
  pause?: () => Promise<void>,
  more?: (block: Block) => Record<string, Float64Array>,
): Promise<Sums> {
  const totals = executable.totals ?? runningTotals(executable)
  const takesWeight = executable.program.inputs.some(({ name }) => name === 'weight')
  totals.clear()
  for (const block of chunks.blocks) {
    await totals.add({ x: block.x, ...(takesWeight ? { weight: block.weight } : {}), ...more?.(block) })
    await pause?.()
  }
  return totals.read()
}

/**
 * Passes of a program over all blocks, by several threads where the runtime has a way that is faster.
 *
 * @param more  makes, for every pass, what tells with what a block is fed besides its rows and their weights
 */
export async function sumsOf(
  runtime: Runtime,
  program: Program,
  chunks: Chunks,
  more?: () => (block: Block) => Record<string, Float64Array>,
): Promise<BlockSums> {
  const together = chunks.shared && !more && (await runtime.sumOverBlocks?.(program, chunks.shared.map(({ x, weight }) => ({ x, weight }))))
  if (together) return together
  const executable = await runtime.compile(program)
  return {
    load: (state) => executable.load(state),
    sum: (pause) => sumOverChunks(executable, chunks, pause, more?.()),
    dispose: () => executable.dispose(),
  }
}

