import type { Notice, Progress, Run } from '@shared/domain/run'
import type { FromWorker, TrainResult, TrainTask } from '@shared/domain/worker-protocol'
import { notice, toNotice } from '@shared/rpc/errors'
import { storageError } from '../store/storage-error'
import type { NodeCommand } from './node-command'
import type { RunRecorder } from './run-recorder'
import { createTimeLeft } from './time-left'
import { startWorker, type WorkerEnd, type WorkerLimits } from './worker-process'

/** One run in its own process, from start to end. */
export interface Training {
  cancel(): void
  kill(): void
  pause(): void
  resume(): void
  /** The host ends: asks the run to save itself, and leaves it interrupted. */
  interrupt(): void
  /** Settles when the process is gone: with what befell it where it crashed and that was left to the caller. */
  readonly ended: Promise<Notice | null>
}

export interface TrainingOptions {
  run: Run
  task: TrainTask
  recorder: RunRecorder
  command: NodeCommand
  workerPath: string
  limits: WorkerLimits
  /** The data folder, to be named where it cannot be written. */
  home: string
  /** Asked at every rung of the task: why the run is to be ended there, or null. */
  judge?: ((step: number) => Notice | null) | undefined
  /** A crash does not end the run: the caller goes on with it elsewhere. */
  leavesCrash?: boolean
}

type Intent = 'finish' | 'cancel' | 'kill' | 'interrupt'
const progressEveryMs = 200
const noTimeLeft = { etaMs: null, etaLowMs: null, etaHighMs: null }

export function startTraining({ run, task, recorder, command, workerPath, limits, home, judge, leavesCrash = false }: TrainingOptions): Training {
  const { id } = run
  const clock = createActiveClock(run.durationMs ?? 0)
  const timeLeft = createTimeLeft()
  const warnings = [...run.warnings]
  let progress: Progress | null = null
  let progressToldAt = 0
  let intent: Intent = 'finish'
  let hasOutcome = false
  let isEndedHard = false
  let isResumable = run.resumable
  let stopTimer: NodeJS.Timeout | undefined

  const end = (change: Partial<Run>): void => {
    if (hasOutcome) return
    hasOutcome = true
    clock.stop()
    worker.watch(false)
    stopTimer ??= setTimeout(() => worker.terminate(), limits.stopMs)
    const last = progress && { ...progress, ...noTimeLeft }
    recorder.end(id, { endedAt: new Date().toISOString(), durationMs: clock.elapsedMs(), progress: last, warnings, ...change })
  }
  const warn = (warning: Notice): void => {
    if (!warnings.some((known) => known.code === warning.code && known.message === warning.message)) warnings.push(warning)
  }

  function onProgress(message: Extract<FromWorker, { kind: 'progress' }>): void {
    const { phase, done, total } = message
    const now = Date.now()
    const fraction = total > 0 ? Math.min(1, done / total) : 0
    timeLeft.add(now, fraction)
    progress = { phase, done, total, fraction, ...timeLeft.estimate() }
    if (now - progressToldAt < progressEveryMs && done < total) return
    progressToldAt = now
    recorder.change(id, { progress })
  }

  function onFinished(result: TrainResult): void {
    const { converged, iterations, epochs, metrics } = result
    const figures = Object.keys(metrics).length > 0 ? { metrics } : {}
    if (result.status === 'completed' && progress) progress = { ...progress, done: progress.total, fraction: 1 }
    if (result.status === 'cancelled' && intent === 'interrupt')
      end({ status: 'interrupted', error: notice('run/interrupted'), ...figures })
    else end({ status: result.status, converged, iterations, epochs, ...figures })
  }

  /** What cannot be stored ends this run, not the program. */
  function onMessage(message: FromWorker): void {
    if (hasOutcome) return
    try {
      take(message)
    } catch (error) {
      worker.kill()
      end({ status: 'failed', error: toNotice(storageError(error, home) ?? error) })
    }
  }

  function take(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
      case 'heartbeat':
      case 'inspected':
      case 'inspectFailed':
      case 'probed':
        return
      case 'started': {
        const { device, runtime, environment } = message
        return void recorder.change(id, { device, runtime, environment })
      }
      case 'progress':
        return onProgress(message)
      case 'metrics':
        return recorder.metrics(id, message.points)
      case 'rewind':
        return recorder.rewind(id, message.keys, message.afterStep)
      case 'warning':
        warn(message.warning)
        return void recorder.change(id, { warnings })
      case 'artifact':
        return recorder.artifact(id, message.artifact)
      case 'checkpoint':
        if (!isResumable) recorder.change(id, { resumable: (isResumable = true) })
        return
      case 'rung':
        return onRung(message.step)
      case 'paused':
        clock.stop()
        worker.watch(false)
        return void recorder.change(id, { status: 'paused', progress: progress && { ...progress, ...noTimeLeft } })
      case 'resumed':
        clock.go()
        timeLeft.reset()
        worker.watch(true)
        return void recorder.change(id, { status: 'running' })
      case 'finished':
        return onFinished(message.result)
      case 'failed':
        return end({ status: 'failed', error: message.error })
      default:
        message satisfies never
    }
  }

  function onRung(step: number): void {
    const verdict = judge?.(step) ?? null
    if (!verdict) return worker.send({ kind: 'goOn' })
    warn(verdict)
    recorder.change(id, { warnings })
    ask('cancel')
  }

  function onSilent(): void {
    const seconds = Math.round(limits.answerMs / 1000)
    end({ status: 'failed', error: notice('run/stopped-answering', { seconds }) })
    worker.terminate()
  }

  function onEnd(how: WorkerEnd): void {
    clearTimeout(stopTimer)
    if (intent === 'kill') {
      warn(notice('run/killed'))
      end({ status: 'cancelled' })
    } else if (intent === 'interrupt') {
      end({ status: 'interrupted', error: notice('run/interrupted') })
    } else if (intent === 'cancel') {
      if (isEndedHard) warn(notice('run/ended-hard', { seconds: limits.stopMs / 1000 }))
      end({ status: 'cancelled' })
    } else if (how.startFailure !== null) {
      end({ status: 'failed', error: notice('run/worker-missing', { path: command.path, reason: how.startFailure }) })
    } else {
      const crash = notice('run/crashed', { code: how.code, signal: how.signal, stderr: how.stderr })
      if (leavesCrash && !hasOutcome) return leave(crash)
      end({ status: 'failed', error: crash })
    }
    settle(null)
  }

  function leave(crash: Notice): void {
    hasOutcome = true
    clock.stop()
    worker.watch(false)
    recorder.change(id, { durationMs: clock.elapsedMs(), warnings })
    settle(crash)
  }

  function ask(what: 'cancel' | 'interrupt'): void {
    if (intent !== 'finish') return
    intent = what
    worker.send({ kind: 'cancel' })
    stopTimer ??= setTimeout(() => {
      isEndedHard = true
      worker.terminate()
    }, limits.stopMs)
  }

  let settle: (crash: Notice | null) => void = () => {}
  const ended = new Promise<Notice | null>((resolve) => (settle = resolve))
  clock.go()
  recorder.change(id, { status: 'running', startedAt: run.startedAt ?? new Date().toISOString(), endedAt: null, error: null })
  const worker = startWorker(command, workerPath, limits, { onMessage, onSilent, onEnd })
  worker.watch(true)
  worker.send(task)

  return {
    ended,
    cancel: () => ask('cancel'),
    interrupt: () => ask('interrupt'),
    kill: () => {
      intent = 'kill'
      worker.kill()
    },
    pause: () => worker.send({ kind: 'pause' }),
    resume: () => worker.send({ kind: 'resume' }),
  }
}

/** Time a run was at work, without its pauses and beyond one process. */
function createActiveClock(beforeMs: number): { go(): void; stop(): void; elapsedMs(): number } {
  let total = beforeMs
  let since: number | null = null
  const now = (): number => performance.now()
  return {
    go: () => {
      since ??= now()
    },
    stop: () => {
      if (since !== null) total += now() - since
      since = null
    },
    elapsedMs: () => Math.round(total + (since === null ? 0 : now() - since)),
  }
}
