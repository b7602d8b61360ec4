import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { ImportOptions } from '@shared/domain/dataset'
import { fingerprint } from './fingerprint'
import type { ParsedData } from './parsed-data'
import { readData } from './read'

const folder = mkdtempSync(join(tmpdir(), 'latent-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function read(content: string | Uint8Array, options: ImportOptions = {}, ending = '.csv'): Promise<ParsedData> {
  const path = join(folder, `file${(files += 1)}${ending}`)
  writeFileSync(path, content)
  return readData(path, options)
}
const rolesOf = (data: ParsedData): Record<string, string> =>
  Object.fromEntries(data.columns.map((column) => [column.name, `${column.type} ${column.role}`]))

test('Old Faithful has the moments and the histogram that pandas and numpy give', async () => {
  const data = await readData(resolve('resources/datasets/faithful.csv'), {})
  expect(data.shape).toEqual([272, 2])
  expect(rolesOf(data)).toEqual({ eruptions: 'real feature', waiting: 'integer feature' })
  const [eruptions, waiting] = data.columns.map((column) => column.summary!)
  // pandas 3.0.6: f.mean(), f.std(ddof=0); numpy 2.4.6: np.histogram(f.eruptions, 20)[0]
  expect(eruptions!.mean).toBeCloseTo(3.4877830882352936, 12)
  expect(eruptions!.standardDeviation).toBeCloseTo(1.139271210225768, 12)
  expect(waiting!.standardDeviation).toBeCloseTo(13.569960017586371, 11)
  expect(waiting).toMatchObject({ minimum: 43, maximum: 96 })
  expect(eruptions!.histogram).toEqual([10, 35, 21, 15, 10, 3, 1, 2, 1, 3, 5, 7, 13, 16, 24, 28, 31, 23, 17, 7])
  expect([...data.features!.subarray(0, 4)]).toEqual([3.6, 79, 1.8, 54])
})

test('missing values are kept as NaN and counted, or their rows dropped, as pandas does', async () => {
  const path = resolve('src-main/datasets/fixture-airquality.csv')
  const kept = await readData(path, { missing: 'keep' })
  // pandas 3.0.6: a.isna().sum(), a.mean(), a.dropna().shape, a.dropna().mean()
  expect(kept.columns.map((column) => column.missing)).toEqual([37, 7, 0, 0, 0, 0])
  expect(kept.rows).toBe(153)
  expect(kept.features!.filter(Number.isNaN).length).toBe(44)
  expect(kept.columns[0]!.summary!.mean).toBeCloseTo(42.12931034482759, 12)
  expect(kept.columns[1]!.summary!.standardDeviation).toBeCloseTo(89.74947304262034, 11)
  const dropped = await readData(path, { missing: 'drop' })
  expect(dropped.shape).toEqual([111, 6])
  expect(dropped.columns.map((column) => column.missing)).toEqual([0, 0, 0, 0, 0, 0])
  expect(dropped.columns.map((column) => column.summary!.mean)).toEqual(
    [42.0990990990991, 184.80180180180182, 9.939639639639639, 77.7927927927928, 7.216216216216216, 15.945945945945946].map((mean) =>
      expect.closeTo(mean, 11),
    ),
  )
})

test('only features count as missing: an ignored column asks for no choice, and keeps its count', async () => {
  const options = { ignore: ['Ozone', 'Solar.R'] }
  const data = await readData(resolve('src-main/datasets/fixture-airquality.csv'), options)
  expect(data.shape).toEqual([153, 4])
  expect(data.columns.map((column) => column.missing)).toEqual([37, 7, 0, 0, 0, 0])
})

test('a label column gives codes in natural order of the class names, −1 where it is empty', async () => {
  const data = await read('a,kind\n1,b\n2,c10\n3,\n4,c9\n5,b\n', { label: 'kind' })
  expect(data.classes).toEqual(['b', 'c9', 'c10'])
  expect([...data.labels!]).toEqual([0, 2, -1, 1, 0])
  expect(data.columns[1]).toMatchObject({ role: 'label', missing: 1 })
  const numbers = await read('a,k\n1,10\n2,9.0\n3,9\n', { label: 'k' })
  expect(numbers.classes).toEqual(['9', '10'])
  expect([...numbers.labels!]).toEqual([1, 0, 0])
  expect(numbers.shape).toEqual([3, 1])
})

test('without a choice a category column called species is the label, a number column called target is not', async () => {
  const data = await read('a,species,b\n1,x,4\n2,y,5\n3,x,6\n')
  expect(rolesOf(data)).toEqual({ a: 'integer feature', species: 'category label', b: 'integer feature' })
  const iris = await readData(resolve('resources/datasets/iris.csv'), {})
  expect(iris.shape).toEqual([150, 5])
  expect(iris.classes).toBeNull()
  const ignored = await read('a,species\n1,x\n2,y\n3,x\n', { ignore: ['species'] })
  expect(ignored.labels).toBeNull()
  const none = await read('a,species\n1,x\n2,y\n3,x\n', { label: '' })
  expect(none.labels).toBeNull()
  expect(rolesOf(none)['species']).toBe('category ignore')
})

test('text columns are no features, and dropping rows drops their labels too', async () => {
  const data = await read('name,a,b,class\nann,1,,u\nbob,2,5,v\ncid,3,6,w\n', { missing: 'drop' })
  expect([...data.features!]).toEqual([2, 5, 3, 6])
  expect(data.classes).toEqual(['v', 'w'])
  expect([...data.labels!]).toEqual([0, 1])
  expect(rolesOf(data)['name']).toBe('category ignore')
})

test.each<[string, string | Uint8Array, ImportOptions]>([
  ['comma', 'a,b\n1.5,2\n-3,4\n', {}],
  ['semicolon and decimal comma', 'a;b\n1,5;2\n-3;4\n', {}],
  ['tab', 'a\tb\n1.5\t2\n-3\t4\n', {}],
  ['vertical bar', 'a|b\n1.5|2\n-3|4\n', {}],
  ['Windows lines and no last one', 'a,b\r\n1.5,2\r\n-3,4', {}],
  ['old Macintosh lines', 'a,b\r1.5,2\r-3,4\r', {}],
  ['blank lines', '\na,b\n\n1.5,2\n  \n-3,4\n\n', {}],
  ['quotes', '"a","b"\n"1.5","2"\n"-3","4"\n', {}],
  ['spaces around', ' a , b \n 1.5 , 2 \n -3 , 4 \n', {}],
  ['byte order mark', '\ufeffa,b\n1.5,2\n-3,4\n', {}],
  ['UTF-16', Buffer.from('\ufeffa,b\n1.5,2\n-3,4\n', 'utf16le'), {}],
  ['gzip', gzipSync('a,b\n1.5,2\n-3,4\n'), {}],
  ['another delimiter by choice', 'a:b\n1.5:2\n-3:4\n', { delimiter: ':' }],
])('the same table is the same dataset: %s', async (_name, content, options) => {
  const data = await read(content, options)
  expect([...data.features!]).toEqual([1.5, 2, -3, 4])
  expect(data.columns.map((column) => column.name)).toEqual(['a', 'b'])
  expect(await fingerprint(data)).toBe(await fingerprint(await read('a,b\n1.5,2\n-3,4\n')))
})

test('a first row of numbers is data and the columns are numbered, unless the choice says header', async () => {
  const plain = await read('1,2\n3,4\n')
  expect(plain.shape).toEqual([2, 2])
  expect(plain.columns.map((column) => column.name)).toEqual(['column 1', 'column 2'])
  expect((await read('1,2\n3,4\n', { header: true })).columns.map((column) => column.name)).toEqual(['1', '2'])
  const years = await read('place,2019,2020,2021\nx,1,2,3\ny,4,5,6\n', { header: true })
  expect(years.shape).toEqual([2, 3])
})

test('Chinese names survive, in UTF-8 and in GBK', async () => {
  const gbk = Buffer.from([0xb3, 0xa4, 0x2c, 0xc0, 0xe0, 0xb1, 0xf0, 0x0a, 0x31, 0x2c, 0xbb, 0xa8, 0x0a, 0x32, 0x2c, 0xb2, 0xdd, 0x0a])
  for (const content of [gbk, '长,类别\n1,花\n2,草\n']) {
    const data = await read(content)
    expect(data.columns.map((column) => column.name)).toEqual(['长', '类别'])
    expect(new Set(data.classes)).toEqual(new Set(['花', '草']))
  }
})

test('quoted cells may hold delimiters, quotes and line breaks, and lines are still counted right', async () => {
  const data = await read('a,note\n1,"x, ""y"""\n2,"two\r\nlines"\n3,z\n', { ignore: ['note'] })
  expect(data.rows).toBe(3)
  await expect(read('a,note\n1,"two\r\nlines"\n2,"and\nthree\nlines"\n3\n')).rejects.toMatchObject({ details: { line: 7 } })
})

test('a table written out and read again is the same numbers', async () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 30 }), async (rows) => {
      const data = await read(`a,b,c\n${rows.map((row) => row.join(',')).join('\n')}\n`)
      expect([...data.features!]).toEqual(rows.flat())
    }),
    { seed: 1, numRuns: 50 },
  )
})

test('the hash sees names, roles, classes and every value', async () => {
  const base = 'a,b,k\n1,2,x\n3,4,y\n'
  const variants: [string, ImportOptions][] = [
    [base, { label: 'k' }],
    [base, { ignore: ['k'] }],
    [base, { label: 'k', ignore: ['a'] }],
    ['a,B,k\n1,2,x\n3,4,y\n', { label: 'k' }],
    ['a,b,k\n1,2,x\n3,4.0000000000000009,y\n', { label: 'k' }],
    ['a,b,k\n1,2,x\n3,4,z\n', { label: 'k' }],
  ]
  const hashes = await Promise.all(variants.map(async ([content, options]) => fingerprint(await read(content, options))))
  expect(new Set(hashes).size).toBe(variants.length)
})

test('many blocks: a long table keeps every value in its place', async () => {
  const rows = 300_000
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row % 7 === 3 ? '' : -row}`)
  const kept = await read(`a,b\n${lines.join('\n')}\n`, { missing: 'keep' })
  expect(kept.features!.every((value, at) => (at % 2 === 0 ? value === at / 2 : Number.isNaN(value) || value === -(at - 1) / 2))).toBe(true)
  const dropped = await read(`a,b\n${lines.join('\n')}\n`, { missing: 'drop' })
  expect(dropped.rows).toBe(rows - kept.columns[1]!.missing)
  expect(dropped.features!.every((value, at) => at % 2 === 0 || value === -dropped.features![at - 1]!)).toBe(true)
})

test('while a large file is read, the host goes on with other work', async () => {
  const content = `a,b,c\n${'1.25,-3.5,7\n'.repeat(400_000)}`
  let turns = 0
  let reading = true
  const other = (): void => {
    turns += 1
    if (reading) setImmediate(other)
  }
  setImmediate(other)
  const data = await read(content)
  reading = false
  expect(data.shape).toEqual([400_000, 3])
  expect(turns).toBeGreaterThan(15)
})
