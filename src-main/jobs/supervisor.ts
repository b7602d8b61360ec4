import { isTerminal, type Run } from '@shared/domain/run'
import { AppError, notice, toNotice } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'
import { storageError } from '../store/storage-error'
import type { Store } from '../store/store'
import type { NodeCommand } from './node-command'
import { createQueue, shareCores } from './queue'
import type { RunRecorder } from './run-recorder'
import { startTraining, type Training } from './training'
import { type WorkerLimits, workerLimits } from './worker-process'

/** Who runs what: the queue in front, one process per run behind. */
export interface Supervisor {
  /** Takes in a queued run. */
  enqueue(id: string): void
  cancel(run: Run): void
  kill(run: Run): void
  pause(run: Run): void
  /** Lets a paused run go on. */
  unpause(run: Run): void
  /** Puts right what the end of the last host left behind. */
  recover(options: { startQueued: boolean }): void
  isIdle(): boolean
  /** Interrupts what goes on, and resolves when every process is gone. */
  close(): Promise<void>
}

export interface SupervisorOptions {
  store: Store
  folder: DataFolder
  recorder: RunRecorder
  command: NodeCommand
  workerPath: string
  cores: number
  parallelRuns?: number | undefined
  limits?: WorkerLimits | undefined
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { store, folder, recorder, command, workerPath, limits = workerLimits } = options
  const share = shareCores(options.cores, options.parallelRuns)
  const trainings = new Map<string, Training>()
  const queue = createQueue(share.parallelRuns, train)

  async function train(id: string): Promise<void> {
    const run = store.runs.get(id)
    if (run?.status !== 'queued') return
    const dataset = store.datasets.get(run.datasetId)
    if (!dataset) {
      fail(run, notice('dataset/not-found', { name: run.datasetName }))
      return
    }
    try {
      const task = {
        kind: 'train' as const,
        runId: id,
        spec: run.spec,
        dataset,
        datasetFolder: folder.datasetFolder(dataset.id),
        runFolder: folder.runFolder(id),
        resume: run.resumable,
        threads: run.spec.threads > 0 ? run.spec.threads : share.threadsPerRun,
      }
      const training = startTraining({ run, task, recorder, command, workerPath, limits, home: folder.home })
      trainings.set(id, training)
      await training.ended
    } catch (error) {
      fail(run, toNotice(storageError(error, folder.home) ?? error))
    } finally {
      trainings.delete(id)
    }
  }
  const fail = (run: Run, error: Run['error']): void =>
    recorder.end(run.id, { status: 'failed', error, endedAt: new Date().toISOString() })

  const trainingOf = (run: Run): Training | null => {
    if (queue.remove(run.id) || run.status === 'queued') {
      recorder.end(run.id, { status: 'cancelled', endedAt: new Date().toISOString() })
      return null
    }
    return required(run)
  }
  const required = (run: Run): Training => {
    const training = trainings.get(run.id)
    if (!training || isTerminal(run.status)) throw new AppError('run/ended', { id: run.id, status: run.status })
    return training
  }

  return {
    enqueue: (id) => queue.add(id),
    cancel: (run) => trainingOf(run)?.cancel(),
    kill: (run) => trainingOf(run)?.kill(),
    pause: (run) => {
      if (run.status !== 'running') throw new AppError('run/not-going-on', { id: run.id, status: run.status })
      required(run).pause()
    },
    unpause: (run) => required(run).resume(),
    recover: ({ startQueued }) => {
      for (const run of store.runs.withStatus('running', 'paused')) {
        const progress = run.progress && { ...run.progress, etaMs: null, etaLowMs: null, etaHighMs: null }
        recorder.end(run.id, { status: 'interrupted', error: notice('run/interrupted'), endedAt: new Date().toISOString(), progress })
      }
      if (startQueued) for (const run of store.runs.withStatus('queued')) queue.add(run.id)
    },
    isIdle: () => {
      const { waiting, active } = queue.size()
      return waiting + active === 0
    },
    close: async () => {
      queue.close()
      for (const training of trainings.values()) training.interrupt()
      await Promise.all([...trainings.values()].map((training) => training.ended))
    },
  }
}
