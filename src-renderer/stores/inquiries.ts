import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type Inquiry, type InquiryAnswer, type InquiryQuestion, isOver } from '@shared/domain/inquiry'
import type { Notice } from '@shared/domain/run'
import { host } from '../api/host'
import { noticeOf } from './notice'

/** Questions about runs that take long, and their answers as far as they were asked for. */
export const useInquiriesStore = defineStore('inquiries', () => {
  const byId = shallowRef(new Map<string, Inquiry>())
  const answers = shallowRef(new Map<string, InquiryAnswer>())
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  const list = computed(() => [...byId.value.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt)))
  const active = computed(() => list.value.filter((one) => !isOver(one)))

  const put = (inquiry: Inquiry): void => void (byId.value = new Map(byId.value).set(inquiry.id, inquiry))
  const ofRun = (run: string, kind: InquiryQuestion['kind']): Inquiry[] => list.value.filter(({ runId, question }) => runId === run && question.kind === kind)

  async function load(): Promise<void> {
    try {
      byId.value = new Map((await host().call('inquiries.list', {})).map((inquiry) => [inquiry.id, inquiry]))
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  /** An answer never changes: it is fetched once. */
  async function fetchAnswer(id: string): Promise<void> {
    if (answers.value.has(id)) return
    const { answer } = await host().call('inquiries.get', { id })
    if (answer) answers.value = new Map(answers.value).set(id, answer)
  }

  async function start(run: string, question: InquiryQuestion): Promise<Inquiry> {
    const inquiry = await host().call('inquiries.start', { run, question })
    if (!byId.value.has(inquiry.id)) put(inquiry)
    return inquiry
  }
  const cancel = async (id: string): Promise<void> => void (await host().call('inquiries.cancel', { id }))
  const remove = async (id: string): Promise<void> => void (await host().call('inquiries.remove', { id }))

  host().on('inquiry.changed', ({ inquiry }) => put(inquiry))
  host().on('inquiry.removed', ({ id }) => {
    const next = new Map(byId.value)
    next.delete(id)
    byId.value = next
  })
  host().onGap(() => void load())
  void load()

  return { byId, answers, state, error, list, active, ofRun, load, fetchAnswer, start, cancel, remove }
})
