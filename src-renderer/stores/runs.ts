import type { Notice, Run } from '@shared/domain/run'
import { isTerminal } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { oncePerFrame } from '../composables/once-per-frame'
import { newerRun } from './newer-run'
import { noticeOf } from './notice'

/** All runs, kept up to date by events; a search asks the host which of them match. */
export const useRunsStore = defineStore('runs', () => {
  const byId = shallowRef(new Map<string, Run>())
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  const query = ref('')
  const matchingIds = shallowRef<Set<string> | null>(null)

  const list = computed(() => [...byId.value.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt)))
  const matching = computed(() => {
    const ids = matchingIds.value
    return ids ? list.value.filter((run) => ids.has(run.id)) : list.value
  })
  const active = computed(() => list.value.filter((run) => !isTerminal(run.status)))

  let changed = new Map<string, Run | null>()
  const applyChanges = oncePerFrame(() => {
    const next = new Map(byId.value)
    let isNew = false
    for (const [id, run] of changed) {
      if (run === null) next.delete(id)
      else {
        isNew ||= !next.has(id)
        next.set(id, run)
      }
    }
    changed = new Map()
    byId.value = next
    if (isNew && query.value !== '') void search(query.value)
  })
  function put(id: string, run: Run | null): void {
    changed.set(id, run)
    heard?.set(id, run)
    applyChanges()
  }

  /** What events told while a snapshot is under way. */
  let heard: Map<string, Run | null> | null = null
  async function load(): Promise<void> {
    const told = new Map<string, Run | null>()
    heard = told
    try {
      const { runs } = await host().call('runs.list', {})
      const snapshot = new Map(runs.map((run) => [run.id, newerRun(run, told.get(run.id) ?? undefined)]))
      for (const [id, run] of told) {
        if (run === null) snapshot.delete(id)
        else if (!snapshot.has(id)) snapshot.set(id, run)
      }
      byId.value = snapshot
      error.value = null
      state.value = 'ready'
      if (query.value !== '') await search(query.value)
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    } finally {
      if (heard === told) heard = null
    }
  }

  const ask = newestWins((text: string) => host().call('runs.list', { query: text }))
  async function search(text: string): Promise<void> {
    query.value = text
    if (text.trim() === '') {
      matchingIds.value = null
      return
    }
    const found = await ask(text)
    if (found && query.value === text) matchingIds.value = new Set(found.runs.map((run) => run.id))
  }

  async function start(spec: unknown): Promise<Run> {
    const run = await host().call('runs.start', { spec })
    byId.value = new Map(byId.value).set(run.id, byId.value.get(run.id) ?? run)
    return run
  }

  const validate = (spec: unknown): Promise<{ issues: (Notice & { path: string })[] }> => host().call('runs.validate', { spec })
  const remove = async (id: string): Promise<void> => void (await host().call('runs.remove', { id }))

  host().on('run.changed', ({ run }) => put(run.id, run))
  host().on('run.removed', ({ id }) => put(id, null))
  host().onGap(() => void load())
  void load()

  return { byId, state, error, query, list, matching, active, load, search, start, validate, remove }
})
