import { zipFiles } from './zip'

/*
 * NumPy's NPZ: a zip of NPY files, each a header (a Python dictionary, padded so that the numbers begin at a multiple of 64) and the numbers.
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
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sides}), }`
  const before = 10
  const padded = `${text.padEnd(Math.ceil((before + text.length + 1) / 64) * 64 - before - 1)}\n`
  const bytes = new Uint8Array(before + padded.length + values.byteLength)
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded.length & 0xff, padded.length >> 8])
  bytes.set(new TextEncoder().encode(padded), before)
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), before + padded.length)
  return bytes
}

export const encodeNpz = (arrays: readonly { name: string; shape: readonly number[]; values: NpyArray }[]): Uint8Array =>
  zipFiles(Object.fromEntries(arrays.map(({ name, shape, values }) => [`${name}.npy`, encodeNpy(values, shape)])))
