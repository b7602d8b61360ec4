import type { EmFrame, ModelData, Notice } from '@shared/domain/run'
import type { MethodOutput } from '@shared/rpc/contract'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

export type Restart = MethodOutput<'inspect.restarts'>[number]
export type GivenUp = MethodOutput<'inspect.givenUp'>[number]

/** The inside of a fitted mixture: its data, one iteration at a time, and how its restarts ended. */
export const useMixtureStore = defineStore('mixture', () => {
  const id = ref<string | null>(null)
  const data = shallowRef<ModelData | null>(null)
  const frame = shallowRef<EmFrame | null>(null)
  /** 2i: iteration i and the responsibilities of its E-step; 2i − 1: the M-step that led to it, by those of the E-step before. */
  const half = ref(0)
  const restarts = shallowRef<Restart[]>([])
  const givenUp = shallowRef<GivenUp[]>([])
  const params = shallowRef<Record<string, unknown>>({})
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  async function open(runId: string, iterations: number): Promise<void> {
    if (id.value !== runId) {
      data.value = null
      frame.value = null
      restarts.value = []
      givenUp.value = []
    }
    id.value = runId
    state.value = 'loading'
    try {
      const [points, starts, left, fitted, first] = await Promise.all([
        host().call('inspect.data', { id: runId }),
        host().call('inspect.restarts', { id: runId }),
        host().call('inspect.givenUp', { id: runId }),
        host().call('inspect.params', { id: runId }),
        host().call('inspect.emFrame', { id: runId, iteration: iterations }),
      ])
      if (id.value !== runId) return
      data.value = points
      restarts.value = starts
      givenUp.value = left
      params.value = fitted
      frame.value = first
      half.value = 2 * first.iteration
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      if (id.value !== runId) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  const frameAt = (runId: string, iteration: number): Promise<EmFrame> => host().call('inspect.emFrame', { id: runId, iteration })
  const ask = newestWins(async (wanted: { id: string; half: number }): Promise<{ frame: EmFrame; half: number }> => {
    const iteration = Math.ceil(wanted.half / 2)
    const found = await frameAt(wanted.id, iteration)
    const whole = { frame: found, half: 2 * found.iteration }
    if (wanted.half % 2 === 0 || found.iteration !== iteration) return whole
    const before = await frameAt(wanted.id, iteration - 1)
    // Of a long fit only some iterations are kept; between those that are apart there is no half step to show.
    if (before.iteration !== iteration - 1) return whole
    return { frame: { ...found, responsibilities: before.responsibilities }, half: wanted.half }
  })
  /** Shows a half step; while one is under way only the newest asked for is fetched next. */
  async function show(wanted: number): Promise<void> {
    const runId = id.value
    if (runId === null) return
    try {
      const shown = await ask({ id: runId, half: wanted })
      if (!shown || id.value !== runId) return
      frame.value = shown.frame
      half.value = shown.half
    } catch (problem) {
      error.value = noticeOf(problem)
    }
  }

  return { id, data, frame, half, restarts, givenUp, params, state, error, open, show }
})
