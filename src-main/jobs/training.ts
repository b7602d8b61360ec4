import type { Notice, Progress, Run } from '@shared/domain/run'
import type { FromWorker, TrainResult, TrainTask } from '@shared/domain/worker-protocol'
import { notice, toNotice } from '@shared/rpc/errors'
import { storageError } from '../store/storage-error'
import type { Executor } from './executor'
import type { RunRecorder } from './run-recorder'
import { createTimeLeft } from './time-left'

/** One run in its own process, from start to end. */
export interface Training {
  cancel(): void
  kill(): void
  pause(): void
  resume(): void
  /** The host ends: asks the run to save itself, and leaves it interrupted; a job that can do without a host is left to itself. */
  interrupt(): void
  /** Settles when the process is gone: with what befell it where it crashed and that was left to the caller. */
  readonly ended: Promise<Notice | null>
}

export interface TrainingOptions {
  run: Run
  task: TrainTask
  recorder: RunRecorder
  executor: Executor
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

export function startTraining({ run, task, recorder, executor, home, judge, leavesCrash = false }: TrainingOptions): Training {
  const { id } = run
  const { limits } = executor
  const clock = createActiveClock(run.durationMs ?? 0, () => job.now())
  const timeLeft = createTimeLeft()
  const warnings = [...run.warnings]
  let progress: Progress | null = null
  let progressToldAt = 0
  let intent: Intent = 'finish'
  let hasBegun = false
  let hasOutcome = false
  let isEndedHard = false
  let isResumable = run.resumable
  let stopTimer: NodeJS.Timeout | undefined

  const end = (change: Partial<Run>): void => {
    if (hasOutcome) return
    hasOutcome = true
    clock.stop()
    job.watch(false)
    stopTimer ??= setTimeout(() => job.terminate(), limits.stopMs)
    const last = progress && { ...progress, ...noTimeLeft }
    recorder.end(id, { endedAt: new Date().toISOString(), durationMs: clock.elapsedMs(), progress: last, warnings, ...change })
  }
  const warn = (warning: Notice): void => {
    if (!warnings.some((known) => known.code === warning.code && known.message === warning.message)) warnings.push(warning)
  }

  const announce = (): Run =>
    recorder.change(id, { status: 'running', startedAt: run.startedAt ?? new Date().toISOString(), endedAt: null, error: null })
  function begin(): void {
    if (hasBegun) return
    hasBegun = true
    clock.go()
    announce()
  }

  /** Waits in a queue that is not ours. */
  function onWaiting(phase: string): void {
    if (!hasBegun && !hasOutcome) recorder.change(id, { progress: { phase, done: 0, total: 1, fraction: 0, ...noTimeLeft } })
  }

  function onProgress(message: Extract<FromWorker, { kind: 'progress' }>): void {
    const { phase, done, total } = message
    const now = job.now()
    const fraction = total > 0 ? Math.min(1, done / total) : 0
    timeLeft.add(now, fraction)
    progress = { phase, done, total, fraction, ...timeLeft.estimate() }
    if (now - progressToldAt < progressEveryMs && done < total) return
    progressToldAt = now
    recorder.change(id, { progress })
  }

  function onFinished(result: TrainResult): void {
    const { converged, iterations, epochs, metrics, heldOut = {} } = result
    const figures = Object.keys(metrics).length > 0 ? { metrics, heldOut } : {}
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
      job.kill()
      end({ status: 'failed', error: toNotice(storageError(error, home) ?? error) })
    }
  }

  function take(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        return begin()
      case 'heartbeat':
      case 'inspected':
      case 'inspectFailed':
      case 'imported':
      case 'importFailed':
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
        job.watch(false)
        return void recorder.change(id, { status: 'paused', progress: progress && { ...progress, ...noTimeLeft } })
      case 'resumed':
        clock.go()
        timeLeft.reset()
        job.watch(true)
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
    if (!verdict) return job.send({ kind: 'goOn' })
    warn(verdict)
    recorder.change(id, { warnings })
    ask('cancel')
  }

  function onSilent(): void {
    const seconds = Math.round(limits.answerMs / 1000)
    end({ status: 'failed', error: notice('run/stopped-answering', { seconds }) })
    job.terminate()
  }

  function onEnd(problem: Notice): void {
    clearTimeout(stopTimer)
    if (intent === 'kill') {
      warn(notice('run/killed'))
      end({ status: 'cancelled' })
    } else if (intent === 'interrupt') {
      end({ status: 'interrupted', error: notice('run/interrupted') })
    } else if (intent === 'cancel') {
      if (isEndedHard) warn(notice('run/ended-hard', { seconds: limits.stopMs / 1000 }))
      end({ status: 'cancelled' })
    } else if (leavesCrash && !hasOutcome && problem.code === 'run/crashed') {
      return leave(problem)
    } else {
      end({ status: 'failed', error: problem })
    }
    settle(null)
  }

  function leave(crash: Notice): void {
    hasOutcome = true
    clock.stop()
    job.watch(false)
    recorder.change(id, { durationMs: clock.elapsedMs(), warnings })
    settle(crash)
  }

  function ask(what: 'cancel' | 'interrupt'): void {
    if (intent !== 'finish') return
    intent = what
    job.send({ kind: 'cancel' })
    stopTimer ??= setTimeout(() => {
      isEndedHard = true
      job.terminate()
    }, limits.stopMs)
  }

  let settle: (crash: Notice | null) => void = () => {}
  const ended = new Promise<Notice | null>((resolve) => (settle = resolve))
  // what cannot be stored must not have a process
  if (!executor.queues) announce()
  const job = executor.start(run, task, { onMessage, onWaiting, onSilent, onEnd })
  if (!executor.queues) {
    hasBegun = true
    clock.go()
  }

  return {
    ended,
    cancel: () => ask('cancel'),
    interrupt: () => {
      if (!job.detach) return ask('interrupt')
      hasOutcome = true
      clearTimeout(stopTimer)
      job.detach()
      settle(null)
    },
    kill: () => {
      intent = 'kill'
      job.kill()
    },
    pause: () => job.send({ kind: 'pause' }),
    resume: () => job.send({ kind: 'resume' }),
  }
}

/** Time a run was at work, without its pauses and beyond one process. */
function createActiveClock(beforeMs: number, now: () => number): { go(): void; stop(): void; elapsedMs(): number } {
  let total = beforeMs
  let since: number | null = null
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
