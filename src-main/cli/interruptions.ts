import { Cancelled } from './output'

/** Ctrl-C and its relatives. npm and the start-up script pass a signal on, so one key press can arrive as several. */
export interface Interruptions {
  /** Gets how often the user has asked so far; returns false where there is nothing to stop gracefully. */
  handle(handler: (times: number) => Promise<boolean>): () => void
  /** Rejects with Cancelled when nothing handles an interruption. */
  readonly cancelled: Promise<never>
  end(): void
}

const samePressMs = 500
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function watchInterruptions(): Interruptions {
  let handler: ((times: number) => Promise<boolean>) | undefined
  let times = 0
  let last = 0
  let reject: (error: unknown) => void = () => {}
  const cancelled = new Promise<never>((_, fail) => {
    reject = fail
  })
  cancelled.catch(() => {})
  const onSignal = (): void => {
    const now = performance.now()
    if (times > 0 && now - last < samePressMs) return
    last = now
    times += 1
    void (async () => {
      try {
        if (!(await handler?.(times))) reject(new Cancelled())
      } catch {
        reject(new Cancelled())
      }
    })()
  }
  for (const name of signals) process.on(name, onSignal)
  return {
    handle(next) {
      handler = next
      return () => {
        if (handler === next) handler = undefined
      }
    },
    cancelled,
    end: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
