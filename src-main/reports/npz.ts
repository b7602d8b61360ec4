import { npyHeader } from '@shared/domain/npy-header'
import { zipFiles } from './zip'

/*
 * NumPy's NPZ: a zip of NPY files, each a header and the numbers.
 */

const types = [
  [Float64Array, '<f8'],
  [Float32Array, '<f4'],
  [Int32Array, '<i4'],
  [Uint8Array, '|u1'],
] as const
export type NpyArray = Float64Array | Float32Array | Int32Array | Uint8Array

export function encodeNpy(values: NpyArray, shape: readonly number[]): Uint8Array {
  const type = types.find(([kind]) => values instanceof kind)![1]
  const header = npyHeader(type, shape)
  const bytes = new Uint8Array(header.length + values.byteLength)
  bytes.set(header)
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), header.length)
  return bytes
}

export const encodeNpz = (arrays: readonly { name: string; shape: readonly number[]; values: NpyArray }[]): Uint8Array =>
  zipFiles(Object.fromEntries(arrays.map(({ name, shape, values }) => [`${name}.npy`, encodeNpy(values, shape)])))
