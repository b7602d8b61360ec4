import type { Executable, NumericArray } from '../graph/runtime'

/** Rows cut into blocks of equal length, so that one program serves them all; the last is filled up with rows of weight 0. */
export interface Chunks {
  rows: number
  columns: number
  chunkRows: number
  blocks: readonly { x: Float64Array; weight: Float64Array; rows: number }[]
}

/** Rows per block: measured best between 512 and 2,048 for mixtures, where a block and its responsibilities stay in the cache. */
export const defaultChunkRows = 1024

/**
 * @param features  [rows, columns], row-major
 * @param weights   [rows] or null for all 1
 */
export function cutIntoChunks(features: Float64Array, columns: number, weights: Float64Array | null = null, limit = defaultChunkRows): Chunks {
  const rows = columns === 0 ? 0 : features.length / columns
  const chunkRows = Math.max(1, Math.min(rows, limit))
  const blocks = []
  for (let start = 0; start < rows; start += chunkRows) {
    const length = Math.min(chunkRows, rows - start)
    const whole = length === chunkRows
    const x = whole ? features.subarray(start * columns, (start + length) * columns) : new Float64Array(chunkRows * columns)
    if (!whole) x.set(features.subarray(start * columns, (start + length) * columns))
    const weight = new Float64Array(chunkRows)
    if (weights) weight.set(weights.subarray(start, start + length))
    else weight.fill(1, 0, length)
    blocks.push({ x, weight, rows: length })
  }
  return { rows, columns, chunkRows, blocks }
}

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
  more?: (block: Chunks['blocks'][number]) => Record<string, Float64Array>,
): Promise<Sums> {
  const total: Sums = {}
  const takesWeight = executable.program.inputs.some(({ name }) => name === 'weight')
  for (const block of chunks.blocks) {
    const outputs = await executable.run({ x: block.x, ...(takesWeight ? { weight: block.weight } : {}), ...more?.(block) })
    for (const [name, part] of Object.entries(outputs)) addInto((total[name] ??= new Float64Array(part.length)), part)
    await pause?.()
  }
  return total
}

function addInto(sum: Float64Array, part: NumericArray): void {
  for (let index = 0; index < sum.length; index += 1) sum[index]! += part[index]!
}
