import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { datasetRowsOnDisk, openDatasetArrays, readDatasetRows, writeDatasetArrays } from './dataset-arrays'

let home: string
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'latent-arrays-'))))
afterEach(() => rmSync(home, { recursive: true }))

const table = { name: 't', kind: 'table', rows: 3, shape: [3, 2], classes: ['a', 'b'] } as Dataset
const images = { name: 'i', kind: 'images', rows: 2, shape: [2, 1, 3, 1], classes: null } as Dataset
const features = Float64Array.of(1, NaN, -0, 5e-324, 1.7976931348623157e308, 0.1)
const labels = Int32Array.of(1, -1, 0)
const pixels = Uint8Array.of(0, 1, 2, 253, 254, 255)

test('arrays come back bit for bit, labels with them', async () => {
  await writeDatasetArrays(join(home, 't'), { features, labels })
  expect(openDatasetArrays(join(home, 't'), table)).toEqual({ features, labels })
  await writeDatasetArrays(join(home, 'i'), { pixels, labels: null })
  expect(openDatasetArrays(join(home, 'i'), images)).toEqual({ features: pixels, labels: null })
  expect(readdirSync(join(home, 'i'))).toEqual(['pixels.u8'])
  expect(statSync(join(home, 't', 'features.f64')).size).toBe(48)
})

test('some rows are read from their place, and none beyond the end', async () => {
  await writeDatasetArrays(join(home, 't'), { features, labels })
  expect(readDatasetRows(join(home, 't'), table, 1, 1)).toEqual({ rows: 1, features: features.slice(2, 4), labels: labels.slice(1, 2) })
  expect(readDatasetRows(join(home, 't'), table, 2, 10)).toEqual({ rows: 1, features: features.slice(4), labels: labels.slice(2) })
  expect(readDatasetRows(join(home, 't'), table, 9, 10).rows).toBe(0)
})

test('a write that fails leaves neither the folder nor the temporary one', async () => {
  const broken = { features, labels: { buffer: new ArrayBuffer(8), byteOffset: 4, byteLength: 8 } as unknown as Int32Array }
  await expect(writeDatasetArrays(join(home, 't'), broken, join(home, 'temporary'))).rejects.toThrow()
  expect(existsSync(join(home, 't'))).toBe(false)
  expect(existsSync(join(home, 'temporary'))).toBe(false)
})

test('files that are gone or of another size are refused, by name', async () => {
  const folder = join(home, 't')
  await writeDatasetArrays(folder, { features, labels })
  appendFileSync(join(folder, 'features.f64'), 'x')
  expect(() => openDatasetArrays(folder, table)).toThrow(/features\.f64 has 49 bytes, where 48/)
  truncateSync(join(folder, 'features.f64'), 40)
  expect(() => openDatasetArrays(folder, table)).toThrow(/features\.f64 has 40 bytes, where 48/)
  rmSync(join(folder, 'features.f64'))
  expect(() => openDatasetArrays(folder, table)).toThrow(/there is no file .*features\.f64/)
})

test('chosen rows are read from the file, a block at a time, also where they lie far apart', async () => {
  const rows = 200_000
  const long = { ...table, rows, shape: [rows, 4], classes: null }
  const values = Float64Array.from({ length: rows * 4 }, (_, index) => index)
  await writeDatasetArrays(join(home, 'long'), { features: values, labels: null })
  const source = datasetRowsOnDisk(join(home, 'long'), long)
  for (const stride of [1, 2, 1000, 150_000]) {
    const chosen = Int32Array.from({ length: Math.ceil(rows / stride) }, (_, index) => index * stride)
    const found = Array.from(source.walk(chosen, 4096), (block) => block.filter((_, index) => index % 4 === 3))
    expect(Float64Array.from(found.flatMap((block) => [...block]))).toEqual(Float64Array.from(chosen, (row) => row * 4 + 3))
  }
  await writeDatasetArrays(join(home, 'i'), { pixels, labels: null })
  expect([...datasetRowsOnDisk(join(home, 'i'), images).walk(Int32Array.of(1), 5)]).toEqual([Float64Array.of(253, 254, 255)])
  truncateSync(join(home, 'i', 'pixels.u8'), 5)
  expect(() => [...datasetRowsOnDisk(join(home, 'i'), images).walk(Int32Array.of(1), 5)]).toThrow(/pixels\.u8 has 5 bytes, where 6/)
})
