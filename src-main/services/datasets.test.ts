import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { datasetPageSchema, datasetSchema, galleryEntrySchema, importPreviewSchema } from '@shared/domain/dataset'
import { generatorSpecSchema } from '@shared/domain/generator'
import type { HostEvent } from '@shared/rpc/contract'
import { importInto } from '../datasets/import-task'
import { type DataFolder, openDataFolder } from '../files/data-folder'
import { openDatasetArrays } from '../files/dataset-arrays'
import type { StartImport } from '../jobs/importer'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { createDatasetService, type DatasetService } from './datasets'

/** Imports in this process, ended at the next progress after `stop`. */
const startImport: StartImport = (task, onProgress) => {
  let isStopped = false
  const done = importInto(task, {
    onProgress: (fraction) => {
      if (isStopped) throw new Error('stopped')
      onProgress(fraction)
    },
  })
  return { done, stop: () => void (isStopped = true) }
}

let home: string
let files: DataFolder
let store: Store
let events: HostEvent[]
let service: DatasetService
const open = (): DatasetService =>
  createDatasetService({ store: store.datasets, files, startImport, publish: (event) => events.push(event), resourcesFolder: resolve('resources') })

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-datasets-'))
  files = openDataFolder(join(home, 'data'))
  store = openStore(files.database, files.home)
  events = []
  service = open()
})
afterEach(() => {
  store.close()
  rmSync(home, { recursive: true })
})

const csv = (name: string, content: string): string => {
  const path = join(home, name)
  writeFileSync(path, content)
  return path
}
const importFile = async (path: string, options = {}) => service.methods['datasets.import']({ path, options })
const storedFolders = (): string[] => readdirSync(join(files.home, 'datasets'))

test('what is imported is stored, listed, found by id and by name, and told', async () => {
  const dataset = await importFile(csv('points.csv', 'a,b,kind\n1,2,x\n3,4,y\n5,6,x\n'), { label: 'kind' })
  expect(datasetSchema.parse(dataset)).toEqual(dataset)
  expect(dataset).toMatchObject({ name: 'points', format: 'csv', rows: 3, shape: [3, 2], classes: ['x', 'y'], bundled: null })
  expect(service.methods['datasets.list']({})).toEqual([dataset])
  expect(service.methods['datasets.get']({ dataset: dataset.id })).toEqual(dataset)
  expect(await service.findDataset('points')).toEqual(dataset)
  expect(openDatasetArrays(files.datasetFolder(dataset.id), dataset)).toEqual({
    features: Float64Array.of(1, 2, 3, 4, 5, 6),
    labels: Int32Array.of(0, 1, 0),
  })
  expect(events.filter((event) => event.name === 'dataset.changed')).toEqual([{ name: 'dataset.changed', payload: { dataset } }])
  expect(events.findLast((event) => event.name === 'import.progress')?.payload).toMatchObject({ fraction: 1 })
})

test('equal data under the same name is imported once; other data gets a number', async () => {
  const first = await importFile(csv('p.csv', 'a,b\n1,2\n3,4\n'))
  expect((await importFile(csv('p.csv', 'a;b\r\n1;2\r\n3;4\r\n'))).id).toBe(first.id)
  const second = await importFile(csv('p.csv', 'a,b\n1,2\n3,5\n'))
  expect(second.name).toBe('p 2')
  expect((await importFile(csv('p.csv', 'a,b\n1,2\n3,5\n'))).id).toBe(second.id)
  const renamed = await importFile(csv('p.csv', 'a,b\n1,2\n3,4\n'), { name: 'mine' })
  expect(renamed).toMatchObject({ name: 'mine', sha256: first.sha256 })
  expect(storedFolders()).toHaveLength(3)
})

test('two imports at once do not take the same name', async () => {
  const paths = [csv('one.csv', 'a\n1\n2\n'), csv('two.csv', 'a\n3\n4\n')]
  const datasets = await Promise.all(paths.map((path) => importFile(path, { name: 'same' })))
  expect(datasets.map((dataset) => dataset.name).sort()).toEqual(['same', 'same 2'])
})

test('an import that fails leaves nothing behind', async () => {
  await expect(importFile(csv('bad.csv', 'a,b\n1,2\n3,x\n4,5\n'))).rejects.toMatchObject({ code: 'dataset/text-in-number-column' })
  expect(service.methods['datasets.list']({})).toEqual([])
  expect(storedFolders()).toEqual([])
  expect(readdirSync(join(files.home, 'temporary'))).toEqual([])
  expect(events.filter((event) => event.name === 'dataset.changed')).toEqual([])
})

test('a cancelled import ends with a sentence and leaves nothing behind; the next one of the same file goes through', async () => {
  const path = csv('long.csv', `a,b\n${'1.25,2.5\n'.repeat(400_000)}`)
  service = createDatasetService({
    ...{ store: store.datasets, files, startImport, resourcesFolder: resolve('resources') },
    publish: (event) => {
      events.push(event)
      if (event.name === 'import.progress' && event.payload.fraction < 0.5) void service.methods['datasets.cancelImport']({ path })
    },
  })
  await expect(importFile(path)).rejects.toMatchObject({ code: 'dataset/import-cancelled' })
  expect(service.methods['datasets.list']({})).toEqual([])
  expect(storedFolders()).toEqual([])
  expect(readdirSync(join(files.home, 'temporary'))).toEqual([])
  service = open()
  expect(await importFile(path)).toMatchObject({ rows: 400_000 })
})

test('the gallery says which data are there, and a bundled name is added when it is asked for', async () => {
  const before = await service.methods['datasets.gallery']({})
  for (const entry of before) expect(galleryEntrySchema.parse(entry)).toEqual(entry)
  expect(before.map((entry) => [entry.name, entry.datasetId])).toContainEqual(['digits', null])
  const digits = await service.findDataset('digits')
  expect(digits).toMatchObject({ name: 'digits', bundled: 'digits', shape: [1797, 8, 8, 1], valueRange: [0, 16] })
  expect((await service.findDataset('digits')).id).toBe(digits.id)
  expect((await service.methods['datasets.addBundled']({ name: 'digits' })).id).toBe(digits.id)
  const after = await service.methods['datasets.gallery']({})
  expect(after.find((entry) => entry.name === 'digits')?.datasetId).toBe(digits.id)
  await expect(service.findDataset('nothing')).rejects.toMatchObject({ code: 'dataset/not-found' })
  await expect(service.methods['datasets.addBundled']({ name: 'mnist' })).rejects.toMatchObject({ code: 'dataset/not-bundled' })
})

test("a user's dataset goes before the bundled one of its name, and both can be there", async () => {
  const own = await importFile(csv('iris.csv', 'a,b\n1,2\n3,4\n'))
  expect((await service.findDataset('iris')).id).toBe(own.id)
  expect(await service.methods['datasets.addBundled']({ name: 'iris' })).toMatchObject({ name: 'iris 2', bundled: 'iris' })
})

test('removal takes the files too, but refuses while runs use the dataset and says which', async () => {
  const dataset = await importFile(csv('p.csv', 'a\n1\n2\n'))
  store.runs.insert(sampleRun('r1', { datasetId: dataset.id, status: 'completed' }))
  expect(() => service.methods['datasets.remove']({ dataset: 'p', force: false })).toThrow(/p cannot be removed while runs use it: r1 \(1 in all\)/)
  expect(storedFolders()).toEqual([dataset.id])
  store.runs.remove('r1')
  expect(service.methods['datasets.remove']({ dataset: 'p', force: false })).toBeNull()
  expect(storedFolders()).toEqual([])
  expect(events.at(-1)).toEqual({ name: 'dataset.removed', payload: { id: dataset.id } })
  expect(() => service.methods['datasets.get']({ dataset: 'p' })).toThrow(/no dataset called p/)
})

test('removal that is forced leaves the runs', async () => {
  const dataset = await importFile(csv('p.csv', 'a\n1\n2\n'))
  store.runs.insert(sampleRun('r1', { datasetId: dataset.id, status: 'completed' }))
  expect(service.methods['datasets.remove']({ dataset: 'p', force: true })).toBeNull()
  expect(storedFolders()).toEqual([])
  expect(store.runs.get('r1')).toMatchObject({ datasetId: dataset.id })
})

test('a dataset is renamed, described and tagged, and keeps its data; a name that is taken is refused', async () => {
  const dataset = await importFile(csv('p.csv', 'a\n1\n2\n'))
  await importFile(csv('q.csv', 'a\n1\n3\n'))
  const changed = { ...dataset, name: 'mine', description: 'two rows', tags: ['small'] }
  expect(service.methods['datasets.update']({ dataset: 'p', name: ' mine ', description: 'two rows', tags: ['small'] })).toEqual(changed)
  expect(events.at(-1)).toEqual({ name: 'dataset.changed', payload: { dataset: changed } })
  expect(open().methods['datasets.get']({ dataset: 'mine' })).toEqual(changed)
  expect(() => service.methods['datasets.update']({ dataset: 'mine', name: 'q' })).toThrow(/called q already/)
})

test('generated data are a dataset like any other, with the truth beside it; the same specification is the same dataset', async () => {
  const spec = generatorSpecSchema.parse({ kind: 'swiss-roll', rows: 50, seed: 3 })
  const dataset = await service.methods['datasets.generate']({ spec })
  expect(datasetSchema.parse(dataset)).toEqual(dataset)
  expect(dataset).toMatchObject({ name: 'swiss-roll', format: 'generated', shape: [50, 3], truth: { generator: spec, factors: ['angle', 'height'] } })
  const truth = await service.methods['datasets.truth']({ dataset: dataset.id })
  expect(truth?.factors.map(({ values }) => values.length)).toEqual([50, 50])
  expect((await service.methods['datasets.generate']({ spec })).id).toBe(dataset.id)
  expect(await service.methods['datasets.truth']({ dataset: (await service.findDataset('iris')).id })).toBeNull()
})

test('pages hold the rows as imported: numbers, missing values, labels', async () => {
  await importFile(csv('p.csv', 'name,a,b,class\nq,1,2,u\nr,,4,v\ns,5,6,\n'), { missing: 'keep' })
  const page = await service.methods['datasets.page']({ dataset: 'p', offset: 1, limit: 100 })
  expect(datasetPageSchema.parse(page)).toEqual(page)
  expect(page).toEqual({
    offset: 1,
    total: 3,
    rows: [
      [null, 4],
      [5, 6],
    ],
    featureNames: ['a', 'b'],
    labels: ['v', null],
    pixels: null,
    imageShape: null,
  })
})

test('pages of images hold raw pixels', async () => {
  await service.findDataset('fashion-mnist')
  const page = await service.methods['datasets.page']({ dataset: 'fashion-mnist', offset: 5999, limit: 3 })
  expect(page).toMatchObject({ total: 7000, rows: [], imageShape: [28, 28, 1] })
  expect(page.pixels).toHaveLength(3 * 784)
  expect(page.labels).toHaveLength(3)
})

test('a preview stores nothing', async () => {
  const path = csv('p.csv', 'a,b,target\n1,2,0\n3,4,1\n')
  const preview = await service.methods['datasets.sniff']({ path, options: {} })
  expect(importPreviewSchema.parse(preview)).toEqual(preview)
  expect(preview).toMatchObject({
    suggestedName: 'p',
    delimiter: ',',
    header: true,
    rows: [
      ['1', '2', '0'],
      ['3', '4', '1'],
    ],
    problem: null,
  })
  expect(preview.columns.map((column) => column.role)).toEqual(['feature', 'feature', 'label'])
  expect(service.methods['datasets.list']({})).toEqual([])
})

test('datasets are there after the program was closed and opened again, even when the file is not', async () => {
  const path = csv('p.csv', 'a,b\n1,2\n3,4\n')
  const dataset = await importFile(path)
  rmSync(path)
  store.close()
  store = openStore(files.database, files.home)
  service = open()
  expect(service.methods['datasets.list']({})).toEqual([dataset])
  expect((await service.methods['datasets.page']({ dataset: 'p', offset: 0, limit: 10 })).rows).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test('the resources may lie anywhere', async () => {
  cpSync(resolve('resources'), join(home, 'elsewhere'), { recursive: true })
  const moved = createDatasetService({ store: store.datasets, files, startImport, publish: () => {}, resourcesFolder: join(home, 'elsewhere') })
  expect(await moved.findDataset('faithful')).toMatchObject({ source: [{ path: 'faithful.csv', bytes: 2271 }] })
})
