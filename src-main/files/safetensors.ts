import { readFileSync } from 'node:fs'
import { writeFileAtomic } from './atomic-write'

/*
 * The safetensors format: eight bytes with the length of a JSON header, the header, then the arrays one after another. Checkpoints and
 * binary artifacts are such files, so that any other program can read them.
 */

export type StoredArray = Float32Array | Float64Array | Int32Array | Uint8Array
export interface TensorFile {
  tensors: Record<string, { shape: number[]; values: StoredArray }>
  metadata: Record<string, string>
}

const kinds = { F32: Float32Array, F64: Float64Array, I32: Int32Array, U8: Uint8Array } as const
type Kind = keyof typeof kinds
interface HeaderEntry {
  dtype: Kind
  shape: number[]
  data_offsets: [number, number]
}

export function encodeSafetensors(file: TensorFile): Uint8Array {
  const header: Record<string, HeaderEntry | Record<string, string>> = { __metadata__: file.metadata }
  let offset = 0
  for (const [name, { shape, values }] of Object.entries(file.tensors)) {
    const dtype = (Object.keys(kinds) as Kind[]).find((kind) => values instanceof kinds[kind])!
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] }
    offset += values.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // Padding with spaces keeps the arrays aligned to eight bytes.
  const headerLength = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + headerLength + offset)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.fill(0x20, 8, 8 + headerLength)
  bytes.set(text, 8)
  let at = 8 + headerLength
  for (const { values } of Object.values(file.tensors)) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return bytes
}

export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerLength = bytes.length < 8 ? Infinity : Number(view.getBigUint64(0, true))
  if (8 + headerLength > bytes.length) throw new Error('a tensor file is truncated: its header does not fit into the file')
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as Record<string, HeaderEntry>
  const { __metadata__: metadata, ...entries } = header
  const tensors: TensorFile['tensors'] = {}
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of Object.entries(entries)) {
    const type = kinds[dtype]
    const length = shape.reduce((product, side) => product * side, 1)
    if (!type || end - start !== length * type.BYTES_PER_ELEMENT || 8 + headerLength + end > bytes.length) {
      throw new Error(`tensor ${name} does not fit into its file`)
    }
    const copy = Uint8Array.from(bytes.subarray(8 + headerLength + start, 8 + headerLength + end))
    tensors[name] = { shape, values: new type(copy.buffer, 0, length) }
  }
  return { tensors, metadata: (metadata as unknown as Record<string, string>) ?? {} }
}

export const writeSafetensors = (path: string, file: TensorFile): void => writeFileAtomic(path, encodeSafetensors(file))
export const readSafetensors = (path: string): TensorFile => decodeSafetensors(readFileSync(path))
