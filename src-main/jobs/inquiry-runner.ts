import type { Dataset } from '@shared/domain/dataset'
import type { Inquiry, InquiryAnswer } from '@shared/domain/inquiry'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError, notice, toNotice } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'
import { storageError } from '../store/storage-error'
import type { Store } from '../store/store'
import { createInspector, type Inspector, selectionAnswerMs } from './inspector'
import type { NodeCommand } from './node-command'
import { createQueue } from './queue'
import { createTimeLeft } from './time-left'
import type { WorkerLimits } from './worker-process'

/** Inquiries, one after another, each in a process of its own; to cancel one is to end its process. */
export interface InquiryRunner {
  enqueue(id: string): void
  cancel(inquiry: Inquiry): void
  /** Puts right what the end of the last host left behind. */
  recover(options: { startQueued: boolean }): void
  isIdle(): boolean
  close(): Promise<void>
}

export interface InquiryRunnerOptions {
  store: Store
  folder: DataFolder
  publish: (event: HostEvent) => void
  command: NodeCommand
  workerPath: string
  cores: number
  limits: WorkerLimits
  findDataset(nameOrId: string): Promise<Dataset>
}

const tellEveryMs = 100

export function createInquiryRunner(options: InquiryRunnerOptions): InquiryRunner {
  const { store, folder, publish, command, workerPath, cores, limits, findDataset } = options
  const underWay = new Map<string, { inspector: Inspector; stopped: 'cancelled' | 'interrupted' | null }>()
  const ends = new Set<Promise<void>>()
  const tell = (inquiry: Inquiry): void => publish({ name: 'inquiry.changed', payload: { inquiry } })
  const change = (id: string, fields: Partial<Inquiry>): void => tell(store.inquiries.update(id, fields))

  const queue = createQueue(() => 1, async (id) => {
    const end = answer(id)
    ends.add(end)
    await end
    ends.delete(end)
  })

  async function ask(inquiry: Inquiry, onProgress: (done: number, total: number, phase: string) => void): Promise<InquiryAnswer> {
    const { id, runId, question } = inquiry
    const run = store.runs.get(runId)
    if (!run) throw new Error(`run ${runId} of inquiry ${id} is gone`)
    const own = store.datasets.get(run.datasetId)
    const about = question.dataset === undefined ? own : await findDataset(question.dataset)
    if (!own || !about) throw new AppError('dataset/not-found', { name: run.datasetName })
    const inspector = createInspector({
      ...{ command, workerPath, limits: { ...limits, answerMs: selectionAnswerMs }, idleMs: selectionAnswerMs },
      onProgress: ({ phase, done, total }) => onProgress(done, total, phase),
    })
    const entry = { inspector, stopped: null as 'cancelled' | 'interrupted' | null }
    underWay.set(id, entry)
    try {
      const value = await inspector.ask({
        ...{ runId, spec: run.spec, dataset: own, datasetFolder: folder.datasetFolder(own.id), runFolder: folder.runFolder(runId) },
        operation: { kind: 'inquire', question, dataset: about, datasetFolder: folder.datasetFolder(about.id), threads: cores },
      })
      // the worker answers a question with an answer of its kind
      return value as InquiryAnswer
    } finally {
      await inspector.close()
    }
  }

  async function answer(id: string): Promise<void> {
    const inquiry = store.inquiries.get(id)
    if (inquiry?.status !== 'queued') return
    const began = performance.now()
    const timeLeft = createTimeLeft()
    let toldAt = 0
    const ended = (): Partial<Inquiry> => {
      const last = store.inquiries.get(id)?.progress ?? null
      const progress = last && { ...last, etaMs: null, etaLowMs: null, etaHighMs: null }
      return { endedAt: new Date().toISOString(), durationMs: performance.now() - began, progress }
    }
    try {
      change(id, { status: 'running', error: null })
      const found = await ask(inquiry, (done, total, phase) => {
        const now = Date.now()
        const fraction = total > 0 ? done / total : 0
        timeLeft.add(now, fraction)
        if (now - toldAt < tellEveryMs) return
        toldAt = now
        change(id, { progress: { phase, done, total, fraction, ...timeLeft.estimate() } })
      })
      tell(store.inquiries.answer(id, found, { ...ended(), status: 'completed' }))
    } catch (error) {
      const stopped = underWay.get(id)?.stopped ?? null
      if (stopped) change(id, { ...ended(), status: stopped, error: stopped === 'interrupted' ? notice('inquiry/interrupted') : null })
      else change(id, { ...ended(), status: 'failed', error: toNotice(storageError(error, folder.home) ?? error) })
    } finally {
      underWay.delete(id)
    }
  }

  function stop(id: string, how: 'cancelled' | 'interrupted'): void {
    const entry = underWay.get(id)
    if (!entry) return
    entry.stopped ??= how
    void entry.inspector.close()
  }

  return {
    enqueue: (id) => queue.add(id),
    cancel: ({ id }) => {
      if (queue.remove(id)) change(id, { status: 'cancelled', endedAt: new Date().toISOString() })
      else stop(id, 'cancelled')
    },
    recover: ({ startQueued }) => {
      for (const { id } of store.inquiries.withStatus('running')) {
        store.inquiries.update(id, { status: 'interrupted', error: notice('inquiry/interrupted'), endedAt: new Date().toISOString() })
      }
      if (startQueued) for (const { id } of store.inquiries.withStatus('queued')) queue.add(id)
    },
    isIdle: () => {
      const { waiting, active } = queue.size()
      return waiting + active === 0
    },
    close: async () => {
      queue.close()
      for (const id of underWay.keys()) stop(id, 'interrupted')
      await Promise.all(ends)
    },
  }
}
