import type { ConditionalPicture } from '@shared/domain/conditional'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

interface Asked {
  id: string
  given: { column: string; value: number }[]
  target: string[]
}

/** The density of some columns of a fitted mixture given others; while sliders move only the newest question is answered. */
export const useConditionalStore = defineStore('conditional', () => {
  const found = shallowRef<ConditionalPicture | null>(null)
  const runId = ref('')
  const error = shallowRef<Notice | null>(null)

  const call = newestWins((asked: Asked) => host().call('inspect.conditional', asked))
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
