import { type Inquiry, isOver } from '@shared/domain/inquiry'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { InquiryRunner } from '../jobs/inquiry-runner'
import type { Store } from '../store/store'
import { findRun, newRunId } from './run-ids'

export interface InquiryServiceOptions {
  store: Store
  runner: InquiryRunner
  publish: (event: HostEvent) => void
}

export function createInquiryMethods({ store, runner, publish }: InquiryServiceOptions): MethodsOf<'inquiries'> {
  const find = (id: string): Inquiry => {
    const inquiry = store.inquiries.get(id)
    if (!inquiry) throw new AppError('inquiry/not-found', { id })
    return inquiry
  }
  return {
    'inquiries.start': ({ run: wanted, question }) => {
      const run = findRun(store.runs, wanted)
      const inquiry: Inquiry = {
        id: newRunId(new Date()),
        runId: run.id,
        runName: run.name,
        datasetName: question.dataset ?? run.datasetName,
        question,
        status: 'queued',
        progress: null,
        error: null,
        createdAt: new Date().toISOString(),
        endedAt: null,
        durationMs: null,
      }
      store.inquiries.insert(inquiry)
      publish({ name: 'inquiry.changed', payload: { inquiry } })
      runner.enqueue(inquiry.id)
      return find(inquiry.id)
    },
    'inquiries.list': ({ run }) => store.inquiries.list(run === undefined ? undefined : findRun(store.runs, run).id),
    'inquiries.get': ({ id }) => ({ inquiry: find(id), answer: store.inquiries.answerOf(id) }),
    'inquiries.cancel': ({ id }) => {
      const inquiry = find(id)
      if (isOver(inquiry)) throw new AppError('inquiry/ended', { id, status: inquiry.status })
      runner.cancel(inquiry)
      return find(id)
    },
    'inquiries.remove': ({ id }) => {
      const inquiry = find(id)
      if (!isOver(inquiry)) throw new AppError('inquiry/active', { id, status: inquiry.status })
      store.inquiries.remove(id)
      publish({ name: 'inquiry.removed', payload: { id } })
      return null
    },
  }
}
