import type { Settings } from '@shared/domain/devices'
import { isTerminal, type Notice, type Run } from '@shared/domain/run'
import type { TrainTask } from '@shared/domain/worker-protocol'
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
  /** The number of runs at once may have been changed. */
  refill(): void
  /** Interrupts what goes on, and resolves when every process is gone. */
  close(): Promise<void>
}

export interface Rungs {
  /** Epochs, rising. */
  steps: number[]
  /** Why the run is to be ended at one of them, or null. */
  judge(step: number): Notice | null
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
  /** Runs at once and threads of each; 0 leaves them to the program. */
  settings?: (() => Pick<Settings, 'parallelRuns' | 'threadsPerRun'>) | undefined
  /** Whether and where a run is judged on its way; null for a run that is not. */
  rungsOf?: ((run: Run) => Rungs | null) | undefined
  /** Where a run is to be computed; rejects with an AppError where it cannot be. Without it: ONNX Runtime on the CPU. */
  choosePlace?: ((run: Run, onProgress: (done: number, total: number) => void) => Promise<NonNullable<TrainTask['place']>>) | undefined
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { store, folder, recorder, command, workerPath, limits = workerLimits } = options
  const share = (): ReturnType<typeof shareCores> => {
    const { parallelRuns = 0, threadsPerRun = 0 } = options.settings?.() ?? {}
    const shared = shareCores(options.cores, parallelRuns > 0 ? parallelRuns : options.parallelRuns)
    return threadsPerRun > 0 ? { ...shared, threadsPerRun } : shared
  }
  const trainings = new Map<string, Training>()
  const choosing = new Set<Promise<unknown>>()
  let isClosing = false
  const queue = createQueue(() => share().parallelRuns, train)

  /** Null where the run was cancelled, or the host closed, while devices were tested. */
  async function choosePlace(run: Run): Promise<{ run: Run; place: TrainTask['place'] } | null> {
    if (!options.choosePlace) return { run, place: undefined }
    let isTold = false
    const report = (done: number, total: number): void => {
      if (store.runs.get(run.id)?.status !== 'queued') return
      isTold = true
      recorder.change(run.id, { progress: { phase: 'devices', done, total, fraction: done / total, etaMs: null, etaLowMs: null, etaHighMs: null } })
    }
    const choice = options.choosePlace(run, report)
    const settled = choice.catch(() => {})
    choosing.add(settled)
    try {
      const place = await choice
      const now = isClosing ? null : store.runs.get(run.id)
      return now?.status === 'queued' && !trainings.has(run.id) ? { run: { ...now, progress: run.progress }, place } : null
    } finally {
      choosing.delete(settled)
      if (isTold && !isClosing && store.runs.get(run.id)) recorder.change(run.id, { progress: run.progress })
    }
  }

  async function train(id: string): Promise<void> {
    const queued = store.runs.get(id)
    if (queued?.status !== 'queued') return
    let run = queued
    const dataset = store.datasets.get(run.datasetId)
    if (!dataset) {
      fail(run, notice('dataset/not-found', { name: run.datasetName }))
      return
    }
    try {
      const chosen = await choosePlace(run)
      if (!chosen) return
      run = chosen.run
      const rungs = options.rungsOf?.(run) ?? null
      const task: TrainTask = {
        kind: 'train',
        runId: id,
        spec: run.spec,
        dataset,
        datasetFolder: folder.datasetFolder(dataset.id),
        runFolder: folder.runFolder(id),
        resume: run.resumable,
        threads: run.spec.threads > 0 ? run.spec.threads : share().threadsPerRun,
        ...(chosen.place && { place: chosen.place }),
        ...(rungs && { rungs: rungs.steps }),
      }
      const leavesCrash = run.spec.onDeviceFailure === 'cpu' && chosen.place !== undefined && chosen.place.device !== 'cpu'
      const crash = await follow(run, task, leavesCrash)
      if (crash) await goOnWithCpu(id, task, crash)
    } catch (error) {
      if (!isClosing) fail(run, toNotice(storageError(error, folder.home) ?? error))
    } finally {
      trainings.delete(id)
    }
  }
  function follow(run: Run, task: TrainTask, leavesCrash = false): Promise<Notice | null> {
    const judge = options.rungsOf?.(run)?.judge
    const training = startTraining({ run, task, recorder, command, workerPath, limits, home: folder.home, judge, leavesCrash })
    trainings.set(run.id, training)
    return training.ended
  }
  /** A driver took the process down, and the specification allows the CPU. */
  async function goOnWithCpu(id: string, task: TrainTask, crash: Notice): Promise<void> {
    const run = store.runs.get(id)
    if (!run || !task.place) return
    const details = { device: task.place.device, runtime: task.place.runtime, problem: crash.message.replace(/\.$/, '') }
    const because = notice('device/chosen-after-failure', details)
    const warnings = [...run.warnings, notice('device/continued-on-cpu', details)]
    recorder.change(id, { warnings })
    await follow({ ...run, warnings }, { ...task, place: { runtime: 'onnx', device: 'cpu', because }, resume: true })
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
    refill: queue.refill,
    close: async () => {
      isClosing = true
      queue.close()
      await Promise.all(choosing)
      for (const training of trainings.values()) training.interrupt()
      await Promise.all([...trainings.values()].map((training) => training.ended))
    },
  }
}
