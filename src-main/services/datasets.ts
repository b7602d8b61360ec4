import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Dataset, DatasetFile, DatasetPage, GalleryEntry, SeenRows } from '@shared/domain/dataset'
import type { Preparation } from '@shared/domain/preparation'
import type { Imported, ImportTask } from '@shared/domain/worker-protocol'
import type { HostEvent, MethodName, MethodOutput, Methods } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { z } from 'zod'
import type { TableReader } from '../datasets/formats/sqlite'
import { fileHead, fileRows } from '../datasets/export-rows'
import { openGallery } from '../datasets/gallery'
import { store as storeArrays } from '../datasets/import-task'
import { featureNamesOf, imageShapeOf } from '../datasets/prepare'
import { seenRows } from '../datasets/preview'
import { nameOfPath } from '../datasets/read'
import { sniff } from '../datasets/sniff'
import type { DataFolder } from '../files/data-folder'
import { placeDatasetFolder, readDatasetRows, readTruth, removeDatasetFolder } from '../files/dataset-arrays'
import type { ImportJob, StartImport } from '../jobs/importer'
import { createTimeLeft } from '../jobs/time-left'
import type { DatasetStore } from '../store/dataset-store-types'

type DatasetMethod = Extract<MethodName, `datasets.${string}`>

export type DatasetMethods = {
  [M in DatasetMethod]: (input: z.output<Methods[M]['input']>) => MethodOutput<M> | Promise<MethodOutput<M>>
}

export interface DatasetService {
  methods: DatasetMethods
  /** By id or name. A bundled dataset is added when its name is asked for and no dataset has it. */
  findDataset(nameOrId: string): Promise<Dataset>
  /** Ends the imports that are under way; they leave nothing. */
  close(): Promise<void>
}

export interface DatasetServiceOptions {
  store: DatasetStore
  files: Pick<DataFolder, 'datasetFolder' | 'temporaryFolder'>
  startImport: StartImport
  publish: (event: HostEvent) => void
  /** The program's resources; bundled data lie in its folder datasets. */
  resourcesFolder: string
  /** Reads the tables of database files. */
  tables?: TableReader
}

type About = Pick<Dataset, 'bundled' | 'description' | 'preparation'>
const ownData: About = { bundled: null, description: '' }
const runsNamedInError = 10

export function createDatasetService({ store, files, startImport, publish, resourcesFolder, tables }: DatasetServiceOptions): DatasetService {
  const gallery = openGallery(join(resourcesFolder, 'datasets'))
  /** Imports that have not ended. */
  const imports = new Set<{ path: string; job: ImportJob; cancelled: boolean; ended: Promise<unknown> }>()

  const lookUp = (nameOrId: string): Dataset | null => store.get(nameOrId) ?? store.findByName(nameOrId)
  const get = (nameOrId: string): Dataset => {
    const dataset = lookUp(nameOrId)
    if (!dataset) throw new AppError('dataset/not-found', { name: nameOrId })
    return dataset
  }
  const tell = (dataset: Dataset): Dataset => {
    publish({ name: 'dataset.changed', payload: { dataset } })
    return dataset
  }

  /** Lets a task fill a folder and makes a dataset of it. Equal data under the same name is the dataset that is there already. */
  async function add(fill: (folder: string) => Promise<Imported>, wanted: (described: Imported['described']) => string, about: About): Promise<Dataset> {
    const filled = files.temporaryFolder()
    try {
      const { described, sha256, truth } = await fill(filled)
      const name = wanted(described)
      const same = store.list().find((dataset) => dataset.sha256 === sha256 && isNumbered(dataset.name, name))
      if (same) return same
      const id = randomBytes(6).toString('hex')
      const createdAt = new Date().toISOString()
      const dataset: Dataset = { id, name: freeName(store, name), ...described, sha256, ...(truth ? { truth } : {}), ...about, createdAt }
      const folder = files.datasetFolder(id)
      placeDatasetFolder(filled, folder)
      try {
        store.insert(dataset)
      } catch (error) {
        removeDatasetFolder(folder)
        throw error
      }
      return tell(dataset)
    } finally {
      removeDatasetFolder(filled)
    }
  }

  async function addBundled(name: string): Promise<Dataset> {
    const entry = gallery.entries.find((candidate) => candidate.name === name)
    if (!entry) throw new AppError('dataset/not-bundled', { name, names: gallery.entries.map((candidate) => candidate.name) })
    const there = store.list().find((dataset) => dataset.bundled === name)
    if (there) return there
    const read = async (folder: string): Promise<Imported> => ({ ...(await storeArrays(folder, await gallery.read(entry))), truth: null })
    const fill = entry.generator ? importing(name, { kind: 'generator', spec: entry.generator }) : read
    return add(fill, () => name, { bundled: name, description: entry.description.en })
  }

  /** Fills a folder in a process of its own; `path` names the import in its progress and to who wants to cancel it. */
  const importing =
    (path: string, source: ImportTask['source']) =>
    async (folder: string): Promise<Imported> => {
      const job = startImport({ source, folder }, progressOf(path, publish))
      const entry = { path, job, cancelled: false, ended: job.done.catch(() => {}) }
      imports.add(entry)
      try {
        return await job.done
      } catch (error) {
        throw entry.cancelled ? new AppError('dataset/import-cancelled', { path }) : error
      } finally {
        imports.delete(entry)
      }
    }

  function importData(
    path: string,
    source: ImportTask['source'],
    nameOf: (described: Imported['described']) => string,
    preparation?: Preparation,
  ): Promise<Dataset> {
    return add(importing(path, source), nameOf, { ...ownData, ...(preparation ? { preparation } : {}) })
  }

  function cancelImport(path: string | null): null {
    for (const entry of imports) {
      if (path !== null && entry.path !== path) continue
      entry.cancelled = true
      entry.job.stop()
    }
    return null
  }

  function update(nameOrId: string, { name, description, tags, preparation }: Omit<z.output<Methods['datasets.update']['input']>, 'dataset'>): Dataset {
    const dataset = get(nameOrId)
    const wanted = name?.trim()
    if (wanted && wanted !== dataset.name && store.findByName(wanted)) throw new AppError('dataset/name-taken', { name: wanted })
    const changed = { ...dataset, ...(wanted ? { name: wanted } : {}), ...(description === undefined ? {} : { description }), ...(tags ? { tags } : {}), ...(preparation ? { preparation } : {}) }
    store.update(changed)
    return tell(changed)
  }

  /** With `force`, runs that used it stay, with all they have found; what needs the data themselves then says that they are gone. */
  function remove(nameOrId: string, force: boolean): null {
    const { id, name } = get(nameOrId)
    const runs = store.runsUsing(id)
    if (runs.length > 0 && !force) {
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
      'datasets.import': ({ path, options }) =>
        importData(path, { kind: 'file', path, options }, ({ kind }) => options.name?.trim() || nameOfPath(path, kind), options.preparation),
      'datasets.generate': ({ spec, name }) => importData(spec.kind, { kind: 'generator', spec }, () => name?.trim() || spec.kind),
      'datasets.cancelImport': ({ path }) => cancelImport(path),
      'datasets.truth': ({ dataset }) => readTruth(files.datasetFolder(get(dataset).id)),
      'datasets.seen': ({ dataset, preparation }) => seenOf(files, get(dataset), preparation),
      'datasets.export': ({ dataset, format, offset }) => exportPiece(files, get(dataset), format, offset),
      'datasets.update': ({ dataset, ...change }) => update(dataset, change),
      'datasets.remove': ({ dataset, force }) => remove(dataset, force),
    },
    close: async () => {
      cancelImport(null)
      await Promise.all([...imports].map(({ ended }) => ended))
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

const rowsLookedAt = 2000

/** Fitted on the training rows among the first few thousand. */
function seenOf(files: DatasetServiceOptions['files'], dataset: Dataset, preparation: Preparation): SeenRows {
  const { features, labels, rows } = readDatasetRows(files.datasetFolder(dataset.id), dataset, 0, rowsLookedAt)
  const complete = rows === dataset.rows
  const part = complete ? dataset : { ...dataset, rows, shape: [rows, ...dataset.shape.slice(1)], parts: [] }
  return seenRows(part, { features, labels }, preparation, complete)
}

const numbersPerPiece = 1 << 18

function exportPiece(files: DatasetServiceOptions['files'], dataset: Dataset, format: DatasetFile, offset: number): MethodOutput<'datasets.export'> {
  const width = dataset.shape.slice(1).reduce((product, size) => product * size, 1)
  const part = readDatasetRows(files.datasetFolder(dataset.id), dataset, offset, Math.max(1, Math.floor(numbersPerPiece / width)))
  const bytes = fileRows(dataset, part, format)
  const reached = offset + part.rows
  return { bytes: offset === 0 ? joined(fileHead(dataset, format), bytes) : bytes, next: reached < dataset.rows ? reached : null, rows: dataset.rows }
}

function joined(head: Uint8Array, rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + rest.length)
  whole.set(head)
  whole.set(rest, head.length)
  return whole
}

/** iris, iris 2, iris 3, … */
const isNumbered = (name: string, base: string): boolean =>
  name === base || (name.startsWith(`${base} `) && /^\d+$/.test(name.slice(base.length + 1)))

export function freeName(store: DatasetStore, base: string): string {
  let name = base
  for (let number = 2; store.findByName(name); number += 1) name = `${base} ${number}`
  return name
}

/** Tells at most a hundred times how far an import is, and how long it may still take. */
export function progressOf(path: string, publish: (event: HostEvent) => void): (fraction: number) => void {
  let told = 0
  const timeLeft = createTimeLeft()
  return (fraction) => {
    timeLeft.add(Date.now(), fraction)
    if (fraction - told < 0.01 && fraction < 1) return
    told = fraction
    publish({ name: 'import.progress', payload: { path, fraction, etaMs: timeLeft.estimate().etaMs } })
  }
}
