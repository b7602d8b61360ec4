import { createHash } from 'node:crypto'
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
  for (const array of [data.features, data.pixels, data.labels]) {
    if (!array) continue
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    for (let start = 0; start < bytes.length; start += bytesPerTurn) {
      hash.update(bytes.subarray(start, start + bytesPerTurn))
      await yieldToEventLoop()
    }
  }
  return hash.digest('hex')
}
