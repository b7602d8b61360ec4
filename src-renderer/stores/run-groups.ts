import type { GroupedRuns } from '@shared/domain/comparison'
import { primaryMetric } from '@shared/domain/metric'
import type { Notice, Shelf } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'
import { type Grouping, useRunsTableGrouping } from './run-grouping'
import { useRunTableStore } from './run-table'
import { useRunsStore } from './runs'

const refreshMs = 1000

/** The runs that match the query in groups, as the host counts them over all runs there are, whatever is on the screen. */
export const useRunGroupsStore = defineStore('run-groups', () => {
  const runs = useRunsStore()
  const table = useRunTableStore()
  const chosen = useRunsTableGrouping()
  const grouping = computed(() => chosen.grouping)
  const groups = shallowRef<GroupedRuns[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  /** Metrics in sight so far; the figures that lists show first are always wanted. */
  let wanted = new Set<string>(Object.values(primaryMetric))

  const ask = newestWins((input: { query: string; shelf: Shelf; by: string[] | null; metrics: string[] }) => host().call('compare.groups', input))
  async function load(): Promise<void> {
    const asked = grouping.value
    if (asked.kind === 'none' || table.problem) return
    try {
      const found = await ask({ query: table.query, shelf: table.shelf, by: asked.kind === 'fields' ? asked.paths : null, metrics: [...wanted] })
      if (!found || grouping.value !== asked) return
      groups.value = found
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }
  function group(next: Grouping): void {
    chosen.grouping = next
  }
  /** Figures of these metrics too. */
  function ensure(metrics: readonly string[]): void {
    if (metrics.every((metric) => wanted.has(metric))) return
    wanted = new Set([...wanted, ...metrics])
    void load()
  }
  watch(grouping, () => {
    state.value = 'loading'
    void load()
  })

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => runs.byId,
    () => {
      if (grouping.value.kind === 'none') return
      timer ??= setTimeout(() => {
        timer = undefined
        void load()
      }, refreshMs)
    },
  )
  watch(() => [table.query, table.shelf, table.problem], () => void load())

  return { grouping, groups, state, error, group, load, ensure }
})
