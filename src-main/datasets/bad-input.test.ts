import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import type { ImportOptions } from '@shared/domain/dataset'
import { type MessageCode, sentence } from '@shared/messages/messages'
import { AppError } from '@shared/rpc/errors'
import { fillDatasetFolder } from '../files/dataset-arrays'
import { readData } from './read'
import { sampleIdx } from './sample-idx'
import { sniff } from './sniff'

const folder = mkdtempSync(join(tmpdir(), 'latent-bad-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Contents = string | Uint8Array

const idx = (sizes: number[], bytes: number, type?: number): Buffer => sampleIdx(sizes, new Uint8Array(bytes), type)
const gzipped = gzipSync(Buffer.from('a,b\n' + '1,2\n3,4\n'.repeat(1000)))
const damaged = Buffer.from(gzipped)
damaged[30] = damaged[30]! ^ 0xff

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name))

/** An NPY file of version 1 as its header says, with so many equal bytes after it. */
function npy(type: string | string[][], shape: string, ...values: number[]): Buffer {
  const descr = typeof type === 'string' ? `'${type}'` : `[${type.map(([name, kind]) => `('${name}', '${kind}')`).join(', ')}]`
  const header = Buffer.from(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n')
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0])
  return Buffer.concat([start, header, Buffer.from(values)])
}

/** An archive of one file that is not packed. */
function archiveOf(path: string, contents: Buffer, unpacked = contents.length): Buffer {
  const name = Buffer.from(path)
  const field = (length: number, fields: [number, number, 2 | 4][]): Buffer => {
    const bytes = Buffer.alloc(length)
    for (const [at, value, width] of fields) bytes.writeUIntLE(value, at, width)
    return bytes
  }
  const sizes = (at: number): [number, number, 2 | 4][] => [[at, contents.length, 4], [at + 4, unpacked, 4], [at + 8, name.length, 2]]
  const local = Buffer.concat([field(30, [[0, 0x04034b50, 4], ...sizes(18)]), name, contents])
  const directory = Buffer.concat([field(46, [[0, 0x02014b50, 4], ...sizes(20)]), name])
  return Buffer.concat([local, directory, field(22, [[0, 0x06054b50, 4], [8, 1, 2], [10, 1, 2], [12, directory.length, 4], [16, local.length, 4]])])
}

interface Case {
  what: string
  files: Record<string, Contents>
  /** What is imported; without it, the first of the files. */
  path?: string
  options?: ImportOptions
  code: MessageCode
  /** What both sentences must name, besides the path. */
  names: string[]
  /** File that the sentence names, where it is not what was imported. */
  place?: string
  /** Beyond what a preview reads. */
  late?: true
}

const cases: Case[] = [
  { what: 'a path where nothing is', files: {}, path: 'nowhere.csv', code: 'dataset/file-missing', names: [] },
  { what: 'an empty file', files: { 'e.csv': '' }, code: 'dataset/file-empty', names: [] },
  { what: 'blank lines only', files: { 'blank.csv': '\n  \n\n' }, code: 'dataset/no-text', names: [] },
  { what: 'a header only', files: { 'h.csv': 'a,b\n' }, code: 'dataset/header-only', names: [] },
  {
    what: 'text in a number column',
    files: { 't.csv': 'a,b\n1,2\n3,four\n5,6\n7,8\n' },
    code: 'dataset/text-in-number-column',
    names: ['3', 'b', 'four', '--ignore b'],
  },
  {
    what: 'text in a number column far into the file',
    files: { 'far.csv': 'a,b\n' + '1,2\n'.repeat(99_999) + 'x1,2\n' },
    code: 'dataset/text-in-number-column',
    names: ['100001', 'a', 'x1'],
    late: true,
  },
  {
    what: 'text after blank lines and quoted line breaks',
    files: { 'l.csv': 'a,b\n\n1,"x\ny"\n2,z\noops,z\n' },
    code: 'dataset/text-in-number-column',
    names: ['6', 'oops'],
  },
  { what: 'an infinite number', files: { 'i.csv': 'a,b\n1,2\n3,-inf\n5,6\n' }, code: 'dataset/infinite-number', names: ['3', 'b', '-inf'] },
  {
    what: 'a number beyond all numbers',
    files: { 'o.csv': 'a,b\n1,2\n1e999,3\n' },
    code: 'dataset/infinite-number',
    names: ['3', 'a', '1e999'],
  },
  { what: 'a row too short', files: { 'r.csv': 'a,b,c\n1,2,3\n4,5\n' }, code: 'dataset/ragged-row', names: ['3', '2'] },
  { what: 'a row too long', files: { 'r2.csv': 'a,b\n1,2\n3,4\n5,6,7\n' }, code: 'dataset/ragged-row', names: ['4', '2', '3'] },
  { what: 'two columns of one name', files: { 'd.csv': 'a,b,a\n1,2,3\n' }, code: 'dataset/duplicate-column', names: ['a', '1, 3'] },
  {
    what: 'missing values in one column',
    files: { 'm.csv': 'a,b\n1,NA\n2,3\n4,?\n' },
    code: 'dataset/missing-values',
    names: ['b (2)', '2', 'keep', 'drop'],
  },
  {
    what: 'missing values in several columns',
    files: { 'm2.csv': 'a,b,c\n1,NA,1\n,3,2\n,4,3\n5,6,7\n' },
    code: 'dataset/missing-values',
    names: ['a (2), b (1)', 'keep', 'drop'],
  },
  {
    what: 'dropping every row',
    files: { 'x.csv': 'a,b\n1,\n,2\n3,\n,4\n' },
    options: { missing: 'drop' },
    code: 'dataset/all-rows-dropped',
    names: ['4', 'keep'],
  },
  { what: 'no number at all', files: { 'n.csv': 'a,b\nx,y\nu,v\n' }, code: 'dataset/no-number-column', names: ['a, b'] },
  {
    what: 'a label that is no column',
    files: { 'nl.csv': 'a,b\n1,2\n' },
    options: { label: 'c' },
    code: 'dataset/no-such-column',
    names: ['c', 'a, b'],
  },
  {
    what: 'an ignored name that is no column',
    files: { 'ni.csv': 'a,b\n1,2\n' },
    options: { ignore: ['a', 'z'] },
    code: 'dataset/no-such-column',
    names: ['z', 'a, b'],
  },
  {
    what: 'a label that is ignored',
    files: { 'li.csv': 'a,b\n1,2\n' },
    options: { label: 'b', ignore: ['b'] },
    code: 'dataset/label-ignored',
    names: [],
    place: 'b',
  },
  {
    what: 'a label with a value of its own in every row',
    files: { 'many.csv': 'a,b\n' + Array.from({ length: 1500 }, (_, row) => `1,${row}`).join('\n') },
    options: { label: 'b' },
    code: 'dataset/too-many-classes',
    names: ['b', '1000'],
  },
  {
    what: 'a quotation mark that is never closed',
    files: { 'q.csv': 'a,b\n1,2\n"3,4\n5,6\n' },
    code: 'dataset/quote-not-closed',
    names: ['3'],
  },
  { what: 'binary data', files: { 'b.csv': new Uint8Array([1, 2, 0, 4, 5, 0, 0, 9]) }, code: 'dataset/not-text', names: [] },
  {
    what: 'no known encoding',
    files: { 'enc.csv': new Uint8Array([0x61, 0x0a, 0xff, 0xff, 0x0a]) },
    code: 'dataset/encoding-unknown',
    names: ['UTF-8'],
  },
  {
    what: 'an encoding that breaks off later',
    files: { 'enc2.csv': Buffer.concat([Buffer.from('a,b\n' + '1,2\n'.repeat(100_000)), Buffer.from([0xff, 0x2c, 0x31, 0x0a])]) },
    code: 'dataset/encoding-broken',
    names: ['UTF-8'],
    late: true,
  },
  {
    what: 'a gzip file cut off',
    files: { 'c.csv.gz': gzipped.subarray(0, gzipped.length - 20) },
    code: 'dataset/gzip-truncated',
    names: ['gzip'],
  },
  { what: 'a damaged gzip file', files: { 'dam.csv.gz': damaged }, code: 'dataset/gzip-damaged', names: ['gzip'] },
  { what: 'a wrong magic', files: { 'w-images-idx3-ubyte': 'P5 28 28 255 ...' }, code: 'dataset/idx-bad-magic', names: ['0x50 0x35'] },
  {
    what: 'a wrong magic where IDX was said',
    files: { 'w.bin': 'a,b\n1,2\n' },
    options: { format: 'idx' },
    code: 'dataset/idx-bad-magic',
    names: ['0x61'],
  },
  { what: 'IDX of floats', files: { 'f-images-idx3-ubyte': idx([2, 2, 2], 32, 0x0d) }, code: 'dataset/idx-type', names: ['0x0d', '0x08'] },
  { what: 'IDX cut off', files: { 's-images-idx3-ubyte': idx([3, 2, 2], 11) }, code: 'dataset/idx-size', names: ['3 × 2 × 2', '12', '11'] },
  { what: 'IDX with bytes left over', files: { 'l-images-idx3-ubyte': idx([3, 2, 2], 13) }, code: 'dataset/idx-size', names: ['12', '13'] },
  {
    what: 'gzipped IDX cut off before packing',
    files: { 'g-images-idx3-ubyte.gz': gzipSync(idx([3, 2, 2], 11)) },
    code: 'dataset/idx-size',
    names: ['12', '11'],
    late: true,
  },
  {
    what: 'IDX that declares terabytes',
    files: { 'huge-images-idx3-ubyte.gz': gzipSync(idx([4e9, 1000, 1000], 100)) },
    code: 'dataset/idx-too-large',
    names: ['4000000000 × 1000 × 1000'],
  },
  {
    what: 'IDX without an image',
    files: { 'z-images-idx3-ubyte': idx([0, 28, 28], 0) },
    code: 'dataset/idx-no-images',
    names: ['0 × 28 × 28'],
  },
  { what: 'a labels file by itself', files: { 'y-labels-idx1-ubyte': idx([5], 5) }, code: 'dataset/idx-not-images', names: ['1', '3'] },
  {
    what: 'a header cut off',
    files: { 'k-images-idx3-ubyte': Buffer.from([0, 0, 8, 3, 0, 0]) },
    code: 'dataset/idx-size',
    names: ['16', '6'],
  },
  {
    what: 'fewer labels than images',
    files: { 'p-images-idx3-ubyte': idx([3, 2, 2], 12), 'p-labels-idx1-ubyte': idx([2], 2) },
    code: 'dataset/idx-counts-differ',
    names: ['3', '2', 'p-labels-idx1-ubyte'],
  },
  {
    what: 'labels that are images',
    files: { 'u-images-idx3-ubyte': idx([3, 2, 2], 12), 'u-labels-idx1-ubyte': idx([3, 1], 3) },
    code: 'dataset/idx-not-labels',
    names: ['2', '1'],
    place: 'u-labels-idx1-ubyte',
  },
  {
    what: 'test images of another size',
    files: { 'sizes/train-images-idx3-ubyte': idx([3, 2, 2], 12), 'sizes/t10k-images-idx3-ubyte': idx([1, 3, 2], 6) },
    path: 'sizes',
    code: 'dataset/idx-parts-differ',
    names: ['2 × 2 × 1', '3 × 2 × 1'],
    place: 't10k-images-idx3-ubyte',
  },
  {
    what: 'labels for training only',
    files: {
      'half/train-images-idx3-ubyte': idx([3, 2, 2], 12),
      'half/train-labels-idx1-ubyte': idx([3], 3),
      'half/t10k-images-idx3-ubyte': idx([1, 2, 2], 4),
    },
    path: 'half',
    code: 'dataset/idx-labels-only-one-part',
    names: ['t10k-labels-idx1-ubyte'],
  },
  {
    what: 'a folder of other things',
    files: { 'other/notes.txt': 'x' },
    path: 'other',
    code: 'dataset/folder-without-images',
    names: ['train-images-idx3-ubyte'],
  },
  {
    what: 'a folder as a table',
    files: { 'tables/t.csv': 'a\n1\n' },
    path: 'tables',
    options: { format: 'csv' },
    code: 'dataset/not-a-file',
    names: [],
  },
  {
    what: 'a delimiter for images',
    files: { 'v-images-idx3-ubyte': idx([1, 2, 2], 4) },
    options: { delimiter: ';' },
    code: 'dataset/option-not-for-images',
    names: ['--delimiter'],
  },
  { what: 'an NPY array cut off', files: { 'cut.npy': fixture('type-f8.npy').subarray(0, 150) }, code: 'dataset/array-size', names: ['4 × 3', '96', '22'] },
  { what: 'an NPY array that declares terabytes', files: { 'huge.npy': npy('<f8', '(1000000, 1000000)') }, code: 'dataset/array-size', names: ['1000000 × 1000000'] },
  { what: 'an NPY array of objects', files: { 'o.npy': npy('|O', '(3,)') }, code: 'dataset/array-type', names: ['|O'] },
  { what: 'an NPY array of records', files: { 'r.npy': npy([['a', '<f8']], '(3,)') }, code: 'dataset/array-type', names: ['<f8'] },
  { what: 'an NPY array of complex numbers', files: { 'c.npy': npy('<c16', '(0,)') }, code: 'dataset/array-type', names: ['<c16'] },
  { what: 'an NPY array without values', files: { 'none.npy': npy('<f8', '(0, 3)') }, code: 'dataset/array-empty', names: ['0 × 3'] },
  { what: 'an NPY array of five dimensions', files: { 'five.npy': npy('|u1', '(1, 1, 1, 1, 1)', 1) }, code: 'dataset/array-dimensions', names: ['1 × 1 × 1 × 1 × 1'] },
  {
    what: 'an NPY array of images that are no pixels',
    files: { 'signed.npy': npy('|i1', '(1, 1, 1)', 255) },
    code: 'dataset/array-not-pixels',
    names: ['1 × 1 × 1', '-1'],
  },
  { what: 'what is called NPY and is not', files: { 'not.npy': 'a,b\n1,2\n3,4\n' }, code: 'dataset/file-damaged', names: ['NPY'] },
  { what: 'an NPY array inside gzip', files: { 'z.npy.gz': gzipSync(fixture('type-f8.npy')) }, code: 'dataset/unpack-first', names: ['npy', 'gunzip'] },
  { what: 'an NPZ without its end', files: { 'e.npz': fixture('packed.npz').subarray(0, 300) }, code: 'dataset/file-damaged', names: ['ZIP'] },
  { what: 'an NPZ bomb', files: { 'bomb.npz': archiveOf('x.npy', npy('|u1', '(1000000000,)')) }, options: { member: 'x' }, code: 'dataset/array-size', names: ['1000000000'] },
  {
    what: 'an archive whose file says that it unpacks to more than it can',
    files: { 'zip.npz': archiveOf('x.npy', npy('|u1', '(59999872,)', 1, 2, 3), 60_000_000) },
    options: { member: 'x' },
    code: 'dataset/unpacked-too-large',
    names: ['x.npy', '60000000'],
  },
  {
    what: 'an array that says that it is larger than memory',
    files: { 'vast.npz': archiveOf('x.npy', npy('|u1', '(3999999872,)', 1, 2, 3), 4_000_000_000) },
    options: { member: 'x' },
    code: 'dataset/too-large-for-memory',
    names: ['31999998976'],
  },
  { what: 'an infinite number in an array', files: { 'inf.npy': npy('<f8', '(1, 1)', 0, 0, 0, 0, 0, 0, 0xf0, 0x7f) }, code: 'dataset/infinite-number', names: [] },
  { what: 'an NPZ with several arrays', files: { 's.npz': fixture('arrays.npz') }, code: 'dataset/choose-member', names: ['x (float64 12 × 3)', '--member'] },
  {
    what: 'an array that an NPZ does not hold',
    files: { 'm.npz': fixture('arrays.npz') },
    options: { member: 'z' },
    code: 'dataset/no-such-member',
    names: ['z', 'x (float64 12 × 3)'],
  },
  {
    what: 'labels of another length',
    files: { 'l.npz': fixture('arrays.npz') },
    options: { member: 'images', labels: 'y' },
    code: 'dataset/labels-do-not-fit',
    names: ['y', '12', '5'],
  },
  { what: 'Parquet cut off', files: { 'p.parquet': fixture('snappy.parquet').subarray(0, 500) }, code: 'dataset/file-damaged', names: ['Parquet'] },
  { what: 'Arrow cut off', files: { 'a.feather': fixture('uncompressed.feather').subarray(0, 300) }, code: 'dataset/file-damaged', names: ['Arrow'] },
  { what: 'HDF5 cut off', files: { 'h.h5': fixture('sets.h5').subarray(0, 900) }, code: 'dataset/file-damaged', names: ['HDF5'] },
  { what: 'a MAT-file cut off', files: { 'm.mat': fixture('plain.mat').subarray(0, 300) }, code: 'dataset/file-damaged', names: ['MATLAB'] },
  { what: 'a workbook cut off', files: { 'w.xlsx': fixture('book.xlsx').subarray(0, 900) }, code: 'dataset/file-damaged', names: ['ZIP'] },
  { what: 'a line that is no JSON', files: { 'j.jsonl': '{"a": 1}\n{"a": \n' }, code: 'dataset/not-json', names: ['2', '{"a":'] },
  {
    what: 'a key that comes late',
    files: { 'late.jsonl': '{"a": 1}\n'.repeat(1000) + '{"a": 1, "b": 2}\n' },
    code: 'dataset/late-key',
    names: ['1001', 'b'],
  },
  { what: 'a text in a number column of JSON', files: { 't.jsonl': '{"a": 1}\n{"a": 2}\n{"a": "x"}\n' }, code: 'dataset/text-in-number-column', names: ['3', 'a', 'x'] },
  { what: 'ARFF without data', files: { 'n.arff': '@relation r\n@attribute a numeric\n' }, code: 'dataset/arff-header', names: ['@data'] },
  {
    what: 'ARFF with a row too short',
    files: { 's.arff': '@relation r\n@attribute a numeric\n@attribute b numeric\n@data\n1,2\n3\n' },
    code: 'dataset/ragged-row',
    names: ['6', '2', '1'],
  },
  {
    what: 'a delimiter for Parquet',
    files: { 'd.parquet': fixture('snappy.parquet') },
    options: { delimiter: ';' },
    code: 'dataset/option-not-for-format',
    names: ['--delimiter', 'parquet'],
  },
  { what: 'a folder of pictures that are none', files: { 'no/a.png': 'x', 'no/b.jpg': 'y' }, path: 'no', code: 'dataset/no-readable-picture', names: ['2'] },
]

async function thrown(task: Promise<unknown>): Promise<AppError> {
  const outcome = await task.then(
    () => null,
    (error: unknown) => error,
  )
  if (outcome instanceof AppError) return outcome
  throw outcome ?? new Error('nothing was thrown')
}

test.each(cases)('$what: a sentence in both languages that names the place', async ({ files, path, options = {}, code, names, place }) => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const whole = join(folder, path ?? Object.keys(files)[0]!)
  const error = await thrown(readData(whole, options))
  expect(error.code).toBe(code)
  for (const language of ['en', 'zh'] as const) {
    const text = sentence(error.code, error.details, language)
    expect(text).not.toMatch(/\{\w+\}/)
    expect(text).toContain(place ?? whole)
    for (const name of names) expect(text).toContain(name)
  }
})

test.each(cases)(
  '$what: the preview says the same, unless it is beyond what a preview reads',
  async ({ files, path, options = {}, code, late }) => {
    const whole = join(folder, path ?? Object.keys(files)[0]!)
    const outcome = await sniff(whole, options).then(
      (preview) => preview.problem?.code ?? null,
      (error: unknown) => (error as AppError).code,
    )
    expect(outcome).toBe(late ? null : code)
  },
)

test('a path that climbs out of an archive is a name and nothing else: what it names is read, and nothing is written anywhere', async () => {
  const within = join(folder, 'within')
  mkdirSync(within)
  writeFileSync(join(within, 'climbs.npz'), archiveOf('../../climbed.npy', npy('|u1', '(3, 1)', 1, 2, 3)))
  const data = await readData(join(within, 'climbs.npz'), {})
  expect([...data.features!]).toEqual([1, 2, 3])
  expect([readdirSync(within), existsSync(join(folder, 'climbed.npy')), existsSync(join(folder, '..', 'climbed.npy'))]).toEqual([['climbs.npz'], false, false])
})

test.each(['csv', 'csv.gz', 'jsonl'])('a file that somebody writes to while it is read (%s) is refused, in both languages', async (ending) => {
  const path = join(folder, `written.${ending}`)
  const lines = ending === 'jsonl' ? '{"a": 1, "b": 2}\n'.repeat(100_000) : `a,b\n${'1,2\n'.repeat(400_000)}`
  writeFileSync(path, ending === 'csv.gz' ? gzipSync(lines, { level: 0 }) : lines)
  let isWritten = false
  const onProgress = (): void => {
    if (!isWritten) utimesSync(path, new Date(), new Date(Date.now() + 5000))
    isWritten = true
  }
  const { code, details } = await thrown(readData(path, {}, { onProgress }))
  expect(code).toBe('dataset/file-changed')
  for (const language of ['en', 'zh'] as const) expect(sentence(code, details, language)).toContain(path)
})

test('one column, dates, and NaN are no errors: dates are text, NaN is missing', async () => {
  const read = (name: string, text: string, options: ImportOptions = {}) => {
    writeFileSync(join(folder, name), text)
    return readData(join(folder, name), options)
  }
  expect((await read('one.csv', 'height\n1.5\n2.5\n')).shape).toEqual([2, 1])
  const dated = await read('dated.csv', 'day,value\n2024-01-31,1\n2024-02-01,2\n')
  expect(dated.columns.map(({ name, role }) => [name, role])).toEqual([['day', 'ignore'], ['value', 'feature']])
  const missing = await read('nan.csv', 'a,b\nNaN,1\n2,3\n', { missing: 'keep' })
  expect([...missing.features!]).toEqual([NaN, 1, 2, 3])
})

test('data that the disk has no room for are refused before anything is written, with what they need', async () => {
  const place = join(folder, 'full')
  mkdirSync(place)
  const blocks = { length: 2 ** 47, *walk() {} } as unknown as NonNullable<Parameters<typeof fillDatasetFolder>[1]['featureBlocks']>
  const { code, details } = await thrown(fillDatasetFolder(place, { featureBlocks: blocks, labels: null }))
  expect(code).toBe('dataset/disk-too-small')
  for (const language of ['en', 'zh'] as const) expect(sentence(code, details, language)).toContain(String(2 ** 30))
  expect(readdirSync(place)).toEqual([])
})

test('what lies in a folder that cannot be written to is read', async () => {
  const place = join(folder, 'read-only')
  mkdirSync(place)
  writeFileSync(join(place, 't.csv'), 'a,b\n1,2\n3,4\n')
  chmodSync(place, 0o500)
  expect((await readData(join(place, 't.csv'), {})).shape).toEqual([2, 2])
  expect(readdirSync(place)).toEqual(['t.csv'])
  chmodSync(place, 0o700)
})
