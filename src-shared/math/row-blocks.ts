/** Rows that can be walked over again and again, a block at a time, wherever they lie. */
export interface RowBlocks {
  readonly rows: number
  readonly columns: number
  /** Blocks of `limit` rows, the last of what is left: [≤ limit, columns], row-major. A block holds until the next is asked for; leave it unchanged. */
  walk(limit: number): Iterable<Float64Array>
}

/** Rows of a table that can be chosen by number. */
export interface ChosenRows {
  readonly columns: number
  /** The given rows, ascending, in blocks as above; the reader may change a block. */
  walk(rows: Int32Array, limit: number): Iterable<Float64Array>
}

/** @param values  [rows, columns], row-major */
export const blocksInMemory = (values: Float64Array | Float32Array, columns: number): RowBlocks => ({
  rows: columns === 0 ? 0 : values.length / columns,
  columns,
  *walk(limit) {
    for (let start = 0; start < values.length; start += limit * columns) {
      const block = values.subarray(start, start + limit * columns)
      yield block instanceof Float64Array ? block : Float64Array.from(block)
    }
  },
})

/** Chosen rows of values in memory: [rows, columns], row-major. */
export const chosenInMemory = (values: Float64Array | Uint8Array, columns: number): ChosenRows => ({
  columns,
  *walk(rows, limit) {
    const block = new Float64Array(Math.min(limit, rows.length) * columns)
    for (let start = 0; start < rows.length; start += limit) {
      const length = Math.min(limit, rows.length - start)
      for (let index = 0; index < length; index += 1) {
        const row = rows[start + index]!
        block.set(values.subarray(row * columns, (row + 1) * columns), index * columns)
      }
      yield block.subarray(0, length * columns)
    }
  },
})

/** Work that stops for breath after every block; `atOnce` and `withPauses` bring it to its end. */
export type InSteps<Result> = Generator<void, Result, void>

export function atOnce<Result>(work: InSteps<Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

export async function withPauses<Result>(work: InSteps<Result>, pause: () => Promise<void>): Promise<Result> {
  try {
    for (;;) {
      const { done, value } = work.next()
      if (done) return value
      await pause()
    }
  } finally {
    // Lets go of files where a pause threw.
    work.return(undefined as Result)
  }
}

/** All blocks in one array, [rows, columns]. */
export function* gathered(blocks: RowBlocks): InSteps<Float64Array> {
  const values = new Float64Array(blocks.rows * blocks.columns)
  let at = 0
  for (const block of blocks.walk(256)) {
    values.set(block, at)
    at += block.length
    yield
  }
  return values
}
