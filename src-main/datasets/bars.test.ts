import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeCsv, writeIdx, writePictureFolder, writeWideCsv } from './bar-files'
import { readData } from './read'
import { sniff } from './sniff'

/*
 * The bars of an import by what does not depend on who else computes here: bytes that are read, and processor time. The times themselves, of the
 * whole way through a server, are those of `npm run bench:data`.
 */
const folder = mkdtempSync(join(tmpdir(), 'latent-bars-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Bytes this process has read so far; only Linux counts them. */
const counters = '/proc/self/io'
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync(counters, 'utf8'))![1])
const megabyte = 2 ** 20

async function costOf<T>(task: () => Promise<T>): Promise<{ found: T; read: number; cpuMs: number }> {
  const before = { cpu: process.cpuUsage(), read: bytesRead() }
  const found = await task()
  const { user, system } = process.cpuUsage(before.cpu)
  return { found, read: bytesRead() - before.read, cpuMs: (user + system) / 1000 }
}

test.runIf(existsSync(counters))('a preview reads a few megabytes of 100, and a few of 20,000 pictures', async () => {
  const csv = join(folder, 'large.csv')
  writeCsv(csv, 560_000)
  const table = await costOf(() => sniff(csv, {}))
  expect(table.found.columns).toHaveLength(10)
  expect(table.read).toBeLessThan(4 * megabyte)
  expect(table.cpuMs).toBeLessThan(300)
  rmSync(csv)

  const pictures = join(folder, 'pictures')
  writePictureFolder(pictures, 20_000, readFileSync(join(import.meta.dirname, 'fixtures', 'pictures', 'cat', 'a.png')))
  const found = await costOf(() => sniff(pictures, {}))
  expect(found.found.shape?.[0]).toBe(20_000)
  expect(found.read).toBeLessThan(4 * megabyte)
  expect(found.cpuMs).toBeLessThan(1000)
})

/** Processor time of a part of the file that a bar is about, held against as large a part of the bar, and half of it again. */
const imports: [string, number, () => string, number[]][] = [
  ['a tenth of 560,000 rows of ten numbers', 500, () => (writeCsv(join(folder, 'rows.csv'), 56_000), 'rows.csv'), [56_000, 10]],
  ['4,000 columns, a quarter of 1,000 rows', 750, () => (writeWideCsv(join(folder, 'wide.csv'), 4000, 250), 'wide.csv'), [250, 4000]],
  ['a sixth of 60,000 pictures in IDX', 170, () => (writeIdx(join(folder, 'idx'), 10_000), 'idx'), [10_000, 28, 28, 1]],
]
test.each(imports)('%s are read within their part of the bar', async (_what, bar, write, shape) => {
  const path = join(folder, write())
  // Once before, so that loading a reader is no part of it.
  await sniff(path, {})
  const { found, cpuMs } = await costOf(() => readData(path, {}))
  expect(found.shape).toEqual(shape)
  expect(cpuMs).toBeLessThan(1.5 * bar)
})
