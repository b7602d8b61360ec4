import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type ArchiveManifest, archiveVersion, type CreatedArchive } from '@shared/domain/archive'
import { isTerminal, type Run } from '@shared/domain/run'
import type { Sweep } from '@shared/domain/sweep'
import { AppError } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'
import { createZip, type ZipWriter } from '../files/zip-writer'
import type { StoredSweep } from '../store/sweep-store'
import type { Store } from '../store/store'

export interface ArchiveChoice {
  /** Whole ids; null is everything. */
  runs: readonly string[] | null
  sweeps: readonly string[]
}

export interface CreateArchive {
  store: Store
  folder: DataFolder
  version: string
  choice: ArchiveChoice
  out: string
  onProgress(fraction: number): void
  /** Throws where the user does not want it any more. */
  check(): void
}

interface Contents {
  runs: Run[]
  datasets: string[]
  sweeps: StoredSweep[]
  selections: string[]
  reports: string[]
  leftOut: string[]
}

/** What goes along: the runs with their data, the sweeps they are of; of the whole project also selections and reports. */
function contentsOf({ store, choice }: CreateArchive): Contents {
  const everything = choice.runs === null
  const named = choice.runs ?? []
  const sweeps = (everything ? store.sweeps.list().map(({ id }) => id) : choice.sweeps).flatMap((id) => store.sweeps.get(id) ?? [])
  const ofSweeps = sweeps.flatMap(({ id }) => store.sweeps.trials(id).flatMap(({ runs }) => runs.map((run) => run.id)))
  const ids = everything ? allRuns(store) : [...named, ...ofSweeps]
  // oldest first, so that they come in as they came to be
  const found = [...new Set(ids)].reverse().flatMap((id) => store.runs.get(id) ?? []).sort((left, right) => left.createdAt.localeCompare(right.createdAt))
  const runs = found.filter(({ status }) => isTerminal(status))
  const leftOut = found.filter(({ status }) => !isTerminal(status)).map(({ id }) => id)
  const selections = everything ? store.selections.list().filter(({ status }) => status !== 'running' && status !== 'queued') : []
  const usedBy = [...runs.map(({ datasetId }) => datasetId), ...selections.map(({ datasetId }) => datasetId)]
  const datasets = [...new Set(everything ? store.datasets.list().map(({ id }) => id) : usedBy)].filter((id) => store.datasets.get(id))
  // a sweep that goes on would be one that nobody continues
  const overs = sweeps.filter(({ status }) => status !== 'running' && status !== 'paused')
  return { runs, leftOut, datasets, sweeps: overs, selections: selections.map(({ id }) => id), reports: everything ? store.reports.list().map(({ id }) => id) : [] }
}

function allRuns(store: Store): string[] {
  const ids: string[] = []
  for (const shelf of ['current', 'archive'] as const) {
    for (let offset = 0; ; ) {
      const { runs } = store.runs.list('', offset, 1000, shelf)
      if (runs.length === 0) break
      ids.push(...runs.map(({ id }) => id))
      offset += runs.length
    }
  }
  return ids
}

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : []

/** Written beside, then renamed: whoever looks finds a whole archive or none. */
export async function createArchive(options: CreateArchive): Promise<CreatedArchive> {
  const { folder, out, onProgress, check } = options
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory()) throw new AppError('export/is-folder', { path: out })
  if (existsSync(out)) throw new AppError('export/exists', { path: out })
  const contents = contentsOf(options)
  const folders = [...contents.datasets.map((id) => folder.datasetFolder(id)), ...contents.runs.map(({ id }) => folder.runFolder(id))]
  const total = folders.flatMap(filesBelow).reduce((sum, path) => sum + statSync(path).size, 0)
  let done = 0
  const beside = `${out}.${process.pid}.part`
  let zip: ZipWriter | null = null
  try {
    mkdirSync(dirname(out), { recursive: true })
    zip = createZip(beside, (bytes) => {
      check()
      done += bytes
      onProgress(Math.min(1, done / Math.max(1, total)))
    })
    await fill(zip, options, contents)
    zip.finish()
    zip.close()
    zip = null
    renameSync(beside, out)
  } catch (error) {
    if (error instanceof AppError || !('code' in (error as object))) throw error
    throw new AppError('cli/out-unwritable', { path: out, reason: (error as Error).message })
  } finally {
    zip?.close()
    rmSync(beside, { force: true })
  }
  const { runs, datasets, sweeps, selections, reports, leftOut } = contents
  return { out, bytes: statSync(out).size, leftOut, contents: { runs: runs.length, datasets: datasets.length, sweeps: sweeps.length, selections: selections.length, reports: reports.length } }
}

async function fill(into: ZipWriter, { store, folder, version }: CreateArchive, { runs: all, ...rest }: Contents): Promise<void> {
  const files: ArchiveManifest['files'] = []
  const addFolder = async (name: string, from: string): Promise<void> => {
    for (const path of filesBelow(from)) files.push(await into.addFile(`${name}/${relative(from, path).split(sep).join('/')}`, path))
  }
  const addText = async (name: string, value: unknown): Promise<void> => void files.push(await into.addText(name, `${JSON.stringify(value)}\n`))
  for (const id of rest.datasets) {
    await addText(`datasets/${id}/dataset.json`, store.datasets.get(id))
    await addFolder(`datasets/${id}/files`, folder.datasetFolder(id))
  }
  for (const run of all) {
    const inquiries = store.inquiries.list(run.id).filter(({ status }) => status === 'completed').map((inquiry) => ({ inquiry, answer: store.inquiries.answerOf(inquiry.id) }))
    await addText(`runs/${run.id}/run.json`, { run, series: store.metrics.read(run.id), artifacts: store.runs.artifacts(run.id), inquiries })
    await addFolder(`runs/${run.id}/files`, folder.runFolder(run.id))
  }
  for (const sweep of rest.sweeps) await addText(`sweeps/${sweep.id}.json`, { sweep: sweep satisfies Omit<Sweep, 'counts' | 'best' | 'bestValue' | 'etaMs'>, trials: store.sweeps.trials(sweep.id) })
  for (const id of rest.selections) await addText(`selections/${id}.json`, { selection: store.selections.get(id), units: store.selections.units(id) })
  for (const id of rest.reports) await addText(`reports/${id}.json`, store.reports.get(id))
  const manifest: ArchiveManifest = { format: 'latent-archive', version: archiveVersion, app: version, createdAt: new Date().toISOString(), files }
  await into.addText('archive.json', `${JSON.stringify(manifest, null, 1)}\n`)
}
