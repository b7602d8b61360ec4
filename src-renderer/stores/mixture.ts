import type { EmFrame, ModelData, Notice } from '@shared/domain/run'
import type { MethodOutput } from '@shared/rpc/contract'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

export type Restart = MethodOutput<'inspect.restarts'>[number]

/** The inside of a fitted mixture: its data, one iteration at a time, and how its restarts ended. */
export const useMixtureStore = defineStore('mixture', () => {
  const id = ref<string | null>(null)
  const data = shallowRef<ModelData | null>(null)
  const frame = shallowRef<EmFrame | null>(null)
  const restarts = shallowRef<Restart[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  async function open(runId: string, iterations: number): Promise<void> {
    if (id.value !== runId) {
      data.value = null
      frame.value = null
      restarts.value = []
    }
    id.value = runId
    state.value = 'loading'
    try {
      const [points, starts, first] = await Promise.all([
        host().call('inspect.data', { id: runId }),
        host().call('inspect.restarts', { id: runId }),
        host().call('inspect.emFrame', { id: runId, iteration: iterations }),
      ])
      if (id.value !== runId) return
      data.value = points
      restarts.value = starts
      frame.value = first
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      if (id.value !== runId) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  const ask = newestWins((wanted: { id: string; iteration: number }) => host().call('inspect.emFrame', wanted))
  /** Shows an iteration; while one is under way only the newest asked for is fetched next. */
  async function show(iteration: number): Promise<void> {
    const runId = id.value
    if (runId === null) return
    try {
      const shown = await ask({ id: runId, iteration })
      if (shown && id.value === runId) frame.value = shown
    } catch (problem) {
      error.value = noticeOf(problem)
    }
  }

  return { id, data, frame, restarts, state, error, open, show }
})
