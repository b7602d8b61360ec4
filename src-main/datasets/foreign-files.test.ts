import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ImportOptions } from '@shared/domain/dataset'
import { foreignTables } from '../store/foreign-tables'
import { readData } from './read'

/** Files of Octave, R and ImageMagick, and what those programs say is in them: fixtures/foreign/README.md. */
const folder = join(import.meta.dirname, 'fixtures', 'foreign')
const told = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
const octave = told<{ x: (number | null)[][]; y: number[]; b: number[] }>('octave.json')
const r = told<{ length: (number | null)[]; width: number[]; kind: string[] }>('r.json')
const pictures = told<Record<string, number[]>>('pictures.json')
const read = (name: string, options: ImportOptions = {}) => readData(join(folder, name), { missing: 'keep', ...options }, { tables: foreignTables })
const valuesOf = (values: Float64Array): (number | null)[] => Array.from(values, (value) => (Number.isNaN(value) ? null : value))

test.each(['octave-v6.mat', 'octave-v7.mat'])('%s of Octave: its matrix with its labels', async (name) => {
  const data = await read(name, { member: 'x', labels: 'y' })
  expect(data).toMatchObject({ format: 'matlab', shape: [4, 3], classes: ['0', '1'] })
  expect([valuesOf(data.features!), [...data.labels!]]).toEqual([octave.x.flat(), octave.y])
})

test('HDF5 of Octave lies column by column, as Octave keeps its matrices', async () => {
  const data = await read('octave.h5', { member: 'x/value' })
  expect(data).toMatchObject({ format: 'hdf5', shape: [3, 4] })
  expect(valuesOf(data.features!)).toEqual(octave.x[0]!.flatMap((_, column) => octave.x.map((row) => row[column]!)))
})

test('bytes in three dimensions of Octave are pictures', async () => {
  const data = await read('octave-bytes.mat')
  expect(data).toMatchObject({ kind: 'images', shape: [3, 4, 5, 1] })
  expect([...data.pixels!]).toEqual(octave.b)
})

test('text of Octave, between blanks and without a header', async () => {
  const data = await read('octave.txt')
  expect(data.shape).toEqual([4, 3])
  expect(valuesOf(data.features!)).toEqual(octave.x.flat())
})

const tables: [string, ImportOptions, string][] = [
  ['r-semicolon.csv', {}, 'csv'],
  ['r-tabs.tsv.gz', {}, 'tsv'],
  ['r-utf16.csv', {}, 'csv'],
  ['r.xlsx', { member: 'd' }, 'excel'],
  ['r.sqlite', { member: 'd' }, 'sqlite'],
  ['r.jsonl', {}, 'jsonl'],
  ['r.arff', {}, 'arff'],
]
test.each(tables)('%s of R: numbers, a missing one, and names with commas and in Chinese', async (name, options, format) => {
  const data = await read(name, { ...options, label: 'kind' })
  expect(data).toMatchObject({ format, shape: [5, 2] })
  expect(Array.from(data.labels!, (code) => data.classes![code])).toEqual(r.kind)
  const wanted = r.length.flatMap((length, row) => [length, r.width[row]!])
  // R writes 15 digits of text
  valuesOf(data.features!).forEach((value, at) => (value === null ? expect(wanted[at]).toBeNull() : expect(Math.abs(value / wanted[at]! - 1)).toBeLessThan(1e-14)))
})

test('pictures of ImageMagick in every format have the pixels that it says', async () => {
  const names = Object.keys(pictures)
  const data = await read('pictures')
  expect(data).toMatchObject({ kind: 'images', shape: [names.length, 8, 6, 3] })
  expect(data.leftOut ?? []).toEqual([])
  const size = 8 * 6 * 3
  const worst = names.map((name, at) => Math.max(...pictures[name]!.map((value, pixel) => Math.abs(value - data.pixels![at * size + pixel]!))))
  // two decoders of JPEG may round apart, as may 16 bits brought to 8
  expect(Object.fromEntries(worst.map((difference, at) => [names[at]!, difference <= 2]))).toEqual(Object.fromEntries(names.map((name) => [name, true])))
  for (const exact of ['c.bmp', 'd.webp', 'g.bmp', 'h.bmp']) expect(worst[names.indexOf(exact)]).toBe(0)
})
