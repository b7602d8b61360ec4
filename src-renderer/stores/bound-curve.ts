import type { BoundCurve, Direction } from '@shared/domain/inside'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

interface Asked {
  id: string
  iteration: number
  direction: Direction
}

/** log p and its bound along a direction of an iteration of EM; while the iterations play, only the newest is fetched. */
export const useBoundCurveStore = defineStore('bound-curve', () => {
  const found = shallowRef<BoundCurve | null>(null)
  const runId = ref('')
  const error = shallowRef<Notice | null>(null)

  const call = newestWins((asked: Asked) => host().call('inspect.boundCurve', asked))
  async function ask(asked: Asked): Promise<void> {
    if (runId.value !== asked.id) found.value = null
    runId.value = asked.id
    try {
      const answer = await call(asked)
      if (!answer || runId.value !== asked.id) return
      found.value = answer
      error.value = null
    } catch (problem) {
      if (runId.value === asked.id) error.value = noticeOf(problem)
    }
  }

  return { found, error, ask }
})
