import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClient, type Transport } from '@shared/rpc/client'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError, toNotice } from '@shared/rpc/errors'
import { createEventHub, type EventHub } from './event-hub'
import type { Dispatch } from './router'

export interface OpenTransport {
  transport: Transport
  close(): Promise<void> | void
}

/** What every transport must do, with a host that echoes. */
export function transportSuite(name: string, open: (dispatch: Dispatch, hub: EventHub) => Promise<OpenTransport>): void {
  describe(name, () => {
    let opened: OpenTransport
    let hub: EventHub
    const dispatch: Dispatch = async (method, input) => {
      if (method === 'fail') return { ok: false, error: toNotice(new AppError('run/not-found', { id: 'r1' })) }
      if (method === 'later') await new Promise((resolve) => setTimeout(resolve, 30))
      return { ok: true, value: { method, input } }
    }
    const removed = (id: string): HostEvent => ({ name: 'run.removed', payload: { id } })
    beforeEach(async () => {
      hub = createEventHub()
      opened = await open(dispatch, hub)
    })
    afterEach(() => opened.close())

    /** Resolves when so many events have come. */
    function collect(count: number): { events: HostEvent[]; all: Promise<void>; end(): void } {
      const events: HostEvent[] = []
      let done = (): void => {}
      const all = new Promise<void>((resolve) => (done = resolve))
      const end = opened.transport.subscribe((event) => {
        events.push(event)
        if (events.length === count) done()
      })
      return { events, all, end }
    }

    test('values arrive as they were sent: typed arrays, numbers that are not finite, text of any language, null', async () => {
      const value = {
        f32: Float32Array.of(1.5, Number.NaN, -0),
        f64: Float64Array.of(Math.PI, Infinity),
        i32: Int32Array.of(-1, 2 ** 31 - 1),
        u8: Uint8Array.of(0, 255),
        view: new Float64Array(new Float64Array([1, 2, 3]).buffer, 8, 1),
        numbers: [Number.NaN, Number.NEGATIVE_INFINITY, 1e-300],
        text: '证据下界 "quoted"\n\n\u2028',
        nothing: null,
      }
      expect(await opened.transport.request('echo', value)).toEqual({ ok: true, value: { method: 'echo', input: value } })
    })

    test('an error arrives with code, sentence and details, and a client throws it', async () => {
      expect(await opened.transport.request('fail', {})).toEqual({
        ok: false,
        error: { code: 'run/not-found', message: 'There is no run r1. `runs list` shows those there are.', details: { id: 'r1' } },
      })
      const client = createClient(opened.transport)
      await expect(client.call('fail' as 'runs.get', { id: 'r1' })).rejects.toMatchObject({ code: 'run/not-found', details: { id: 'r1' } })
      client.close()
    })

    test('replies find their requests however they overtake each other', async () => {
      const methods = ['later', 'echo', 'later', 'echo']
      const replies = await Promise.all(methods.map((method, index) => opened.transport.request(method, index)))
      expect(replies).toEqual(methods.map((method, index) => ({ ok: true, value: { method, input: index } })))
    })

    test('eight megabytes go through in both directions', async () => {
      const input = new Float64Array(2 ** 20).map((_, index) => Math.sin(index))
      const reply = await opened.transport.request('echo', input)
      expect((reply as { value: { input: Float64Array } }).value.input).toEqual(input)
    })

    test('events come in order, each once, to every subscriber, until it ends its subscription', async () => {
      const first = collect(1000)
      const second = collect(1000)
      await opened.transport.request('echo', {})
      for (let index = 0; index < 1000; index++) hub.publish(removed(String(index)))
      await Promise.all([first.all, second.all])
      const expected = Array.from({ length: 1000 }, (_, index) => removed(String(index)))
      expect(first.events).toEqual(expected)
      expect(second.events).toEqual(expected)
      first.end()
      const third = collect(1001)
      hub.publish(removed('last'))
      await opened.transport.request('echo', {})
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(first.events).toHaveLength(1000)
      expect(second.events).toHaveLength(1001)
      expect(third.events.at(-1)).toEqual(removed('last'))
    })

    test('what is published while a request is answered is not missed by who subscribed before it', async () => {
      const seen = collect(1)
      const reply = opened.transport.request('later', {})
      await new Promise((resolve) => setTimeout(resolve, 10))
      hub.publish(removed('meanwhile'))
      await reply
      await seen.all
      expect(seen.events).toEqual([removed('meanwhile')])
    })
  })
}
