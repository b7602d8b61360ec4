import type { Dataset as Hdf5Dataset, Group } from 'h5wasm'
import { AppError } from '@shared/rpc/errors'
import type { SourceFile } from '../source'
import { type ArrayContent, type HeldArray, type Container, countOf, describeArray, type Format, type Member, startsWith } from './format'
import { toRowMajor } from './order'
import { damaged, mostBytes } from './random-access'

const signature = '\x89HDF\r\n\x1a\n'
const mostMembers = 10_000

/** HDF5, and MAT-files of version 7.3, which are HDF5 with their axes turned round. */
export const hdf5Format: Format = {
  format: 'hdf5',
  endings: /\.(h5|hdf5|hdf|he5|mat)$/i,
  recognizes: (head) => startsWith(head, signature) || (startsWith(head, 'MATLAB 7.3') && startsWith(head.subarray(512), signature)),
  open: openHdf5,
}

async function openHdf5(source: SourceFile): Promise<Container> {
  const { path } = source
  const library = await import('h5wasm/node')
  const hdf5 = await library.ready
  // else the library prints what is wrong
  hdf5.activate_throwing_error_handler()
  const said = <T>(task: () => T): T => {
    try {
      return task()
    } catch (error) {
      if (error instanceof AppError) throw error
      throw damaged(path, 'HDF5', firstLine(error))
    }
  }
  const file = said(() => new library.File(path, 'r'))
  if (file.file_id < 0n || file.file_id === 0n) throw damaged(path, 'HDF5', 'it cannot be opened')
  const isDataset = (entity: unknown): entity is Hdf5Dataset => entity instanceof library.Dataset
  try {
    const sets = said(() => collect(file, '', isDataset, (entity): entity is Group => entity instanceof library.Group))
    return {
      members: sets.map(({ name, set }) => describe(name, set)),
      read: async (member, firstRows = Infinity) => said(() => readSet(path, sets.find(({ name }) => name === member)!.set, firstRows)),
      close: () => void file.close(),
    }
  } catch (error) {
    file.close()
    throw error
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim().split('\n', 1)[0]!.slice(0, 160)

interface NamedSet {
  name: string
  set: Hdf5Dataset
}

function collect(group: Group, prefix: string, isDataset: (entity: unknown) => entity is Hdf5Dataset, isGroup: (entity: unknown) => entity is Group): NamedSet[] {
  const found: NamedSet[] = []
  const depth = prefix.split('/').length
  for (const key of group.keys()) {
    if (prefix === '' && key === '#refs#') continue
    const entity = group.get(key)
    const name = prefix + key
    if (isDataset(entity)) found.push({ name, set: entity })
    else if (isGroup(entity) && depth < 32) found.push(...collect(entity, `${name}/`, isDataset, isGroup))
    if (found.length > mostMembers) break
  }
  return found
}

const isTurned = (set: Hdf5Dataset): boolean => 'MATLAB_class' in set.attrs
const shapeOf = (set: Hdf5Dataset): number[] => set.shape ?? []

/** Classes of HDF5 types: 0 whole numbers, 1 floating point, 3 texts, 8 enumerations (truth values of h5py). */
const readableTypes = [0, 1, 3, 8]

function describe(name: string, set: Hdf5Dataset): Member {
  const { type, size, signed } = set.metadata
  const own = shapeOf(set)
  const shape = isTurned(set) ? own.toReversed() : own
  // the library reads no floating point of 16 bits
  const isHalf = type === 1 && size === 2
  const words: Record<number, string> = { 0: `${signed ? '' : 'u'}int${size * 8}`, 1: `float${size * 8}`, 3: 'text', 6: 'records', 8: 'bool' }
  return { name, about: describeArray(words[type] ?? `type ${type}`, shape), readable: readableTypes.includes(type) && !isHalf && shape.length > 0 && countOf(shape) > 0 }
}

function readSet(path: string, set: Hdf5Dataset, firstRows: number): ArrayContent {
  const own = shapeOf(set)
  const turned = isTurned(set)
  const rowAxis = turned ? own.length - 1 : 0
  const read = own.map((size, axis) => (axis === rowAxis ? Math.min(size, firstRows) : size))
  const bytes = countOf(read) * 8
  if (bytes > mostBytes) throw new AppError('dataset/too-large-for-memory', { path, bytes })
  const value: unknown = read.every((size, axis) => size === own[axis]) ? set.value : set.slice(read.map((size) => [0, size]))
  const values = valuesOf(path, value, countOf(read), set)
  if (!turned) return { kind: 'array', shape: read, values }
  const shape = read.toReversed()
  return { kind: 'array', shape, values: toRowMajor(values, shape) }
}

function valuesOf(path: string, value: unknown, count: number, set: Hdf5Dataset): HeldArray['values'] {
  const isLetters = isTurned(set) && set.attrs['MATLAB_class']?.value === 'char'
  if (isLetters) throw new AppError('dataset/array-type', { path, type: 'char' })
  if (value instanceof Uint8Array && set.metadata.type === 0) return new Uint8Array(value)
  const flat: unknown[] = ArrayBuffer.isView(value) ? [] : [value].flat(Infinity)
  if (!ArrayBuffer.isView(value) && typeof flat[0] === 'string') return sized(path, flat.map(String), count)
  const numbers = ArrayBuffer.isView(value) ? Float64Array.from(value as unknown as ArrayLike<number | bigint>, Number) : Float64Array.from(flat, Number)
  return sized(path, numbers, count)
}

function sized<V extends Float64Array | string[]>(path: string, values: V, count: number): V {
  if (values.length !== count) throw new AppError('dataset/array-size', { path, shape: String(count), expected: count, got: values.length })
  return values
}
