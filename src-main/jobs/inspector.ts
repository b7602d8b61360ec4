import type { FromWorker, InspectTask } from '@shared/domain/worker-protocol'
import { AppError, RemoteError } from '@shared/rpc/errors'
import type { NodeCommand } from './node-command'
import { startWorker, type WorkerEnd, type WorkerLimits, type WorkerProcess } from './worker-process'

/** One warm process that looks inside runs: started on first need, ended after a while without a question. */
export interface Inspector {
  ask(task: Omit<InspectTask, 'kind' | 'requestId'>): Promise<unknown>
  close(): Promise<void>
}

export interface InspectorOptions {
  command: NodeCommand
  workerPath: string
  limits: WorkerLimits
  /** Without a question for so long, the process is ended. */
  idleMs: number
  /** How far the question that is being answered has come. */
  onProgress?(progress: { phase: string; done: number; total: number }): void
}
export const inspectorIdleMs = 5 * 60_000
/** One answer may take long: encoding a large dataset is one question. */
export const inspectorAnswerMs = 10 * 60_000

/** A grid of fits is one question, too. */
export const selectionAnswerMs = 24 * 60 * 60_000

interface Question {
  task: InspectTask
  answer(value: unknown): void
  fail(error: Error): void
}

export function createInspector({ command, workerPath, limits, idleMs, onProgress }: InspectorOptions): Inspector {
  let worker: WorkerProcess | null = null
  let gone: Promise<void> = Promise.resolve()
  let asked: Question | null = null
  let waiting: Question[] = []
  let nextId = 1
  let idleTimer: NodeJS.Timeout | undefined
  let isClosed = false

  function start(): WorkerProcess {
    let settle = (): void => {}
    gone = new Promise((resolve) => (settle = resolve))
    const own: WorkerProcess = startWorker(command, workerPath, limits, {
      onMessage: (message) => onMessage(message),
      onSilent: () => own.terminate(),
      onEnd: (end) => {
        settle()
        if (worker !== own) return
        worker = null
        failAll(endError(end))
      },
    })
    return own
  }
  const endError = ({ code, signal, stderr, startFailure }: WorkerEnd): AppError =>
    startFailure === null
      ? new AppError('run/inspector-crashed', { code, signal, stderr })
      : new AppError('run/worker-missing', { path: command.path, reason: startFailure })

  function onMessage(message: FromWorker): void {
    if (message.kind === 'progress') onProgress?.(message)
    if (message.kind !== 'inspected' && message.kind !== 'inspectFailed') return
    const question = asked
    if (question?.task.requestId !== message.requestId) return
    asked = null
    worker?.watch(false)
    if (message.kind === 'inspected') question.answer(message.value)
    else question.fail(new RemoteError(message.error))
    next()
  }

  function next(): void {
    if (asked) return
    asked = waiting.shift() ?? null
    clearTimeout(idleTimer)
    if (asked) {
      worker ??= start()
      worker.watch(true)
      worker.send(asked.task)
    } else {
      idleTimer = setTimeout(stop, idleMs)
      idleTimer.unref()
    }
  }

  function stop(): void {
    const ending = worker
    worker = null
    ending?.terminate()
  }

  function failAll(error: Error): void {
    const questions = asked ? [asked, ...waiting] : waiting
    asked = null
    waiting = []
    for (const question of questions) question.fail(error)
  }

  return {
    ask: (content) =>
      new Promise((answer, fail) => {
        if (isClosed) return fail(new AppError('system/unreachable'))
        const question: Question = { task: { kind: 'inspect', requestId: nextId++, ...content }, answer, fail }
        const older = waiting.findIndex((one) => isSuperseded(one.task, question.task))
        if (older >= 0) waiting.splice(older, 1, question)[0]?.fail(new AppError('run/superseded'))
        else waiting.push(question)
        next()
      }),
    close: () => {
      isClosed = true
      clearTimeout(idleTimer)
      failAll(new AppError('system/unreachable'))
      stop()
      return gone
    },
  }
}

/** While a slider moves only its newest position matters. */
function isSuperseded(older: InspectTask, newer: InspectTask): boolean {
  const [before, now] = [older.operation, newer.operation]
  if (older.runId !== newer.runId) return false
  if (now.kind === 'decode') return before.kind === 'decode' && before.latent.length === 1 && now.latent.length === 1
  return now.kind === 'emFrame' && before.kind === 'emFrame'
}
