import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

const horizon = 20
const wordsPerTopic = 12

/** What can be asked of a fitted run; which of it applies is known by the view of its kind of model. */
const questions = {
  params: (id: string) => host().call('inspect.params', { id }),
  data: (id: string) => host().call('inspect.data', { id }),
  restarts: (id: string) => host().call('inspect.restarts', { id }),
  imputation: (id: string) => host().call('inspect.imputation', { id }),
  propagation: (id: string) => host().call('inspect.propagation', { id }),
  states: (id: string) => host().call('inspect.states', { id, horizon }),
  topics: (id: string) => host().call('inspect.topics', { id, words: wordsPerTopic }),
  encode: (id: string) => host().call('inspect.apply', { id, output: 'encode' as const }),
  reconstruct: (id: string) => host().call('inspect.apply', { id, output: 'reconstruct' as const }),
  responsibilities: (id: string) => host().call('inspect.apply', { id, output: 'responsibilities' as const }),
}
export type Question = keyof typeof questions
export type Answers<Q extends Question = Question> = { [K in Q]: Awaited<ReturnType<(typeof questions)[K]>> }

/** The inside of one fitted run, fetched whole: all answers a view asks for, or the reason why there are none. */
export const useInsideStore = defineStore('inside', () => {
  const key = ref('')
  const answers = shallowRef<Partial<Answers>>({})
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  async function open(runId: string, wanted: readonly Question[]): Promise<void> {
    const asked = `${runId} ${wanted.join()}`
    if (key.value !== asked) answers.value = {}
    key.value = asked
    state.value = 'loading'
    try {
      const found = await Promise.all(wanted.map(async (question) => [question, await questions[question](runId)] as const))
      if (key.value !== asked) return
      answers.value = Object.fromEntries(found) as Partial<Answers>
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      if (key.value !== asked) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  return { answers, state, error, open }
})
