import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { fingerprint } from './fingerprint'
import { nameOfIdx } from './idx-files'
import { readData } from './read'
import { sampleIdx } from './sample-idx'
import { sniff } from './sniff'

const folder = mkdtempSync(join(tmpdir(), 'latent-idx-'))
afterAll(() => rmSync(folder, { recursive: true }))

function idx(sizes: number[], value: (index: number) => number): Buffer {
  const length = sizes.reduce((product, size) => product * size, 1)
  return sampleIdx(
    sizes,
    Array.from({ length }, (_, index) => value(index)),
  )
}
const trainImages = idx([5, 3, 2], (index) => index * 8)
const testImages = idx([2, 3, 2], (index) => 255 - index)
const trainLabels = idx([5], (index) => [3, 9, 3, 0, 7][index]!)
const testLabels = idx([2], (index) => [7, 9][index]!)

function write(name: string, files: Record<string, Buffer>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), file.endsWith('.gz') ? gzipSync(bytes) : bytes)
  return path
}

test.each<[string, string, string]>([
  ['as MNIST names them', '-idx', ''],
  ['with a dot', '.idx', ''],
  ['gzipped', '-idx', '.gz'],
  ['gzipped with a dot', '.idx', '.gz'],
])('the four files of a folder, %s, become one dataset with parts train and test', async (name, separator, ending) => {
  const path = write(name, {
    [`train-images${separator}3-ubyte${ending}`]: trainImages,
    [`train-labels${separator}1-ubyte${ending}`]: trainLabels,
    [`t10k-images${separator}3-ubyte${ending}`]: testImages,
    [`t10k-labels${separator}1-ubyte${ending}`]: testLabels,
    'readme.txt': Buffer.from('x'),
  })
  const data = await readData(path, {})
  expect(data).toMatchObject({ format: 'idx', kind: 'images', rows: 7, shape: [7, 3, 2, 1], valueRange: [0, 255] })
  expect(data.parts).toEqual([
    { name: 'train', start: 0, rows: 5 },
    { name: 'test', start: 5, rows: 2 },
  ])
  expect(Buffer.from(data.pixels!)).toEqual(Buffer.concat([trainImages.subarray(16), testImages.subarray(16)]))
  expect(data.classes).toEqual(['0', '3', '7', '9'])
  expect([...data.labels!]).toEqual([1, 3, 1, 0, 2, 2, 3])
  expect(data.columns.map((column) => [column.name, column.type, column.role])).toEqual([
    ['pixels', 'pixels', 'feature'],
    ['label', 'category', 'label'],
  ])
  expect(data.source).toHaveLength(4)
  const preview = await sniff(path, {})
  expect(preview).toMatchObject({ kind: 'images', shape: [7, 3, 2, 1], suggestedName: name, problem: null })
})

test('how the files are packed and named does not change the hash', async () => {
  const plain = await readData(write('plain', { 'train-images-idx3-ubyte': trainImages, 'train-labels-idx1-ubyte': trainLabels }), {})
  const packed = await readData(write('packed', { 'train-images.idx3-ubyte.gz': trainImages, 'train-labels-idx1-ubyte': trainLabels }), {})
  expect(await fingerprint(packed)).toBe(await fingerprint(plain))
  const unlabelled = await readData(write('unlabelled', { 'train-images-idx3-ubyte': trainImages }), {})
  expect(unlabelled.labels).toBeNull()
  expect(await fingerprint(unlabelled)).not.toBe(await fingerprint(plain))
})

test('a single file is a dataset without parts, with the labels beside it where there are some', async () => {
  const path = write('single', { 'my-images-idx3-ubyte': trainImages, 'my-labels-idx1-ubyte.gz': trainLabels, 'other.idx': testImages })
  const labelled = await readData(join(path, 'my-images-idx3-ubyte'), {})
  expect(labelled.parts).toEqual([])
  expect(labelled.classes).toEqual(['0', '3', '7', '9'])
  const bare = await readData(join(path, 'other.idx'), {})
  expect(bare).toMatchObject({ rows: 2, classes: null, labels: null })
  expect(await fingerprint(await readData(path, {}))).toBe(await fingerprint(labelled))
  expect((await sniff(join(path, 'my-images-idx3-ubyte'), {})).suggestedName).toBe('my')
})

test('a dataset is named after its folder or file, but not after the number of an upload', () => {
  expect(nameOfIdx('/data/mnist')).toBe('mnist')
  expect(nameOfIdx('/data/train-images.idx3-ubyte.gz')).toBe('train')
  expect(nameOfIdx('/data/images-idx3-ubyte')).toBe('images')
  expect(nameOfIdx('/uploads/0b0e7c52-3f0a-4f2b-9d53-0d0f3b1f9a77')).toBe('images')
})

test('four dimensions are height, width and one or three channels', async () => {
  const path = join(folder, 'colour-images-idx4-ubyte')
  writeFileSync(
    path,
    idx([2, 2, 2, 3], (index) => index),
  )
  const data = await readData(path, {})
  expect(data.shape).toEqual([2, 2, 2, 3])
  expect([...data.pixels!]).toEqual(Array.from({ length: 24 }, (_, index) => index))
})

test('the summary of pixels is exact', async () => {
  const path = write('summary', { 'a-images-idx3-ubyte': idx([1, 2, 2], (index) => [0, 10, 20, 30][index]!) })
  const { summary } = (await readData(join(path, 'a-images-idx3-ubyte'), {})).columns[0]!
  expect(summary).toMatchObject({ minimum: 0, maximum: 30, mean: 15 })
  expect(summary!.standardDeviation).toBeCloseTo(Math.sqrt(125), 12)
  expect(summary!.histogram.reduce((sum, count) => sum + count)).toBe(4)
})
