import { type ChildProcess, fork } from 'node:child_process'
import type { FromWorker, ToWorker } from '@shared/domain/worker-protocol'
import { writeMessage } from './message-lines'
import type { NodeCommand } from './node-command'

export interface WorkerLimits {
  /** Without a message for so long, a worker counts as hanging. */
  answerMs: number
  /** From asking to stop to SIGTERM. */
  stopMs: number
  /** From SIGTERM to SIGKILL. */
  terminateMs: number
}
/** What a step of a fit leaves behind is small and soon done with; by default V8 lets it grow to three times 16 MB before it looks. */
export const workerFlags = ['--max-semi-space-size=4']

export const workerLimits: WorkerLimits = { answerMs: 60_000, stopMs: 10_000, terminateMs: 5_000 }

export interface WorkerEnd {
  code: number | null
  signal: string | null
  /** The last 4 KB of what it wrote to stderr. */
  stderr: string
  /** Set where the process could not even be started. */
  startFailure: string | null
}

export interface WorkerProcess {
  readonly pid: number | undefined
  /** What is sent before the worker is ready waits for it. */
  send(message: ToWorker): void
  /** SIGTERM, and SIGKILL when that does not help. */
  terminate(): void
  kill(): void
  /** While watched, silence of answerMs is reported once. */
  watch(watched: boolean): void
}

export interface WorkerListener {
  onMessage(message: FromWorker): void
  onSilent(): void
  /** After the last message. */
  onEnd(end: WorkerEnd): void
}

const stderrBytes = 4096
/** After the process is gone: how long its pipes may stay open, e.g. in the hands of a process it started. */
const drainMs = 2000

export function startWorker(command: NodeCommand, workerPath: string, limits: WorkerLimits, listener: WorkerListener): WorkerProcess {
  const child = fork(workerPath, [], {
    execPath: command.path,
    execArgv: workerFlags,
    env: { ...process.env, ...command.environment },
    serialization: 'advanced',
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  const stderr = tailOf(child)
  const silence = watchSilence(limits.answerMs, () => listener.onSilent())
  let waiting: ToWorker[] | null = []
  let killTimer: NodeJS.Timeout | undefined

  const post = (message: ToWorker): void => {
    if (child.stdin?.writable) writeMessage(child.stdin, message)
  }
  // a worker that is gone reports its end by onEnd
  child.stdin?.on('error', () => {})
  child.on('message', (message: FromWorker) => {
    silence.heard()
    if (message.kind === 'ready' && waiting) {
      const first = waiting
      waiting = null
      first.forEach(post)
    }
    listener.onMessage(message)
  })
  onceGone(child, (code, signal, startFailure) => {
    silence.end()
    clearTimeout(killTimer)
    listener.onEnd({ code, signal, stderr: stderr(), startFailure })
  })

  return {
    pid: child.pid,
    send: (message) => (waiting ? void waiting.push(message) : post(message)),
    terminate: () => {
      child.kill('SIGTERM')
      killTimer ??= setTimeout(() => child.kill('SIGKILL'), limits.terminateMs)
    },
    kill: () => void child.kill('SIGKILL'),
    watch: silence.watch,
  }
}

/** Calls once, when the process is gone and everything it had sent and written was read. */
function onceGone(child: ChildProcess, call: (code: number | null, signal: string | null, startFailure: string | null) => void): void {
  let exit: { code: number | null; signal: string | null } | null = null
  let isClosed = false
  let isTold = false
  const tell = (startFailure: string | null): void => {
    if (isTold) return
    isTold = true
    call(exit?.code ?? null, exit?.signal ?? null, startFailure)
  }
  const tellWhenDrained = (): void => {
    if (exit && isClosed && !child.connected) tell(null)
  }
  child.on('exit', (code, signal) => {
    exit = { code, signal }
    setTimeout(() => tell(null), drainMs).unref()
    tellWhenDrained()
  })
  child.on('close', () => {
    isClosed = true
    tellWhenDrained()
  })
  child.on('disconnect', tellWhenDrained)
  child.on('error', (error) => {
    if (child.pid === undefined) tell(error.message)
  })
}

function tailOf(child: ChildProcess): () => string {
  let tail = Buffer.alloc(0)
  child.stderr?.on('data', (bytes: Buffer) => {
    tail = Buffer.concat([tail, bytes]).subarray(-stderrBytes)
  })
  child.stdout?.resume()
  return () => tail.toString('utf8')
}

/** Counts ticks, not time: after the machine slept, one late tick is not a minute of silence. */
function watchSilence(answerMs: number, onSilent: () => void): { heard(): void; watch(watched: boolean): void; end(): void } {
  const ticksAllowed = 12
  let ticks = 0
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  return {
    heard: () => {
      ticks = 0
    },
    end,
    watch: (watched) => {
      end()
      ticks = 0
      if (!watched) return
      timer = setInterval(() => {
        if (++ticks < ticksAllowed) return
        end()
        onSilent()
      }, answerMs / ticksAllowed)
    },
  }
}
