import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { HostEvent } from '@shared/rpc/contract'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import type { Store } from '../store/store'
import type { FreshIds } from './archive-merge'
import type { FileWork } from './file-work'
import { findRun } from './run-ids'

export interface ArchiveServiceOptions {
  store: Store
  folder: DataFolder
  version: string
  work: FileWork
  sweeps: Pick<MethodsOf<'sweeps'>, 'sweeps.get'>
  publish(event: HostEvent): void
}

/** Runs with their data as one file, and back. The code is loaded where an archive is made or read, not with every command. */
export function createArchiveMethods({ store, folder, version, work, sweeps, publish }: ArchiveServiceOptions): MethodsOf<'archives'> {
  async function tell({ datasets, runs, sweeps: ofSweeps, selections, reports }: FreshIds): Promise<void> {
    for (const dataset of datasets.flatMap((id) => store.datasets.get(id) ?? [])) publish({ name: 'dataset.changed', payload: { dataset } })
    for (const run of runs.flatMap((id) => store.runs.get(id) ?? [])) publish({ name: 'run.changed', payload: { run } })
    for (const id of ofSweeps) publish({ name: 'sweep.changed', payload: { sweep: await sweeps['sweeps.get']({ id }) } })
    for (const selection of selections.flatMap((id) => store.selections.get(id) ?? [])) publish({ name: 'selection.changed', payload: { selection } })
    for (const report of reports.flatMap((id) => store.reports.get(id) ?? [])) publish({ name: 'report.changed', payload: { report } })
  }

  return {
    'archives.place': () => {
      const downloads = join(homedir(), 'Downloads')
      const base = join(existsSync(downloads) ? downloads : homedir(), `latent-${new Date().toISOString().slice(0, 10)}`)
      let out = `${base}.zip`
      for (let number = 2; existsSync(out); number += 1) out = `${base}-${number}.zip`
      return { out }
    },
    'archives.create': async ({ out: wanted, runs, sweeps: ids }) => {
      const out = resolve(wanted)
      const chosen = await Promise.all(ids.map(async (id) => (await sweeps['sweeps.get']({ id })).id))
      const everything = runs.length === 0 && ids.length === 0
      const choice = { runs: everything ? null : runs.map((id) => findRun(store.runs, id).id), sweeps: chosen }
      const { createArchive } = await import('./archive-create')
      return work.during(out, (tools) => createArchive({ store, folder, version, choice, out, ...tools }))
    },
    'archives.import': async ({ path: wanted }) => {
      const path = resolve(wanted)
      const { importArchive } = await import('./archive-import')
      const { imported, fresh } = await work.during(path, (tools) => importArchive({ store, folder, path, ...tools }))
      await tell(fresh)
      return imported
    },
    'archives.cancel': ({ path }) => {
      work.cancel(path)
      return null
    },
  }
}
