import type { Settings } from '@shared/domain/devices'
import { slurmOf } from '@shared/domain/executor'
import { isTerminal, type Notice, type Run } from '@shared/domain/run'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { AppError, notice, toNotice } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'
import { storageError } from '../store/storage-error'
import type { Store } from '../store/store'
import { createLocalExecutor, type Executor } from './executor'
import type { NodeCommand } from './node-command'
import { createQueue, shareCores } from './queue'
import type { RunRecorder } from './run-recorder'
import { startTraining, type Training } from './training'
import { type WorkerLimits, workerLimits } from './worker-process'

/** Who runs what: the queue in front, one process per run behind. */
export interface Supervisor {
  /** Takes in a queued run, or one whose job goes on at a cluster. */
  enqueue(id: string): void
  /** Its process, or its job, is in this host's hands. */
  isUnderWay(id: string): boolean
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
  /** Takes the runs that ask for a cluster. */
  cluster?: Executor | undefined
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
  const local = createLocalExecutor({ command, workerPath, limits })
  const executorOf = ({ spec }: Run): Executor => (options.cluster && slurmOf(spec) ? options.cluster : local)
  const queue = createQueue(() => share().parallelRuns, train)
  /** Runs that somebody else has in his queue need none of our places. */
  const elsewhere = createQueue(() => Infinity, train)
  const enqueue = (id: string): void => {
    const run = store.runs.get(id)
    if (run && executorOf(run).queues) elsewhere.add(id)
    else queue.add(id)
  }

  /** Null where the run was cancelled, or the host closed, while devices were tested. */
  async function choosePlace(run: Run): Promise<{ run: Run; place: TrainTask['place'] } | null> {
    if (executorOf(run).queues) return { run, place: placeAtCluster(run) }
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
    const found = store.runs.get(id)
    if (!found || trainings.has(id) || (found.status !== 'queued' && !(executorOf(found).queues && !isTerminal(found.status)))) return
    let run = found
    // whoever enqueues it may still be telling whose it is
    if (executorOf(run).queues) await new Promise(setImmediate)
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
        threads: run.spec.threads > 0 ? run.spec.threads : (slurmOf(run.spec)?.cpus ?? share().threadsPerRun),
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
    const training = startTraining({ run, task, recorder, executor: executorOf(run), home: folder.home, judge, leavesCrash })
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
    const isSent = trainings.has(run.id) && executorOf(run).queues
    if (!isSent && (queue.remove(run.id) || elsewhere.remove(run.id) || run.status === 'queued')) {
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
    enqueue,
    isUnderWay: (id) => trainings.has(id) || queue.isWaiting(id) || elsewhere.isWaiting(id),
    cancel: (run) => trainingOf(run)?.cancel(),
    kill: (run) => trainingOf(run)?.kill(),
    pause: (run) => {
      if (run.status !== 'running') throw new AppError('run/not-going-on', { id: run.id, status: run.status })
      required(run).pause()
    },
    unpause: (run) => required(run).resume(),
    recover: ({ startQueued }) => {
      for (const run of store.runs.withStatus('running', 'paused')) {
        if (executorOf(run).queues) {
          if (startQueued) enqueue(run.id)
          continue
        }
        const progress = run.progress && { ...run.progress, etaMs: null, etaLowMs: null, etaHighMs: null }
        recorder.end(run.id, { status: 'interrupted', error: notice('run/interrupted'), endedAt: new Date().toISOString(), progress })
      }
      if (startQueued) for (const run of store.runs.withStatus('queued')) enqueue(run.id)
    },
    isIdle: () => {
      return [queue, elsewhere].every((one) => one.size().waiting + one.size().active === 0)
    },
    refill: queue.refill,
    close: async () => {
      isClosing = true
      queue.close()
      elsewhere.close()
      await Promise.all(choosing)
      for (const training of trainings.values()) training.interrupt()
      await Promise.all([...trainings.values()].map((training) => training.ended))
      await options.cluster?.close?.()
    },
  }
}

/** Nothing can be tried out here: what was asked for by name, else CUDA where GPUs were asked for, else the CPU. */
function placeAtCluster({ spec }: Run): NonNullable<TrainTask['place']> {
  const wantsGpu = spec.device === 'cuda' || (spec.device === 'auto' && (slurmOf(spec)?.gpus ?? 0) > 0 && spec.inference.kind === 'gradient')
  const device = spec.device === 'auto' ? (wantsGpu ? 'cuda' : 'cpu') : spec.device
  const runtime = spec.runtime === 'auto' ? (device === 'cuda' ? 'tensorflow' : 'onnx') : spec.runtime
  return { device, runtime, because: notice('slurm/chosen', { device, gpus: slurmOf(spec)?.gpus ?? 0 }) }
}
