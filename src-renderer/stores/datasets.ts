import type { Dataset, DatasetFile, DatasetPage, GalleryEntry, ImportOptions, ImportPreview, SeenRows } from '@shared/domain/dataset'
import type { GeneratorSpec, Truth } from '@shared/domain/generator'
import type { TruthScore } from '@shared/domain/truth-score'
import type { Preparation } from '@shared/domain/preparation'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

export const useDatasetsStore = defineStore('datasets', () => {
  const byId = shallowRef(new Map<string, Dataset>())
  const gallery = shallowRef<GalleryEntry[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  /** The import or generation under way. */
  const importing = shallowRef<{ path: string; fraction: number; etaMs: number | null } | null>(null)

  const list = computed(() => [...byId.value.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt)))

  async function load(): Promise<void> {
    try {
      const [datasets, entries] = await Promise.all([host().call('datasets.list', {}), host().call('datasets.gallery', {})])
      byId.value = new Map(datasets.map((dataset) => [dataset.id, dataset]))
      gallery.value = entries
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  function put(dataset: Dataset): void {
    byId.value = new Map(byId.value).set(dataset.id, dataset)
    if (dataset.bundled === null) return
    gallery.value = gallery.value.map((entry) => (entry.name === dataset.bundled ? { ...entry, datasetId: dataset.id } : entry))
  }

  function forget(id: string): void {
    const rest = new Map(byId.value)
    rest.delete(id)
    byId.value = rest
    gallery.value = gallery.value.map((entry) => (entry.datasetId === id ? { ...entry, datasetId: null } : entry))
  }

  async function addBundled(name: string): Promise<Dataset> {
    const dataset = await host().call('datasets.addBundled', { name })
    put(dataset)
    return dataset
  }

  async function follow(path: string, begin: () => Promise<Dataset>): Promise<Dataset> {
    importing.value = { path, fraction: 0, etaMs: null }
    try {
      const dataset = await begin()
      put(dataset)
      return dataset
    } finally {
      importing.value = null
    }
  }
  const importFrom = (path: string, options: ImportOptions): Promise<Dataset> => follow(path, () => host().call('datasets.import', { path, options }))
  const generate = (spec: GeneratorSpec, name?: string): Promise<Dataset> =>
    follow(spec.kind, () => host().call('datasets.generate', { spec, ...(name === undefined ? {} : { name }) }))

  const cancelImport = async (path: string): Promise<void> => void (await host().call('datasets.cancelImport', { path }))
  const sniff = (path: string, options: ImportOptions): Promise<ImportPreview> => host().call('datasets.sniff', { path, options })
  const page = (dataset: string, offset: number, limit: number): Promise<DatasetPage> =>
    host().call('datasets.page', { dataset, offset, limit })
  const remove = async (dataset: string, force = false): Promise<void> => void (await host().call('datasets.remove', { dataset, force }))
  async function update(dataset: string, change: Partial<Pick<Dataset, 'name' | 'description' | 'tags' | 'preparation'>>): Promise<void> {
    put(await host().call('datasets.update', { dataset, ...change }))
  }
  const truth = (dataset: string): Promise<Truth | null> => host().call('datasets.truth', { dataset })
  const score = (id: string): Promise<TruthScore> => host().call('inspect.score', { id })
  const seen = (dataset: string, preparation: Preparation): Promise<SeenRows> => host().call('datasets.seen', { dataset, preparation })

  /** All pieces of a stored dataset as one file. */
  async function exportFile(dataset: string, format: DatasetFile, onProgress: (fraction: number) => void): Promise<Blob> {
    const pieces: Uint8Array<ArrayBuffer>[] = []
    for (let offset: number | null = 0; offset !== null; ) {
      const piece: { bytes: Uint8Array; next: number | null; rows: number } = await host().call('datasets.export', { dataset, format, offset })
      pieces.push(piece.bytes as Uint8Array<ArrayBuffer>)
      offset = piece.next
      onProgress((offset ?? piece.rows) / piece.rows)
    }
    return new Blob(pieces)
  }
  const find = (nameOrId: string): Dataset | undefined =>
    byId.value.get(nameOrId) ?? list.value.find((dataset) => dataset.name === nameOrId)

  /** Paths the host can read for files dropped or chosen here, all in one batch. */
  async function upload(files: File[], onProgress: (name: string, fraction: number) => void): Promise<string[]> {
    const batch = crypto.randomUUID()
    const paths: string[] = []
    for (const file of files) paths.push(await host().pathOf(file, batch, (fraction) => onProgress(file.name, fraction)))
    return paths
  }
  const canBrowse = computed(() => host().choosePath !== null)
  const browse = async (): Promise<string | null> => (await host().choosePath?.()) ?? null

  host().on('dataset.changed', ({ dataset }) => put(dataset))
  host().on('dataset.removed', ({ id }) => forget(id))
  host().on('import.progress', (progress) => {
    if (importing.value?.path === progress.path) importing.value = progress
  })
  host().onGap(() => void load())
  void load()

  return {
    byId,
    list,
    gallery,
    state,
    error,
    importing,
    load,
    addBundled,
    importFrom,
    generate,
    update,
    truth,
    score,
    seen,
    exportFile,
    cancelImport,
    sniff,
    page,
    remove,
    find,
    upload,
    canBrowse,
    browse,
  }
})
