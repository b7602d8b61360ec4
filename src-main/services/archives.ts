import { resolve } from 'node:path'
import { AppError } from '@shared/rpc/errors'
import type { HostEvent } from '@shared/rpc/contract'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import type { Store } from '../store/store'
import { progressOf } from './datasets'
import { findRun } from './run-ids'

export interface ArchiveServiceOptions {
  store: Store
  folder: DataFolder
  version: string
  sweeps: Pick<MethodsOf<'sweeps'>, 'sweeps.get'>
  publish(event: HostEvent): void
}

/** Runs with their data as one file, and back. The code is loaded where an archive is made or read, not with every command. */
export function createArchiveMethods({ store, folder, version, sweeps, publish }: ArchiveServiceOptions): MethodsOf<'archives'> {
  /** Paths that are written or read, and those of them that nobody wants any more. */
  const active = new Set<string>()
  const cancelled = new Set<string>()

  async function during<T>(path: string, work: (tools: { check(): void; onProgress(fraction: number): void }) => Promise<T>): Promise<T> {
    if (active.has(path)) throw new AppError('archive/busy', { path })
    active.add(path)
    const check = (): void => {
      if (cancelled.has(path)) throw new AppError('archive/cancelled', { path })
    }
    try {
      return await work({ check, onProgress: progressOf(path, publish) })
    } finally {
      active.delete(path)
      cancelled.delete(path)
    }
  }

  return {
    'archives.create': async ({ out: wanted, runs, sweeps: ids }) => {
      const out = resolve(wanted)
      const chosen = await Promise.all(ids.map(async (id) => (await sweeps['sweeps.get']({ id })).id))
      const everything = runs.length === 0 && ids.length === 0
      const choice = { runs: everything ? null : runs.map((id) => findRun(store.runs, id).id), sweeps: chosen }
      const { createArchive } = await import('./archive-create')
      return during(out, (tools) => createArchive({ store, folder, version, choice, out, ...tools }))
    },
    'archives.import': async ({ path: wanted }) => {
      const path = resolve(wanted)
      const { importArchive } = await import('./archive-import')
      const imported = await during(path, (tools) => importArchive({ store, folder, path, ...tools }))
      for (const { id, isNew } of imported.runs) {
        const run = isNew ? store.runs.get(id) : null
        if (!run) continue
        const dataset = store.datasets.get(run.datasetId)
        if (dataset) publish({ name: 'dataset.changed', payload: { dataset } })
        publish({ name: 'run.changed', payload: { run } })
      }
      return imported
    },
    'archives.cancel': ({ path }) => {
      const whole = resolve(path)
      if (active.has(whole)) cancelled.add(whole)
      return null
    },
  }
}
