import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Reply, Transport } from '@shared/rpc/client'
import { decode, encode } from '@shared/rpc/codec'
import type { HostEvent } from '@shared/rpc/contract'
import { notice } from '@shared/rpc/errors'
import { createEventParser } from './event-stream'

export interface HttpAddress {
  port: number
  token: string
}

const retryMs = 500

/** A transport to a host that listens on this machine, for clients on Node. Requests wait until a subscription has begun. */
export function connectHttp({ port, token }: HttpAddress): Transport & { close(): void } {
  const agent = new Agent({ keepAlive: true })
  const open = new Set<() => void>()
  let ready: Promise<void> = Promise.resolve()

  const send = (method: string, path: string, body: string | null, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, path, agent: path === '/events' ? undefined : agent }
      const request = httpRequest({ ...options, headers: { authorization: `Bearer ${token}`, ...headers } }, resolve)
      request.once('error', reject)
      request.end(body ?? undefined)
    })

  async function request(method: string, input: unknown): Promise<Reply> {
    await ready
    try {
      const response = await send('POST', '/rpc', encode({ method, input }), { 'content-type': 'application/json' })
      const parts: Buffer[] = []
      for await (const part of response as AsyncIterable<Buffer>) parts.push(part)
      return decode(Buffer.concat(parts).toString('utf8')) as Reply
    } catch {
      return { ok: false, error: notice('system/unreachable') }
    }
  }

  function subscribe(listener: (event: HostEvent) => void, onGap?: () => void): () => void {
    let lastId: string | null = null
    let isOver = false
    let response: IncomingMessage | null = null
    let begun = (): void => {}
    ready = new Promise((resolve) => (begun = resolve))
    const parser = createEventParser((frame) => {
      lastId = frame.id ?? lastId
      if (frame.event === 'message') listener(decode(frame.data) as HostEvent)
      else if (frame.event === 'gap') onGap?.()
      else if (frame.event === 'ready') begun()
    })
    const listen = async (): Promise<void> => {
      while (!isOver) {
        try {
          response = await send('GET', '/events', null, lastId === null ? {} : { 'last-event-id': lastId })
          if (response.statusCode !== 200) break
          parser.reset()
          for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) if (!isOver) parser.push(part)
        } catch {
          // the host is away; requests say so, and the stream is taken up again when it answers
          begun()
        }
        if (!isOver) await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
      begun()
    }
    const end = (): void => {
      isOver = true
      open.delete(end)
      response?.destroy()
      begun()
    }
    open.add(end)
    void listen()
    return end
  }

  return {
    request,
    subscribe,
    close: () => {
      for (const end of [...open]) end()
      agent.destroy()
    },
  }
}
