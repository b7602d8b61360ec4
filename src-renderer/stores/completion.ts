import type { Completion } from '@shared/domain/inside'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

interface Asked {
  id: string
  rows: number[]
  hidden: number[]
}

/** Rows with a part hidden, and what a fitted model makes of it; of several questions in a row only the newest is answered. */
export const useCompletionStore = defineStore('completion', () => {
  const found = shallowRef<Completion | null>(null)
  const runId = ref('')
  const error = shallowRef<Notice | null>(null)

  const call = newestWins((asked: Asked) => host().call('inspect.completion', asked))
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
