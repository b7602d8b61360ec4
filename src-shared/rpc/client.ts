import type { EventName, EventPayload, HostEvent, MethodInput, MethodName, MethodOutput } from './contract'
import { RemoteError } from './errors'
import type { Notice } from '../domain/run'

/** What a request comes back as, on every transport. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: Notice }

/** Two functions are all that a host and its client need between them. */
export interface Transport {
  request(method: string, input: unknown): Promise<Reply>
  /** Calls the listener for every event from now on; returns the end of the subscription. `onGap` is called when events may have been missed. */
  subscribe(listener: (event: HostEvent) => void, onGap?: () => void): () => void
}

export interface Client {
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>
  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void
  /** Called when the connection was lost and came back: snapshots are stale. */
  onGap(listener: () => void): () => void
  close(): void
}

export function createClient(transport: Transport): Client {
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const gapListeners = new Set<() => void>()
  const unsubscribe = transport.subscribe(
    (event) => {
      for (const listener of listeners.get(event.name) ?? []) listener(event.payload as never)
    },
    () => {
      for (const listener of gapListeners) listener()
    },
  )
  return {
    async call(method, input) {
      const reply = await transport.request(method, input)
      if (!reply.ok) throw new RemoteError(reply.error)
      return reply.value as never
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener as (payload: never) => void)
      return () => set.delete(listener as (payload: never) => void)
    },
    onGap(listener) {
      gapListeners.add(listener)
      return () => gapListeners.delete(listener)
    },
    close: unsubscribe,
  }
}
