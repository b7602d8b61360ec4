import { type ComputedRef, type Ref, type ShallowRef, computed, ref, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import type { Inquiry, InquiryQuestion } from '@shared/domain/inquiry'
import type { Notice } from '@shared/domain/run'
import type { RunSummary } from '@shared/domain/run-table'
import { tell } from '../../composables/confirm'
import { useWords } from '../../i18n/i18n'
import { useInquiriesStore } from '../../stores/inquiries'
import { noticeOf } from '../../stores/notice'
import { useRunsStore } from '../../stores/runs'

export interface RunQuestions {
  /** Runs that can be asked, and the one that is: `run` of the address, else the newest. */
  fitted: ComputedRef<RunSummary[]>
  run: ComputedRef<RunSummary | null>
  /** What was asked of it, newest first; answers are fetched as they are there. */
  asked(kind: () => InquiryQuestion['kind']): ComputedRef<Inquiry[]>
  starting: Ref<boolean>
  /** Why the last question was not taken. */
  error: ShallowRef<Notice | null>
  start(question: InquiryQuestion): Promise<void>
  cancel(id: string): Promise<void>
  remove(id: string): Promise<void>
}

/** A page that asks long questions of one fitted run after another. */
export function useRunQuestions(fits: (run: RunSummary) => boolean): RunQuestions {
  const { say } = useWords()
  const route = useRoute()
  const runs = useRunsStore()
  const inquiries = useInquiriesStore()

  const fitted = computed(() => runs.list.filter((run) => (run.status === 'completed' || run.resumable) && fits(run)))
  const run = computed(() => fitted.value.find(({ id }) => id === String(route.query['run'] ?? '')) ?? fitted.value[0] ?? null)
  function asked(kind: () => InquiryQuestion['kind']): ComputedRef<Inquiry[]> {
    const list = computed(() => (run.value ? inquiries.ofRun(run.value.id, kind()) : []))
    const fetchAnswers = (all: readonly Inquiry[]): void => {
      for (const { id, status } of all) if (status === 'completed') void inquiries.fetchAnswer(id)
    }
    watch(list, fetchAnswers, { immediate: true })
    return list
  }

  const starting = ref(false)
  const error = shallowRef<Notice | null>(null)
  async function start(question: InquiryQuestion): Promise<void> {
    starting.value = true
    error.value = null
    try {
      await inquiries.start(run.value!.id, question)
    } catch (caught) {
      error.value = noticeOf(caught)
    } finally {
      starting.value = false
    }
  }
  async function act(action: Promise<void>): Promise<void> {
    try {
      await action
    } catch (caught) {
      tell(say(noticeOf(caught)), 'error')
    }
  }
  return { fitted, run, asked, starting, error, start, cancel: (id) => act(inquiries.cancel(id)), remove: (id) => act(inquiries.remove(id)) }
}
