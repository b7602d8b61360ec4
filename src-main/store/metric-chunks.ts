import type { Series } from '@shared/domain/run'

/** A piece of one series as it stands on disk. */
export interface StoredChunk {
  key: number
  sequence: number
  steps: Uint8Array
  values: Uint8Array
}

/** No chunk grows beyond this by merging: a page of it stays cheap to rewrite. */
const pointsPerChunk = 65536

/** Two blobs of little-endian float64; a value that is not finite is stored as NaN and read as null. */
export function encodeChunk(series: Series): { steps: Uint8Array; values: Uint8Array } {
  const steps = Float64Array.from(series.step)
  const values = Float64Array.from(series.value, (value) => (value !== null && Number.isFinite(value) ? value : Number.NaN))
  return { steps: Buffer.from(steps.buffer), values: Buffer.from(values.buffer) }
}

/** Appends to `series`, which is returned. */
export function decodeChunk(chunk: Pick<StoredChunk, 'steps' | 'values'>, series: Series = { step: [], value: [] }): Series {
  const steps = floatsOf(chunk.steps)
  const values = floatsOf(chunk.values)
  steps.forEach((step, index) => {
    const value = values[index] as number
    series.step.push(step)
    series.value.push(Number.isNaN(value) ? null : value)
  })
  return series
}

/** Chunks ordered by key and sequence → the same points in fewer chunks. */
export function mergeChunks(chunks: readonly StoredChunk[]): StoredChunk[] {
  const merged: StoredChunk[] = []
  for (let start = 0; start < chunks.length; ) {
    const first = chunks[start] as StoredChunk
    let end = start + 1
    let bytes = first.steps.byteLength
    while (end < chunks.length) {
      const next = chunks[end] as StoredChunk
      if (next.key !== first.key || bytes + next.steps.byteLength > pointsPerChunk * 8) break
      bytes += next.steps.byteLength
      end++
    }
    const group = chunks.slice(start, end)
    merged.push(
      group.length === 1
        ? first
        : {
            key: first.key,
            sequence: first.sequence,
            steps: Buffer.concat(group.map((chunk) => chunk.steps)),
            values: Buffer.concat(group.map((chunk) => chunk.values)),
          },
    )
    start = end
  }
  return merged
}

/** SQLite hands out views at any byte offset; Float64Array needs a multiple of 8. */
export const floatsOf = (bytes: Uint8Array): Float64Array => new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
