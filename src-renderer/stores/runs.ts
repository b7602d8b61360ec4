import type { Notice, Run, Shelf } from '@shared/domain/run'
import { isTerminal } from '@shared/domain/run'
import { type RunSummary, summaryOf } from '@shared/domain/run-table'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { oncePerFrame } from '../composables/once-per-frame'
import { newerRun } from './newer-run'
import { noticeOf } from './notice'

type Change = RunSummary | Shelf | null

const newestFirst = (left: RunSummary, right: RunSummary): number =>
  left.createdAt === right.createdAt ? (left.id < right.id ? 1 : -1) : left.createdAt < right.createdAt ? 1 : -1

/** Summaries of all runs, kept up to date by events. What only one run is asked for (its specification, its points) is fetched where it is needed. */
export const useRunsStore = defineStore('runs', () => {
  const byId = shallowRef(new Map<string, RunSummary>())
  /** Ids of all runs, newest first. */
  const order = shallowRef<string[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  const all = computed(() => order.value.map((id) => byId.value.get(id)!))
  /** Those that are neither in the archive nor in the trash. */
  const list = computed(() => all.value.filter(({ shelf }) => shelf === 'current'))
  const active = computed(() => all.value.filter((run) => !isTerminal(run.status)))

  function show(runs: Map<string, RunSummary>, isSameSet: boolean): void {
    byId.value = runs
    if (!isSameSet) order.value = [...runs.values()].sort(newestFirst).map(({ id }) => id)
  }

  let changed = new Map<string, Change>()
  const applyChanges = oncePerFrame(() => {
    const next = new Map(byId.value)
    for (const [id, change] of changed) applyTo(next, id, change)
    const isSameSet = next.size === byId.value.size && [...changed.keys()].every((id) => next.has(id) === byId.value.has(id))
    changed = new Map()
    show(next, isSameSet)
  })
  function put(id: string, change: Change): void {
    // a shelf that is told before the rest of what is waiting must not hide it
    const waiting = changed.get(id)
    changed.set(id, typeof change === 'string' && waiting !== null && typeof waiting === 'object' ? { ...waiting, shelf: change } : change)
    heard?.push([id, change])
    applyChanges()
  }

  /** What events told while a snapshot is under way. */
  let heard: [string, Change][] | null = null
  async function load(): Promise<void> {
    const told: [string, Change][] = []
    heard = told
    try {
      const runs = await host().call('table.summaries', {})
      const snapshot = new Map(runs.map((run) => [run.id, run]))
      for (const [id, change] of told) applyTo(snapshot, id, change !== null && typeof change === 'object' && snapshot.has(id) ? newerRun(snapshot.get(id)!, change) : change)
      show(snapshot, false)
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    } finally {
      if (heard === told) heard = null
    }
  }

  async function start(spec: unknown): Promise<Run> {
    const run = await host().call('runs.start', { spec })
    if (!byId.value.has(run.id)) show(new Map(byId.value).set(run.id, summaryOf(run)), false)
    return run
  }

  const validate = (spec: unknown): Promise<{ issues: (Notice & { path: string })[] }> => host().call('runs.validate', { spec })
  const whole = (id: string): Promise<Run> => host().call('runs.get', { id })
  const remove = async (id: string): Promise<void> => void (await host().call('runs.remove', { id }))
  const update = async (id: string, change: { name?: string; tags?: string[]; notes?: string }): Promise<void> => void (await host().call('runs.update', { id, ...change }))
  const tag = async (ids: readonly string[], add: string[], taken: string[] = []): Promise<void> => void (await host().call('runs.tag', { ids: [...ids], add, remove: taken }))
  /** Where each was. */
  const shelve = async (ids: readonly string[], shelf: Shelf): Promise<{ id: string; from: Shelf }[]> => (await host().call('runs.shelve', { ids: [...ids], shelf })).moved

  host().on('run.changed', ({ run }) => put(run.id, summaryOf(run)))
  host().on('run.removed', ({ id }) => put(id, null))
  host().on('runs.shelved', ({ ids, shelf }) => {
    for (const id of ids) put(id, shelf)
  })
  host().onGap(() => void load())
  void load()

  return { byId, state, error, all, list, active, load, start, validate, whole, remove, update, tag, shelve }
})

function applyTo(runs: Map<string, RunSummary>, id: string, change: Change): void {
  if (change === null) runs.delete(id)
  else if (typeof change === 'object') runs.set(id, change)
  else if (runs.has(id)) runs.set(id, { ...runs.get(id)!, shelf: change })
}
