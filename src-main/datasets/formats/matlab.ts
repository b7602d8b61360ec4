import { promisify } from 'node:util'
import { inflate as inflateCallback } from 'node:zlib'
import { AppError } from '@shared/rpc/errors'
import { type ArrayContent, countOf, describeArray, type Format, type Member, startsWith } from './format'
import { toRowMajor } from './order'
import { damaged, mostBytes, openRandomAccess } from './random-access'

const inflate = promisify(inflateCallback)
const bestCompression = 1032

/** Level 5 MAT-files, also as version 7 packs them. Version 7.3 is HDF5 and read as such. */
export const matlabFormat: Format = {
  format: 'matlab',
  endings: /\.mat$/i,
  recognizes: (head) => startsWith(head, 'MATLAB 5.0'),
  open: async (source) => {
    const file = await openRandomAccess(source)
    try {
      const arrays = await readMatFile(source.path, await file.read(0, source.bytes))
      return {
        members: arrays.map(({ member }) => member),
        read: async (name) => arrays.find(({ member }) => member.name === name && member.readable)!.values(),
        close: () => {},
      }
    } finally {
      file.close()
    }
  },
}

export interface MatArray {
  member: Member
  values(): ArrayContent
}

/** Types of data elements: bytes per value, and how one is read. */
const types: Record<number, { width: number; read: (view: DataView, at: number, little: boolean) => number }> = {
  1: { width: 1, read: (view, at) => view.getInt8(at) },
  2: { width: 1, read: (view, at) => view.getUint8(at) },
  3: { width: 2, read: (view, at, little) => view.getInt16(at, little) },
  4: { width: 2, read: (view, at, little) => view.getUint16(at, little) },
  5: { width: 4, read: (view, at, little) => view.getInt32(at, little) },
  6: { width: 4, read: (view, at, little) => view.getUint32(at, little) },
  7: { width: 4, read: (view, at, little) => view.getFloat32(at, little) },
  9: { width: 8, read: (view, at, little) => view.getFloat64(at, little) },
  12: { width: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  13: { width: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  16: { width: 1, read: (view, at) => view.getUint8(at) },
  17: { width: 2, read: (view, at, little) => view.getUint16(at, little) },
}
/** A sparse matrix may be small in its file and huge when its zeros are written out. */
const mostBytesOfSparse = 2 ** 30
const utf8Type = 16
const matrixType = 14
const packedType = 15
const classes = ['', 'cell', 'struct', 'object', 'char', 'sparse', 'double', 'single', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64']
const [charClass, sparseClass, doubleClass] = [4, 5, 6]

interface Element {
  type: number
  data: Buffer
  /** Where the next one begins. */
  next: number
}

export async function readMatFile(path: string, bytes: Buffer): Promise<MatArray[]> {
  const bad = (what: string): AppError => damaged(path, 'MATLAB', what)
  if (bytes.length < 128) throw bad('its header is cut off')
  const mark = bytes.toString('latin1', 126, 128)
  if (mark !== 'IM' && mark !== 'MI') throw bad('its byte order is not told')
  const little = mark === 'IM'
  const arrays: MatArray[] = []
  for (let at = 128; at < bytes.length;) {
    const element = elementAt(bytes, at, little, bad)
    at = element.next
    if (element.type !== packedType) arrays.push(...matrixOf(path, element, little))
    else arrays.push(...matrixOf(path, elementAt(await unpack(path, element.data), 0, little, bad), little))
  }
  return arrays
}

async function unpack(path: string, packed: Buffer): Promise<Buffer> {
  const most = Math.min(mostBytes, packed.length * bestCompression + 64, 2 ** 31)
  return inflate(packed, { maxOutputLength: most }).catch(() => {
    throw damaged(path, 'MATLAB', 'a packed variable cannot be unpacked')
  })
}

/** A tag of 8 bytes and data up to a multiple of 8; small ones lie in their tag. */
function elementAt(bytes: Buffer, at: number, little: boolean, bad: (what: string) => AppError): Element {
  if (at + 8 > bytes.length) throw bad('a variable is cut off')
  const word = (place: number): number => (little ? bytes.readUInt32LE(place) : bytes.readUInt32BE(place))
  const first = word(at)
  if (first >>> 16 !== 0) {
    const length = first >>> 16
    if (length > 4) throw bad('an impossible element')
    return { type: first & 0xffff, data: bytes.subarray(at + 4, at + 4 + length), next: at + 8 }
  }
  const length = word(at + 4)
  if (length > bytes.length - at - 8) throw bad('a variable is cut off')
  // packed variables are not filled up to 8 bytes
  const next = at + 8 + (first === packedType ? length : Math.ceil(length / 8) * 8)
  return { type: first, data: bytes.subarray(at + 8, at + 8 + length), next }
}

function matrixOf(path: string, { type, data }: Element, little: boolean): MatArray[] {
  const bad = (what: string): AppError => damaged(path, 'MATLAB', what)
  if (type !== matrixType || data.length === 0) return []
  const flags = elementAt(data, 0, little, bad)
  if (flags.data.length < 8) throw bad('a variable without flags')
  const flagWord = little ? flags.data.readUInt32LE(0) : flags.data.readUInt32BE(0)
  const kind = flagWord & 0xff
  const isComplex = (flagWord & 0x0800) !== 0
  const sizes = elementAt(data, flags.next, little, bad)
  const shape = numbersOf(sizes, little, bad)
  if (shape.length < 2 || shape.length > 32 || countOf(shape) === Infinity) throw bad('impossible sizes')
  const named = elementAt(data, sizes.next, little, bad)
  const name = named.data.toString('latin1')
  const isNumeric = (kind >= doubleClass && kind < classes.length) || kind === charClass || kind === sparseClass
  const readable = isNumeric && !isComplex && name !== '' && countOf(shape) > 0
  const member = { name, about: describeArray(isComplex ? `complex ${classes[kind] ?? ''}` : (classes[kind] ?? `class ${kind}`), shape), readable }
  const values = (): ArrayContent => {
    if (kind === sparseClass) return sparse(path, data, named.next, shape, little)
    const real = elementAt(data, named.next, little, bad)
    const width = types[real.type]?.width ?? 1
    if (kind === charClass) return texts(real, shape, little, bad)
    if (real.data.length / width !== countOf(shape)) {
      throw new AppError('dataset/array-size', { path: `${path} (${name})`, shape: shape.join(' × '), expected: countOf(shape) * width, got: real.data.length })
    }
    const numbers = Float64Array.from(numbersOf(real, little, bad))
    const isByte = kind === 9
    return { kind: 'array', shape, values: toRowMajor(isByte ? Uint8Array.from(numbers) : numbers, shape) }
  }
  return [{ member, values }]
}

function numbersOf({ type, data }: Element, little: boolean, bad: (what: string) => AppError): number[] {
  const how = types[type]
  if (!how || data.length % how.width !== 0) throw bad(`an element of type ${type}`)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Array.from({ length: data.length / how.width }, (_, index) => how.read(view, index * how.width, little))
}

/** An array of letters: along its last axis lies a text, without the blanks that fill it up. */
function texts(element: Element, shape: number[], little: boolean, bad: (what: string) => AppError): ArrayContent {
  const letters = element.type === utf8Type ? [...element.data.toString('utf8')] : numbersOf(element, little, bad).map((code) => String.fromCharCode(code))
  if (letters.length !== countOf(shape)) throw bad('an array of letters of another size')
  const width = shape.at(-1)!
  const inRows = toRowMajor(letters, shape)
  const values = Array.from({ length: letters.length / width }, (_, row) => inRows.slice(row * width, (row + 1) * width).join('').trimEnd())
  return { kind: 'array', shape: [values.length], values }
}

/** Compressed columns: row of each value, first value of each column, values. */
function sparse(path: string, data: Buffer, start: number, shape: number[], little: boolean): ArrayContent {
  const bad = (what: string): AppError => damaged(path, 'MATLAB', what)
  const rowsOf = elementAt(data, start, little, bad)
  const startsOf = elementAt(data, rowsOf.next, little, bad)
  const [rowIndex, starts] = [numbersOf(rowsOf, little, bad), numbersOf(startsOf, little, bad)]
  const values = numbersOf(elementAt(data, startsOf.next, little, bad), little, bad)
  const [rows, columns] = shape as [number, number]
  if (countOf(shape) * 8 > mostBytesOfSparse) throw new AppError('dataset/too-large-for-memory', { path, bytes: countOf(shape) * 8 })
  if (starts.length !== columns + 1) throw bad('a sparse matrix without its columns')
  const out = new Float64Array(rows * columns)
  for (let column = 0; column < columns; column += 1) {
    for (let at = starts[column]!; at < starts[column + 1]!; at += 1) {
      const [row, value] = [rowIndex[at], values[at]]
      if (row === undefined || !(row >= 0 && row < rows) || value === undefined) throw bad('a sparse matrix beyond its size')
      out[row * columns + column] = value
    }
  }
  return { kind: 'array', shape, values: out }
}
