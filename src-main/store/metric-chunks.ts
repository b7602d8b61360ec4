import type { Series } from '@shared/domain/run'
import { bucketSizes, buildPyramid, extremesOf, levelOf, lineOf } from './pyramid'

/** A piece of one series as it stands on disk. */
export interface StoredChunk {
  key: number
  sequence: number
  steps: Uint8Array
  values: Uint8Array
  pyramid?: Uint8Array | null
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
        ? { ...first }
        : {
            key: first.key,
            sequence: first.sequence,
            steps: Buffer.concat(group.map((chunk) => chunk.steps)),
            values: Buffer.concat(group.map((chunk) => chunk.values)),
            pyramid: null,
          },
    )
    start = end
  }
  for (const chunk of merged) {
    const pyramid = chunk.pyramid ? null : buildPyramid(floatsOf(chunk.steps), floatsOf(chunk.values))
    if (pyramid) chunk.pyramid = Buffer.from(pyramid.buffer)
  }
  return merged
}

/** SQLite hands out views at any byte offset; Float64Array needs a multiple of 8. */
export const floatsOf = (bytes: Uint8Array): Float64Array => new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))

export interface StoredCurve {
  step: Float64Array
  value: Float64Array
  /** Points there are; and of how many in turn these are the extremes, 1 where all are here. */
  points: number
  bucket: number
}

/** Chunks of one series in their order → every point. */
export function wholeCurve(chunks: readonly Pick<StoredChunk, 'steps' | 'values'>[]): StoredCurve {
  const [only] = chunks
  const join = (part: 'steps' | 'values'): Float64Array => (chunks.length === 1 ? floatsOf(only![part]) : floatsOf(Buffer.concat(chunks.map((chunk) => chunk[part]))))
  const step = join('steps')
  return { step, value: join('values'), points: step.length, bucket: 1 }
}

/** The size of buckets with which so many points become no more than `most` extremes, as far as pyramids go. */
export function bucketFor(points: number, most: number): number {
  if (points <= most) return 1
  const sizes = bucketSizes(pointsPerChunk)
  return sizes.find((size) => 2 * Math.ceil(points / size) <= most) ?? sizes.at(-1)!
}

/** The same by the extremes of buckets, from pyramids where there are some. `read` fetches the points of a chunk that has none. */
export function thinCurve(chunks: readonly { points: number; pyramid: Uint8Array | null; read: () => Pick<StoredChunk, 'steps' | 'values'> }[], bucket: number): StoredCurve {
  const levels = chunks.map(({ points, pyramid, read }) => {
    if (pyramid && bucketSizes(points).includes(bucket)) return levelOf(floatsOf(pyramid), points, bucket)
    const { steps, values } = read()
    return extremesOf(floatsOf(steps), floatsOf(values), bucket)
  })
  return { ...lineOf(levels), points: chunks.reduce((sum, { points }) => sum + points, 0), bucket }
}
