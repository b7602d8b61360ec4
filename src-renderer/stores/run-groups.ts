import type { GroupedRuns } from '@shared/domain/comparison'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'
import { useRunsStore } from './runs'

export type Grouping = { kind: 'none' } | { kind: 'all-except-seed' } | { kind: 'fields'; paths: string[] }

const refreshMs = 1000

/** The runs that match the query in groups, as the host counts them over all runs there are. */
export const useRunGroupsStore = defineStore('run-groups', () => {
  const runs = useRunsStore()
  const grouping = shallowRef<Grouping>({ kind: 'none' })
  const groups = shallowRef<GroupedRuns[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  const ask = newestWins((input: { query: string; by: string[] | null }) => host().call('compare.groups', input))
  async function load(): Promise<void> {
    const wanted = grouping.value
    if (wanted.kind === 'none') return
    try {
      const found = await ask({ query: runs.query, by: wanted.kind === 'fields' ? wanted.paths : null })
      if (!found || grouping.value !== wanted) return
      groups.value = found
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }
  function group(next: Grouping): void {
    grouping.value = next
    state.value = 'loading'
    void load()
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => [runs.query, runs.byId],
    () => {
      if (grouping.value.kind === 'none') return
      timer ??= setTimeout(() => {
        timer = undefined
        void load()
      }, refreshMs)
    },
  )
  watch(() => runs.query, () => void load())

  return { grouping, groups, state, error, group, load }
})
