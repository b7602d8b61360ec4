import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The end of what was written; a grandchild that keeps the pipe open is not waited for. */
const drained = (stream) => Promise.race([once(stream, 'close'), new Promise((done) => setTimeout(done, 1000).unref())])

/**
 * Runs a command to its end and forwards the signals this process gets meanwhile. With `timeoutMs`, ends it and everything it started.
 *
 * @returns status (128 + n after signal n, as shells say it) whether the time limit ended it, and whether the user did
 */
export function runToEnd(command, args, { timeoutMs = 0, onStdout, ...options } = {}) {
  const isWindows = process.platform === 'win32'
  const ownGroup = timeoutMs > 0 && !isWindows
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options, detached: ownGroup })
    const signal = (name) => {
      // A console gives Ctrl-C to every process itself; kill() on Windows would end the child without asking.
      if (isWindows) return
      try {
        if (ownGroup) process.kill(-child.pid, name)
        else child.kill(name)
      } catch (error) {
        if (error.code !== 'ESRCH') throw error
      }
    }
    let stopped = false
    const listeners = forwarded.map((name) => [
      name,
      () => {
        stopped = true
        signal(name)
      },
    ])
    for (const [name, listener] of listeners) process.on(name, listener)
    let timedOut = false
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true
          if (isWindows) child.kill()
          else signal('SIGKILL')
        }, timeoutMs)
      : undefined
    const settle = () => {
      clearTimeout(timer)
      for (const [name, listener] of listeners) process.off(name, listener)
    }
    if (onStdout) child.stdout?.setEncoding('utf8').on('data', onStdout)
    child.on('error', (error) => {
      settle()
      fail(error)
    })
    child.on('exit', async (code, name) => {
      settle()
      if (ownGroup) signal('SIGKILL')
      if (onStdout && child.stdout && !child.stdout.closed) await drained(child.stdout)
      done({ status: timedOut ? 124 : (code ?? 128 + (constants.signals[name] ?? 0)), timedOut, stopped })
    })
  })
}

/**
 * npm runs its scripts in a shell, and a signal to npm ends only that shell. Whoever stops npm means what it started: the end of the
 * shell counts as SIGTERM.
 */
export function endWithShell() {
  if (process.platform === 'win32' || !process.env.npm_lifecycle_event) return
  const shell = process.ppid
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM')
  }, 300).unref()
}
