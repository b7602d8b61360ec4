import type { Notice, Run } from '@shared/domain/run'
import type { FromWorker, ToWorker, TrainTask } from '@shared/domain/worker-protocol'
import { notice } from '@shared/rpc/errors'
import type { NodeCommand } from './node-command'
import { startWorker, type WorkerLimits } from './worker-process'

/** Where the processes of runs are started: on this machine, or elsewhere by somebody who has a queue of his own. */
export interface Executor {
  /** Somebody else decides when a job begins: until it speaks, its run is queued. */
  readonly queues: boolean
  readonly limits: WorkerLimits
  /** Begins the job, or finds again the one that is under way for the run. */
  start(run: Run, task: TrainTask, listener: JobListener): Job
  close?(): Promise<void>
}

export interface JobListener {
  onMessage(message: FromWorker): void
  /** What it waits for, where somebody else decides. */
  onWaiting(phase: string): void
  onSilent(): void
  /** After the last message: what befell it, for a job that did not say how it ended. */
  onEnd(problem: Notice): void
}

/** A worker, wherever it is. */
export interface Job {
  send(message: ToWorker): void
  /** Asks the system to end it; again and harder where that does not help. */
  terminate(): void
  kill(): void
  /** While watched, long silence is reported. */
  watch(watched: boolean): void
  /** Milliseconds, of when the last message was sent. */
  now(): number
  /** Leaves it to itself, for another host to find; without it, a job ends with its host. */
  detach?(): void
}

export interface LocalExecutorOptions {
  command: NodeCommand
  workerPath: string
  limits: WorkerLimits
}

/** One process of this machine for each run. */
export function createLocalExecutor({ command, workerPath, limits }: LocalExecutorOptions): Executor {
  return {
    queues: false,
    limits,
    start: (_run, task, { onMessage, onSilent, onEnd }) => {
      const worker = startWorker(command, workerPath, limits, {
        onMessage,
        onSilent,
        onEnd: ({ code, signal, stderr, startFailure }) =>
          onEnd(startFailure === null ? notice('run/crashed', { code, signal, stderr }) : notice('run/worker-missing', { path: command.path, reason: startFailure })),
      })
      worker.watch(true)
      worker.send(task)
      return { ...worker, now: () => performance.now() }
    },
  }
}
