import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { encode } from '@shared/rpc/codec'
import type { EventHub, NumberedEvent } from './event-hub'

/** The stream of events as server-sent events, with ids to go on from after a break. */
export interface HttpEvents {
  open(request: IncomingMessage, response: ServerResponse): void
  clients(): number
  close(): void
}

const heartbeatMs = 15_000
/** A client that reads this far behind is let go; it comes back and takes what it missed. */
const behindBytes = 32 * 1024 * 1024
/** A fresh client gets the events of the last moments too: what happened between its first snapshot and its first event is not lost. */
const overlapMs = 5000

export function createHttpEvents(hub: EventHub): HttpEvents {
  const boot = randomBytes(4).toString('hex')
  const responses = new Set<ServerResponse>()
  let encoded: { number: number; text: string } | null = null

  const frame = ({ number, event }: NumberedEvent): string => {
    if (encoded?.number !== number) encoded = { number, text: `id: ${boot}-${number}\ndata: ${encode(event)}\n\n` }
    return encoded.text
  }
  const write = (response: ServerResponse, text: string): void => {
    response.write(text)
    if (response.writableLength > behindBytes) response.destroy()
  }
  const unsubscribe = hub.subscribeNumbered((event) => {
    for (const response of responses) write(response, frame(event))
  })
  const heartbeat = setInterval(() => {
    for (const response of responses) write(response, ': \n\n')
  }, heartbeatMs)
  heartbeat.unref()

  /** Null: some of what the client missed is gone, or it speaks of another host. */
  function missed(lastId: string | undefined): NumberedEvent[] | null {
    if (lastId === undefined) return hub.since(Date.now() - overlapMs)
    const [from, number] = lastId.split('-')
    return from === boot ? hub.after(Number(number)) : null
  }

  return {
    open(request, response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      const events = missed(request.headers['last-event-id'] as string | undefined)
      response.write('retry: 1000\n\n')
      if (events === null) response.write(`id: ${boot}-${hub.lastNumber()}\nevent: gap\ndata: null\n\n`)
      for (const event of events ?? []) response.write(frame(event))
      response.write(`id: ${boot}-${hub.lastNumber()}\nevent: ready\ndata: null\n\n`)
      responses.add(response)
      response.on('close', () => responses.delete(response))
    },
    clients: () => responses.size,
    close() {
      unsubscribe()
      clearInterval(heartbeat)
      for (const response of responses) response.end()
    },
  }
}
