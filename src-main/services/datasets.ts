import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Dataset, DatasetPage, GalleryEntry, ImportOptions } from '@shared/domain/dataset'
import type { HostEvent, MethodName, MethodOutput, Methods } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { z } from 'zod'
import { fingerprint } from '../datasets/fingerprint'
import { openGallery } from '../datasets/gallery'
import type { ParsedData, ReadProgress } from '../datasets/parsed-data'
import { featureNamesOf, imageShapeOf } from '../datasets/prepare'
import { nameOfPath, readData } from '../datasets/read'
import { sniff } from '../datasets/sniff'
import type { TableReader } from '../datasets/formats/sqlite'
import type { DataFolder } from '../files/data-folder'
import { readDatasetRows, removeDatasetFolder, writeDatasetArrays } from '../files/dataset-arrays'
import type { DatasetStore } from '../store/dataset-store-types'

type DatasetMethod = Extract<MethodName, `datasets.${string}`>

export type DatasetMethods = {
  [M in DatasetMethod]: (input: z.output<Methods[M]['input']>) => MethodOutput<M> | Promise<MethodOutput<M>>
}

export interface DatasetService {
  methods: DatasetMethods
  /** By id or name. A bundled dataset is added when its name is asked for and no dataset has it. */
  findDataset(nameOrId: string): Promise<Dataset>
}

export interface DatasetServiceOptions {
  store: DatasetStore
  files: Pick<DataFolder, 'datasetFolder' | 'temporaryFolder'>
  publish: (event: HostEvent) => void
  /** The program's resources; bundled data lie in its folder datasets. */
  resourcesFolder: string
  /** Reads the tables of database files. */
  tables?: TableReader
}

const runsNamedInError = 10

export function createDatasetService({ store, files, publish, resourcesFolder, tables }: DatasetServiceOptions): DatasetService {
  const gallery = openGallery(join(resourcesFolder, 'datasets'))
  const inTurn = createTurns()
  /** Imports that were asked for and have not ended. */
  const imports = new Set<{ path: string; cancelled: boolean }>()

  const lookUp = (nameOrId: string): Dataset | null => store.get(nameOrId) ?? store.findByName(nameOrId)
  const get = (nameOrId: string): Dataset => {
    const dataset = lookUp(nameOrId)
    if (!dataset) throw new AppError('dataset/not-found', { name: nameOrId })
    return dataset
  }

  /** Equal data under the same name is the dataset that is there already. */
  async function add(data: ParsedData, name: string, about: Pick<Dataset, 'bundled' | 'description'>): Promise<Dataset> {
    const sha256 = await fingerprint(data)
    const same = store.list().find((dataset) => dataset.sha256 === sha256 && isNumbered(dataset.name, name))
    if (same) return same
    const { features, pixels, labels, ...described } = data
    const id = randomBytes(6).toString('hex')
    const dataset: Dataset = { id, name: freeName(store, name), ...described, sha256, ...about, createdAt: new Date().toISOString() }
    const folder = files.datasetFolder(id)
    await writeDatasetArrays(folder, { labels, ...(features ? { features } : {}), ...(pixels ? { pixels } : {}) }, files.temporaryFolder())
    try {
      store.insert(dataset)
    } catch (error) {
      removeDatasetFolder(folder)
      throw error
    }
    publish({ name: 'dataset.changed', payload: { dataset } })
    return dataset
  }

  function addBundled(name: string): Promise<Dataset> {
    return inTurn(async () => {
      const entry = gallery.entries.find((candidate) => candidate.name === name)
      if (!entry) throw new AppError('dataset/not-bundled', { name, names: gallery.entries.map((candidate) => candidate.name) })
      const there = store.list().find((dataset) => dataset.bundled === name)
      return there ?? add(await gallery.read(entry), name, { bundled: name, description: entry.description.en })
    })
  }

  function importData(path: string, options: ImportOptions): Promise<Dataset> {
    const wish = { path, cancelled: false }
    imports.add(wish)
    const check = (): void => {
      if (wish.cancelled) throw new AppError('dataset/import-cancelled', { path })
    }
    const tell = progressOf(path, publish)
    return inTurn(async () => {
      check()
      const onProgress: ReadProgress = (fraction) => {
        check()
        tell(fraction)
      }
      const data = await readData(path, options, { onProgress, tables })
      check()
      return add(data, options.name?.trim() || nameOfPath(path, data.kind), { bundled: null, description: '' })
    }).finally(() => imports.delete(wish))
  }

  function cancelImport(path: string): null {
    for (const wish of imports) if (wish.path === path) wish.cancelled = true
    return null
  }

  function remove(nameOrId: string): null {
    const { id, name } = get(nameOrId)
    const runs = store.runsUsing(id)
    if (runs.length > 0) {
      const named = runs.length > runsNamedInError ? [...runs.slice(0, runsNamedInError), '…'] : runs
      throw new AppError('dataset/in-use', { name, count: runs.length, runs: named })
    }
    store.remove(id)
    removeDatasetFolder(files.datasetFolder(id))
    publish({ name: 'dataset.removed', payload: { id } })
    return null
  }

  const galleryEntries = (): GalleryEntry[] => {
    const stored = store.list()
    return gallery.entries.map(({ name, title, description, licence, rows, shape, sha256 }) => {
      const added = stored.find((dataset) => dataset.bundled === name || dataset.sha256 === sha256)
      return { name, title, description, licence, rows, shape, datasetId: added?.id ?? null }
    })
  }

  return {
    findDataset: async (nameOrId) => {
      const isBundled = gallery.entries.some((entry) => entry.name === nameOrId)
      return lookUp(nameOrId) ?? (isBundled ? addBundled(nameOrId) : get(nameOrId))
    },
    methods: {
      'datasets.list': () => store.list(),
      'datasets.get': ({ dataset }) => get(dataset),
      'datasets.page': ({ dataset: nameOrId, offset, limit }) => {
        const dataset = get(nameOrId)
        return readPage(files.datasetFolder(dataset.id), dataset, offset, limit)
      },
      'datasets.gallery': galleryEntries,
      'datasets.addBundled': ({ name }) => addBundled(name),
      'datasets.sniff': ({ path, options }) => sniff(path, options, tables),
      'datasets.import': ({ path, options }) => importData(path, options),
      'datasets.cancelImport': ({ path }) => cancelImport(path),
      'datasets.remove': ({ dataset }) => remove(dataset),
    },
  }
}

function readPage(folder: string, dataset: Dataset, offset: number, limit: number): DatasetPage {
  const { rows, features, labels } = readDatasetRows(folder, dataset, offset, limit)
  const names = dataset.kind === 'table' ? featureNamesOf(dataset) : []
  const { classes } = dataset
  return {
    offset,
    total: dataset.rows,
    rows:
      dataset.kind === 'table'
        ? Array.from({ length: rows }, (_, row) =>
            Array.from(features.subarray(row * names.length, (row + 1) * names.length), (value) => (Number.isNaN(value) ? null : value)),
          )
        : [],
    featureNames: names,
    labels: labels && classes ? Array.from(labels, (code) => classes[code] ?? null) : null,
    pixels: features instanceof Uint8Array ? features : null,
    imageShape: imageShapeOf(dataset),
  }
}

/** iris, iris 2, iris 3, … */
const isNumbered = (name: string, base: string): boolean =>
  name === base || (name.startsWith(`${base} `) && /^\d+$/.test(name.slice(base.length + 1)))

function freeName(store: DatasetStore, base: string): string {
  let name = base
  for (let number = 2; store.findByName(name); number += 1) name = `${base} ${number}`
  return name
}

/** One after the other: two imports at once would find the same name free. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const turn = last.then(task, task)
    last = turn.catch(() => {})
    return turn
  }
}

function progressOf(path: string, publish: (event: HostEvent) => void): ReadProgress {
  let told = 0
  return (fraction) => {
    if (fraction - told < 0.01 && fraction < 1) return
    told = fraction
    publish({ name: 'import.progress', payload: { path, fraction } })
  }
}
