import type { HostEvent } from '@shared/rpc/contract'

export interface NumberedEvent {
  number: number
  atMs: number
  event: HostEvent
}

/** Every event of the host passes here once, and gets a number. The last ones are kept for clients that were away for a moment. */
export interface EventHub {
  publish(event: HostEvent): void
  subscribe(listener: (event: HostEvent) => void): () => void
  subscribeNumbered(listener: (event: NumberedEvent) => void): () => void
  /** Events after this number, or null where some of them are no longer kept. */
  after(number: number): NumberedEvent[] | null
  /** Events since this moment, as far as they are kept. */
  since(atMs: number): NumberedEvent[]
  lastNumber(): number
}

export function createEventHub(keep = 512, now: () => number = Date.now): EventHub {
  const listeners = new Set<(event: NumberedEvent) => void>()
  const kept: NumberedEvent[] = []
  let number = 0
  const subscribeNumbered = (listener: (event: NumberedEvent) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    publish(event) {
      const numbered = { number: ++number, atMs: now(), event }
      kept.push(numbered)
      if (kept.length > keep) kept.shift()
      for (const listener of [...listeners]) listener(numbered)
    },
    subscribeNumbered,
    subscribe: (listener) => subscribeNumbered(({ event }) => listener(event)),
    after: (from) => {
      const isKept = from <= number && from >= number - kept.length
      if (!isKept) return null
      return kept.filter((one) => one.number > from)
    },
    since: (atMs) => kept.filter((one) => one.atMs >= atMs),
    lastNumber: () => number,
  }
}
