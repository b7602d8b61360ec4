import { AppError } from '@shared/rpc/errors'
import { mostHeld, type NumberBlocks } from '../number-blocks'
import { type ArrayContent, type Container, countOf, describeArray, type Format, type Member, startsWith } from './format'
import { toRowMajor } from './order'
import { bytesInMemory, damaged, mostBytes, openRandomAccess, type RandomAccess } from './random-access'
import { listZip, readZipEntry, readZipHead, type ZipEntry } from './zip'

/** What the header of an NPY file says (NEP 1): kind and width of a value, byte order, order of the axes, sizes. */
export interface NpyHeader {
  kind: 'f' | 'i' | 'u' | 'b' | 'U' | 'S'
  /** Bytes per value. */
  width: number
  littleEndian: boolean
  fortran: boolean
  shape: number[]
  /** Where the values begin. */
  start: number
}

const magic = '\x93NUMPY'
const longestHeader = 1 << 20
const widths: Record<string, number[]> = { f: [2, 4, 8], i: [1, 2, 4, 8], u: [1, 2, 4, 8], b: [1] }

/** `wholeBytes`: size of the whole file, where only its beginning is at hand. */
export async function readNpyHeader(file: RandomAccess, wholeBytes = file.bytes): Promise<NpyHeader> {
  const bad = (what: string): AppError => damaged(file.path, 'NPY', what)
  const head = await file.read(0, Math.min(12, file.bytes))
  if (head.length < 12 || !startsWith(head, magic)) throw bad('it does not begin as one')
  const long = head[6]! >= 2
  const length = long ? head.readUInt32LE(8) : head.readUInt16LE(8)
  if (head[6]! < 1 || head[6]! > 3 || length > longestHeader) throw bad(`version ${head[6]!}, a header of ${length} bytes`)
  const start = (long ? 12 : 10) + length
  const text = (await file.read(start - length, length)).toString(head[6]! === 3 ? 'utf8' : 'latin1')
  const type = /'descr'\s*:\s*'([<>=|]?)([a-zA-Z])(\d+)'/.exec(text)
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)
  const sizes = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text)
  if (!type || !order || !sizes) {
    const structured = /'descr'\s*:\s*(\[.*?\]|'[^']*')/.exec(text)
    throw structured ? new AppError('dataset/array-type', { path: file.path, type: structured[1]!.slice(0, 80) }) : bad('its header cannot be read')
  }
  const shape = sizes[1]!.split(',').map((size) => size.trim().replace(/L$/, '')).filter(Boolean).map(Number)
  const kind = type[2] as NpyHeader['kind']
  const letters = kind === 'U' || kind === 'S'
  const width = Number(type[3]) * (kind === 'U' ? 4 : 1)
  if (!letters && !widths[kind]?.includes(width)) throw new AppError('dataset/array-type', { path: file.path, type: `${type[1]!}${kind}${type[3]!}` })
  const bytes = countOf(shape) * width
  if (start + bytes !== wholeBytes) throw new AppError('dataset/array-size', { path: file.path, shape: shape.join(' × ') || '1', expected: bytes, got: wholeBytes - start })
  const isStreamed = order[1] !== 'True' && !letters && file.readNow !== undefined
  if (!isStreamed && (bytes > mostBytes || countOf(shape) * 8 > mostBytes)) throw new AppError('dataset/too-large-for-memory', { path: file.path, bytes: countOf(shape) * 8 })
  return { kind, width, littleEndian: type[1] !== '>', fortran: order[1] === 'True', shape, start }
}

/** Values in row-major order; with `firstRows`, of an array in C order, only so many. */
export async function readNpy(file: RandomAccess, firstRows = Infinity): Promise<ArrayContent> {
  const header = await readNpyHeader(file)
  const shape = header.fortran || header.shape.length === 0 ? header.shape : [Math.min(firstRows, header.shape[0]!), ...header.shape.slice(1)]
  const count = countOf(shape)
  if (count > mostHeld && !header.fortran && isNumber(header) && file.readNow) return { kind: 'array', shape, values: streamed(file, shape, header) }
  const bytes = await file.read(header.start, count * header.width)
  const values = decode(bytes, count, header)
  return { kind: 'array', shape, values: header.fortran ? toRowMajor(values, shape) : values }
}

const isNumber = ({ kind }: NpyHeader): boolean => kind !== 'U' && kind !== 'S'
const numbersPerBlock = 1 << 20

/** Too many to lie in memory: read from their place at every walk. */
function streamed(file: RandomAccess, shape: number[], header: NpyHeader): NumberBlocks {
  const width = countOf(shape.slice(1))
  const rows = Math.max(1, Math.floor(numbersPerBlock / width))
  return {
    length: countOf(shape),
    *walk() {
      for (let row = 0; row < shape[0]!; row += rows) {
        const count = Math.min(rows, shape[0]! - row) * width
        const bytes = file.readNow!(header.start + row * width * header.width, count * header.width)
        const values = decode(bytes, count, header)
        yield values instanceof Float64Array ? values : Float64Array.from(values as Uint8Array)
      }
    },
  }
}

function decode(bytes: Buffer, count: number, { kind, width, littleEndian }: NpyHeader): Float64Array | Uint8Array | string[] {
  if (kind === 'U' || kind === 'S') return Array.from({ length: count }, (_, index) => textAt(bytes.subarray(index * width, (index + 1) * width), kind, littleEndian))
  if (kind === 'u' && width === 1) return new Uint8Array(bytes)
  const asTyped = littleEndian && kind === 'f' && width >= 4
  if (asTyped) return width === 8 ? new Float64Array(ownBytes(bytes)) : Float64Array.from(new Float32Array(ownBytes(bytes)))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = readerOf(kind, width, view, littleEndian)
  const values = new Float64Array(count)
  for (let index = 0; index < count; index += 1) values[index] = read(index * width)
  return values
}

function readerOf(kind: NpyHeader['kind'], width: number, view: DataView, little: boolean): (at: number) => number {
  if (kind === 'f') return width === 8 ? (at) => view.getFloat64(at, little) : width === 4 ? (at) => view.getFloat32(at, little) : (at) => view.getFloat16(at, little)
  if (kind === 'i') {
    if (width === 8) return (at) => Number(view.getBigInt64(at, little))
    return width === 4 ? (at) => view.getInt32(at, little) : width === 2 ? (at) => view.getInt16(at, little) : (at) => view.getInt8(at)
  }
  if (width === 8) return (at) => Number(view.getBigUint64(at, little))
  return width === 4 ? (at) => view.getUint32(at, little) : width === 2 ? (at) => view.getUint16(at, little) : (at) => view.getUint8(at)
}

/** Bytes at the beginning of a buffer of their own, where a typed array can stand on them; no copy where they are that already. */
const ownBytes = (bytes: Buffer): ArrayBuffer =>
  bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? (bytes.buffer as ArrayBuffer) : (bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer)

/** Text of fixed length, filled up with zeros: UTF-32 for U, bytes for S. */
function textAt(bytes: Buffer, kind: 'U' | 'S', little: boolean): string {
  if (kind === 'S') return bytes.toString('utf8').replace(/\0+$/, '')
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
    if (code === 0) break
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return text
}

const typeName = ({ kind, width }: NpyHeader): string =>
  kind === 'b' ? 'bool' : kind === 'U' || kind === 'S' ? 'text' : `${{ f: 'float', i: 'int', u: 'uint' }[kind]}${width * 8}`

export const npyFormat: Format = {
  format: 'npy',
  endings: /\.npy$/i,
  recognizes: (head, path) => startsWith(head, magic) || /\.npy$/i.test(path),
  open: async (source) => {
    const file = await openRandomAccess(source)
    try {
      const header = await readNpyHeader(file)
      return {
        members: [{ name: 'array', about: describeArray(typeName(header), header.shape), readable: true }],
        read: (_member, firstRows) => readNpy(file, firstRows),
        close: file.close,
      }
    } catch (error) {
      file.close()
      throw error
    }
  },
}

export const npzFormat: Format = {
  format: 'npz',
  endings: /\.npz$/i,
  recognizes: (head, path) => /\.npz$/i.test(path) && startsWith(head, 'PK'),
  open: async (source) => {
    const file = await openRandomAccess(source)
    try {
      return await openNpz(file)
    } catch (error) {
      file.close()
      throw error
    }
  },
}

async function openNpz(file: RandomAccess): Promise<Container> {
  const entries = (await listZip(file)).filter(({ name }) => name.endsWith('.npy'))
  const nameOf = (entry: string): string => entry.slice(0, -'.npy'.length)
  return {
    members: await Promise.all(entries.map((entry) => describeEntry(file, entry, nameOf(entry.name)))),
    read: async (member, firstRows) => {
      const entry = entries.find(({ name }) => nameOf(name) === member)!
      return readNpy(bytesInMemory(`${file.path} (${member})`, await readZipEntry(file, entry)), firstRows)
    },
    close: file.close,
  }
}

const headerBytes = 4096

/** An array that no dataset can be made of (objects, records) is listed as such. */
async function describeEntry(file: RandomAccess, entry: ZipEntry, name: string): Promise<Member> {
  try {
    const head = await readZipHead(file, entry, headerBytes)
    const header = await readNpyHeader(bytesInMemory(file.path, head), entry.size)
    return { name, about: describeArray(typeName(header), header.shape), readable: true }
  } catch (error) {
    if (error instanceof AppError && error.code === 'dataset/array-type') return { name, about: String(error.details['type']), readable: false }
    throw error
  }
}
