import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImportOptions } from '@shared/domain/dataset'
import { npyHeader } from '@shared/domain/npy-header'
import { AppError } from '@shared/rpc/errors'
import { readNumberTable } from './array-table'
import { arrayRecords } from './arrays'
import { assemble } from './csv'
import { columnNames, findProblem, typeColumns } from './csv-columns'
import { addRecord, createTable } from './csv-table'
import { fingerprint } from './fingerprint'
import { BlockStore, blocksOf, mostHeld } from './number-blocks'
import type { ParsedData } from './parsed-data'
import { readData } from './read'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-arrays-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

type Outcome = Omit<ParsedData, 'format' | 'source'> | object
const outcome = (task: Promise<Outcome>): Promise<Outcome> => task.catch((error: unknown) => (error instanceof AppError ? error.toJSON() : Promise.reject(error as Error)))

/** By way of cells, as texts are read. */
async function byCells(shape: number[], values: Float64Array, options: ImportOptions): Promise<Outcome> {
  const content = arrayRecords('a.npy', { kind: 'array', shape, values })
  const table = createTable(columnNames('a.npy', content.names!, false, options), () => false)
  for await (const records of content.records) for (const record of records) addRecord(table, record, 'a.npy', false)
  const columns = typeColumns(table, options, false)
  const problem = findProblem('a.npy', table, columns, options)
  if (problem) throw problem
  return assemble('a.npy', table, columns, options)
}

test('arrays of numbers become the same dataset with and without cells, and the same errors', async () => {
  const value = fc.oneof({ weight: 6, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }) }, { weight: 6, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.constantFrom(NaN, Infinity))
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 4 }),
    pool: fc.array(value, { minLength: 48, maxLength: 48 }),
    missing: fc.constantFrom(undefined, 'keep' as const, 'drop' as const),
    ignored: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ rows, width, pool, missing, ignored }) => {
      const values = Float64Array.from(pool.slice(0, rows * width))
      const options = { ...(missing ? { missing } : {}), ...(ignored ? { ignore: ['column 1'] } : {}) }
      const shape = [rows, width]
      expect(await outcome(readNumberTable('a.npy', { shape, values, labels: null }, options))).toEqual(await outcome(byCells(shape, values, options)))
    }),
    { numRuns: 300 },
  )
})

test('blocks beyond what memory is to hold go to a file and come back', () => {
  const path = join(folder, 'spilled')
  const store = new BlockStore(4, path, 8)
  for (let index = 0; index < 10; index += 1) store.add().fill(index)
  expect(readdirSync(folder)).toContain('spilled')
  for (const index of [3, 9, 0, 7, 3]) expect([...store.at(index)]).toEqual([index, index, index, index])
  store.close()
  expect(readdirSync(folder)).not.toContain('spilled')
})

test('an array that memory is not to hold is read from its place, and is the same dataset', async () => {
  const rows = mostHeld / 8 + 1
  const path = join(folder, 'large.npy')
  writeFileSync(path, npyHeader('|u1', [rows, 8]))
  const pattern = Uint8Array.from({ length: 8 * 4096 }, (_, index) => index % 251)
  for (let row = 0; row < rows; row += 4096) writeFileSync(path, pattern.subarray(0, 8 * Math.min(4096, rows - row)), { flag: 'a' })
  const data = await readData(path, {})
  expect(data).toMatchObject({ rows, shape: [rows, 8] })
  expect(data.features).toBeUndefined()
  expect(data.columns[0]).toMatchObject({ type: 'integer', missing: 0 })
  let [length, sum] = [0, 0]
  for (const block of blocksOf(data.featureBlocks!)) {
    length += block.length
    sum += block[0]!
  }
  expect(length).toBe(rows * 8)
  expect(sum).toBeGreaterThanOrEqual(0)
  expect(await fingerprint(data)).toBe(await fingerprint(data))
  data.release!()
}, 60_000)
