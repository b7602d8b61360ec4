import type { CreatedArchive, ImportedArchive } from '@shared/domain/archive'
import type { Notice } from '@shared/domain/run'
import type { MethodOutput } from '@shared/rpc/contract'
import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

export type ImportedRuns = { kind: 'archive'; found: ImportedArchive } | { kind: 'programs'; found: MethodOutput<'imports.runs'>['runs'] }

/** Work on a file, which goes on while other pages are looked at; `path` is null while there is none. */
interface Transfer<T> {
  path: string | null
  fraction: number
  etaMs: number | null
  done: T | null
  error: Notice | null
}

function createTransfer<T>() {
  const state = shallowReactive<Transfer<T>>({ path: null, fraction: 0, etaMs: null, done: null, error: null })
  host().on('import.progress', ({ path, fraction, etaMs }) => {
    if (path === state.path) Object.assign(state, { fraction, etaMs })
  })
  async function run(path: string, begin: () => Promise<T>): Promise<void> {
    Object.assign(state, { path, fraction: 0, etaMs: null, done: null, error: null })
    try {
      state.done = await begin()
    } catch (problem) {
      state.error = noticeOf(problem)
    } finally {
      state.path = null
    }
  }
  const cancel = async (): Promise<void> => void (state.path !== null && (await host().call('archives.cancel', { path: state.path })))
  return { state, run, cancel }
}

/** Archives out and in, and runs of other programs in. */
export const useExchangeStore = defineStore('exchange', () => {
  const writing = createTransfer<CreatedArchive>()
  const reading = createTransfer<ImportedRuns>()

  const place = async (): Promise<string> => (await host().call('archives.place', {})).out
  /** Without runs and sweeps: everything there is. */
  const write = (out: string, choice: { runs: string[]; sweeps: string[] }): Promise<void> => writing.run(out, () => host().call('archives.create', { out, ...choice }))
  /** A zip is an archive; everything else was written by another program. */
  const read = (path: string): Promise<void> =>
    reading.run(path, async () =>
      /\.zip$/i.test(path)
        ? { kind: 'archive', found: await host().call('archives.import', { path }) }
        : { kind: 'programs', found: (await host().call('imports.runs', { path })).runs },
    )
  const canBrowse = computed(() => host().choosePath !== null)
  const browse = async (kind: 'file' | 'folder'): Promise<string | null> => (await host().choosePath?.(kind)) ?? null

  return { writing: writing.state, reading: reading.state, cancelWriting: writing.cancel, cancelReading: reading.cancel, place, write, read, canBrowse, browse }
})
