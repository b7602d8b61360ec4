import type { Notice, Run } from '@shared/domain/run'
import type { ModelKind } from '@shared/domain/spec'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { halfStep } from './half-step'
import { noticeOf } from './notice'

const horizon = 20
const wordsPerTopic = 12

/** What can be asked of an iteration, too. */
const moving = {
  params: (id: string, at: At) => host().call('inspect.params', { id, ...at }),
  states: (id: string, at: At) => host().call('inspect.states', { id, horizon, ...at }),
  topics: (id: string, at: At) => host().call('inspect.topics', { id, words: wordsPerTopic, ...at }),
  encode: (id: string, at: At) => host().call('inspect.apply', { id, output: 'encode' as const, ...at }),
  reconstruct: (id: string, at: At) => host().call('inspect.apply', { id, output: 'reconstruct' as const, ...at }),
  responsibilities: (id: string, at: At) => host().call('inspect.apply', { id, output: 'responsibilities' as const, ...at }),
}
type At = { iteration?: number }
export type MovingQuestion = keyof typeof moving

/** What can be asked of a fitted run; which of it applies is known by the view of its kind of model. */
const questions = {
  ...moving,
  iterations: (id: string) => host().call('inspect.iterations', { id }),
  data: (id: string) => host().call('inspect.data', { id }),
  restarts: (id: string) => host().call('inspect.restarts', { id }),
  imputation: (id: string) => host().call('inspect.imputation', { id }),
  propagation: (id: string) => host().call('inspect.propagation', { id }),
}
export type Question = keyof typeof questions
export type Answers<Q extends Question = Question> = { [K in Q]: Awaited<ReturnType<(typeof questions)[K]>> }

const isMoving = (question: Question): question is MovingQuestion => question in moving

/**
 * The inside of one fitted run, fetched whole: all answers a view asks for, or the reason why there are none. Where its iterations were kept, the
 * answers are those of the half step that is shown.
 */
export const useInsideStore = defineStore('inside', () => {
  const key = ref('')
  const run = shallowRef<{ id: string; model: ModelKind } | null>(null)
  /** What the fit ended with. */
  const fitted = shallowRef<Partial<Answers>>({})
  /** 2i: iteration i and the posteriors of its E-step; 2i − 1: the M-step that led to it, with those of the E-step before. */
  const half = ref(0)
  const answers = shallowRef<Partial<Answers>>({})
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  const kept = computed(() => answers.value.iterations ?? [])
  const last = computed(() => kept.value.at(-1)?.iteration ?? 0)

  async function open({ id: runId, spec }: Pick<Run, 'id' | 'spec'>, wanted: readonly Question[]): Promise<void> {
    const asked = `${runId} ${wanted.join()}`
    if (key.value !== asked) answers.value = {}
    key.value = asked
    state.value = 'loading'
    try {
      const found = await Promise.all(wanted.map(async (question) => [question, await questions[question](runId, {})] as const))
      if (key.value !== asked) return
      answers.value = Object.fromEntries(found) as Partial<Answers>
      fitted.value = answers.value
      run.value = { id: runId, model: spec.model.kind }
      half.value = 2 * last.value
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      if (key.value !== asked) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  async function at<Q extends MovingQuestion>({ id, model }: { id: string; model: ModelKind }, question: Q, wanted: number, whole: boolean): Promise<Answers[Q]> {
    const of = (iteration: number) => moving[question](id, { iteration }) as Promise<Answers[Q]>
    if (whole) return of(wanted)
    return halfStep(model, question, await of(wanted - 1), await of(wanted))
  }
  const ask = newestWins(async (wanted: { run: { id: string; model: ModelKind }; half: number }) => {
    const iteration = kept.value.findLast((one) => one.iteration <= Math.ceil(wanted.half / 2))?.iteration ?? 0
    // Of a long fit only some iterations are kept; between those that are apart there is no half step to show.
    const whole = wanted.half !== 2 * iteration - 1 || !kept.value.some((one) => one.iteration === iteration - 1)
    if (whole && iteration === last.value) return { half: 2 * iteration, found: fitted.value }
    const asked = (Object.keys(fitted.value) as Question[]).filter(isMoving)
    const found = await Promise.all(asked.map(async (question) => [question, await at(wanted.run, question, iteration, whole)] as const))
    return { half: whole ? 2 * iteration : 2 * iteration - 1, found: Object.fromEntries(found) as Partial<Answers> }
  })
  /** Shows a half step; while one is under way only the newest asked for is fetched next. */
  async function show(wanted: number): Promise<void> {
    const here = run.value
    if (!here) return
    try {
      const shown = await ask({ run: here, half: wanted })
      if (!shown || run.value !== here) return
      answers.value = { ...fitted.value, ...shown.found }
      half.value = shown.half
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  const id = computed(() => run.value?.id ?? null)
  return { id, answers, state, error, half, kept, last, open, show }
})
