import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ImportOptions } from '@shared/domain/dataset'
import { foreignTables } from '../store/foreign-tables'
import type { ParsedData } from './parsed-data'
import { readData } from './read'
import { sniff } from './sniff'

/** Files that other programs wrote, and what those programs say is in them: fixtures/write-fixtures.py. */
const folder = join(import.meta.dirname, 'fixtures')
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, (number | null)[]> & {
  types: Record<string, (number | null)[]>
}
const keep: ImportOptions = { missing: 'keep' }
const read = (name: string, options: ImportOptions = {}): Promise<ParsedData> => readData(join(folder, name), options, { tables: foreignTables })
const featuresOf = (data: ParsedData): (number | null)[] => Array.from(data.features!, (value) => (Number.isNaN(value) ? null : value))

const types = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'b1', 'big-f4', 'big-i2', 'big-u8']
test.each(types)('an NPY array of type %s has the values that numpy says', async (type) => {
  const data = await read(`type-${type}.npy`)
  expect(data).toMatchObject({ format: 'npy', kind: 'table', shape: [4, 3] })
  expect(featuresOf(data)).toEqual(expected.types[type])
})

const flowers: [string, ImportOptions, string][] = [
  ...['snappy', 'zstd', 'gzip', 'lz4', 'brotli', 'none'].map((packing): [string, ImportOptions, string] => [`${packing}.parquet`, {}, 'parquet']),
  ...['lz4', 'zstd', 'uncompressed'].map((packing): [string, ImportOptions, string] => [`${packing}.feather`, {}, 'arrow']),
  ['stream.arrows', {}, 'arrow'],
  ['rows.jsonl', {}, 'jsonl'],
  ['book.xlsx', { member: 'flowers' }, 'excel'],
  ['tables.sqlite', { member: 'flowers' }, 'sqlite'],
]
test.each(flowers)('%s: columns, names, missing values and labels are those that were written', async (name, options, format) => {
  const ignore = ['parquet', 'arrow', 'jsonl'].includes(format) ? ['count', 'ok'] : ['count']
  const data = await read(name, { ...keep, ...options, ignore })
  expect(data).toMatchObject({ format, shape: [12, 3], classes: ['setosa', 'versicolor', 'virginica'] })
  expect(data.columns.map((column) => column.name).slice(0, 5)).toEqual(['a', 'b', 'c', 'count', 'species'])
  expect(featuresOf(data)).toEqual(expected['x'])
  expect([...data.labels!]).toEqual(expected['y'])
})

const arrays: [string, string, string, string][] = [
  ['arrays.npz', 'x', 'y', 'x'],
  ['arrays.npz', 'x', 'names', 'x'],
  ['packed.npz', 'x', 'y', 'x'],
  ['plain.mat', 'x', 'y', 'x'],
  ['plain.mat', 'x', 'names', 'x'],
  ['packed.mat', 'x', 'y', 'x-float32'],
  ['sets.h5', 'train/x', 'train/y', 'x'],
  ['sets.h5', 'train/x', 'train/species', 'x'],
  ['v73.mat', 'x', 'y', 'x'],
]
test.each(arrays)('%s: the array %s with labels %s is the one that was written', async (name, member, labels, values) => {
  const data = await read(name, { ...keep, member, labels })
  expect(data).toMatchObject({ kind: 'table', shape: [12, 3] })
  expect(featuresOf(data)).toEqual(expected[values])
  expect([...data.labels!]).toEqual(expected['y'])
  expect(data.classes).toEqual(labels === 'names' || labels === 'train/species' ? ['setosa', 'versicolor', 'virginica'] : ['0', '1', '2'])
})

test.each(['arrays.npz', 'plain.mat', 'sets.h5'])('%s: an array of three dimensions of bytes is images', async (name) => {
  const data = await read(name, { member: 'images' })
  expect(data).toMatchObject({ kind: 'images', shape: [5, 4, 6, 1], valueRange: [0, 255] })
  expect([...data.pixels!]).toEqual(expected['images'])
})

test('a sparse MATLAB matrix has its zeros', async () => {
  const data = await read('plain.mat', { member: 's' })
  expect([...data.features!]).toEqual([1.5, 0, 0, 0, 0, 0, 0, 0, 2])
})

test('columns between blanks under a comment are a table', async () => {
  const data = await read('spaces.txt')
  expect(data).toMatchObject({ format: 'csv', shape: [12, 3] })
  expect(featuresOf(data)).toEqual(expected['x-zero'])
})

test('ARFF that R wrote: names, a missing value, the class', async () => {
  const data = await read('iris.arff', { ...keep, label: 'Species' })
  expect(data).toMatchObject({ format: 'arff', shape: [12, 4], classes: ['setosa', 'versicolor', 'virginica'] })
  expect([...data.features!.subarray(0, 4)]).toEqual([5.1, 3.5, 1.4, 0.2])
  expect(data.features![2 * 4 + 1]).toBeNaN()
  expect(data.columns.map(({ name }) => name)).toEqual(['Sepal.Length', 'Sepal.Width', 'Petal.Length', 'Petal.Width', 'Species'])
})

test.each(['arrays.npz', 'plain.mat', 'sets.h5', 'book.xlsx', 'tables.sqlite'])(
  '%s: without a choice, the preview and the error list what there is',
  async (name) => {
    const preview = await sniff(join(folder, name), {}, foreignTables)
    expect(preview.members.length).toBeGreaterThan(1)
    expect(preview.problem?.code).toBe('dataset/choose-member')
    await expect(read(name)).rejects.toMatchObject({ code: 'dataset/choose-member' })
    await expect(read(name, { member: 'nothing' })).rejects.toMatchObject({ code: 'dataset/no-such-member' })
    const { name: member } = preview.members[0]!
    expect(await sniff(join(folder, name), { member, missing: 'keep' }, foreignTables)).toMatchObject({ member, problem: null, complete: true })
  },
)
