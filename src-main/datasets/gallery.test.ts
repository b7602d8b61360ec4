import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { galleryEntrySchema } from '@shared/domain/dataset'
import { fingerprint } from './fingerprint'
import { openGallery } from './gallery'

const gallery = openGallery(resolve('resources/datasets'))

test('the gallery holds the promised datasets in the form the contract has', () => {
  expect(gallery.entries.map((entry) => entry.name)).toEqual(['faithful', 'iris', 'wine', 'earthquakes', 'casino', 'airquality', 'digits', 'fashion-mnist', 'sprites'])
  for (const entry of gallery.entries) galleryEntrySchema.parse({ ...entry, datasetId: null })
})

test.each(gallery.entries.map((entry) => [entry.name, entry] as const))(
  '%s is what its entry says, to the last byte',
  async (_name, entry) => {
    const data = await gallery.read(entry)
    expect(data.shape).toEqual(entry.shape)
    expect(data.rows).toBe(entry.rows)
    expect(await fingerprint(data)).toBe(entry.sha256)
    const paths = data.source.map((file) => file.path)
    if (entry.generator) expect(paths).toEqual([])
    else expect(paths).toContain(entry.path.includes('.') ? entry.path : `${entry.path}/train-images-idx3-ubyte.gz`)
  },
)

test('labels have the counts of the literature', async () => {
  const counts = async (name: string): Promise<Record<string, number>> => {
    const { labels, classes } = await gallery.read(gallery.entries.find((entry) => entry.name === name)!)
    const count: Record<string, number> = {}
    for (const label of labels!) count[classes![label]!] = (count[classes![label]!] ?? 0) + 1
    return count
  }
  expect(await counts('iris')).toEqual({ setosa: 50, versicolor: 50, virginica: 50 })
  expect(await counts('wine')).toEqual({ 'cultivar 1': 59, 'cultivar 2': 71, 'cultivar 3': 48 })
  // numpy 2.4.6: np.bincount(np.genfromtxt('digits.csv', delimiter=',', skip_header=1)[:, 64].astype(int))
  expect(Object.values(await counts('digits'))).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  expect(new Set(Object.values(await counts('fashion-mnist')))).toEqual(new Set([700]))
})

test('what is missing from the air of New York stays missing, and time is no feature', async () => {
  const air = await gallery.read(gallery.entries.find((entry) => entry.name === 'airquality')!)
  // as in R's datasets::airquality: 37 and 7
  expect(air.columns.map(({ name, role, missing }) => [name, role, missing])).toEqual([
    ['Ozone', 'feature', 37],
    ['Solar.R', 'feature', 7],
    ['Wind', 'feature', 0],
    ['Temp', 'feature', 0],
    ['Month', 'ignore', 0],
    ['Day', 'ignore', 0],
  ])
})

test('digits keep their range of 0 to 16, and Fashion-MNIST its own test part', async () => {
  const digits = await gallery.read(gallery.entries.find((entry) => entry.name === 'digits')!)
  expect(digits.valueRange).toEqual([0, 16])
  expect(digits.columns[0]!.summary).toMatchObject({ minimum: 0, maximum: 16 })
  expect(digits.parts).toEqual([])
  const fashion = await gallery.read(gallery.entries.find((entry) => entry.name === 'fashion-mnist')!)
  expect(fashion.parts).toEqual([
    { name: 'train', start: 0, rows: 6000 },
    { name: 'test', start: 6000, rows: 1000 },
  ])
})

test('all bundled data together stay below 5 MB', () => {
  const files = [
    'faithful.csv',
    'iris.csv',
    'wine.csv',
    'earthquakes.csv',
    'casino.csv',
    'airquality.csv',
    'digits/digits-images-idx3-ubyte.gz',
    'fashion-mnist/train-images-idx3-ubyte.gz',
    'fashion-mnist/t10k-images-idx3-ubyte.gz',
  ]
  expect(files.reduce((sum, file) => sum + statSync(resolve('resources/datasets', file)).size, 0)).toBeLessThan(5e6)
})
