import { createHash } from 'node:crypto'
import { blocksOf, type Numbers } from './number-blocks'
import { type ParsedData, yieldToEventLoop } from './parsed-data'

const bytesPerTurn = 1 << 23

/** SHA-256 of what a model can see: the arrays, with the names and roles of columns, the classes, the parts and the range of values. */
export async function fingerprint(data: ParsedData): Promise<string> {
  const hash = createHash('sha256')
  const { kind, shape, parts, classes, valueRange } = data
  const columns = data.columns.map(({ name, type, role, categories }) => [name, type, role, ...(categories ? [categories] : [])])
  hash.update(
    JSON.stringify({ kind, shape, columns, parts: parts.map(({ name, start, rows }) => [name, start, rows]), classes, valueRange }),
  )
  const { features, featureBlocks, pixels, labels } = data
  for (const array of arraysOf(features ?? featureBlocks, pixels, labels)) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    for (let start = 0; start < bytes.length; start += bytesPerTurn) {
      hash.update(bytes.subarray(start, start + bytesPerTurn))
      await yieldToEventLoop()
    }
  }
  return hash.digest('hex')
}

function* arraysOf(features: Numbers | undefined, ...others: (Uint8Array | Int32Array | null | undefined)[]): Generator<Float64Array | Uint8Array | Int32Array> {
  if (features) yield* blocksOf(features)
  for (const array of others) if (array) yield array
}
