import { EventEmitter } from 'node:events'
import type { IpcMainEvent, WebContents } from 'electron'
import { expect, test } from 'vitest'
import { channels } from '@shared/rpc/bridge'
import { createBridge, type IpcClient } from './electron-bridge'
import { type IpcServer, serveIpc } from './electron-ipc'
import { createEventHub } from './event-hub'
import { transportSuite } from './transport-suite'

/** Electron's two ends, as far as they are used: values are cloned on their way, and nothing arrives at once. */
function fakeIpc(url = 'app://workbench/index.html') {
  const handlers = new Map<string, (event: never, ...values: unknown[]) => unknown>()
  const main = new EventEmitter()
  const renderer = new EventEmitter()
  const sender = Object.assign(new EventEmitter(), {
    isDestroyed: () => false,
    send: (channel: string, value: unknown) => {
      const copy = structuredClone(value)
      setImmediate(() => renderer.emit(channel, {}, copy))
    },
  })
  const event = { sender: sender as unknown as WebContents, senderFrame: { url } } as unknown as IpcMainEvent
  const server: IpcServer = {
    handle: (channel, listener) => void handlers.set(channel, listener as never),
    on: (channel, listener) => void main.on(channel, listener),
    removeHandler: (channel) => void handlers.delete(channel),
    removeAllListeners: (channel) => void main.removeAllListeners(channel),
  }
  const client = {
    invoke: async (channel: string, ...values: unknown[]) => {
      await new Promise((resolve) => setImmediate(resolve))
      return structuredClone(await handlers.get(channel)?.(event as never, ...(structuredClone(values) as unknown[])))
    },
    send: (channel: string, ...values: unknown[]) => void main.emit(channel, event, ...values),
    on: (channel: string, listener: (...values: unknown[]) => void) => renderer.on(channel, listener),
    removeListener: (channel: string, listener: (...values: unknown[]) => void) => renderer.removeListener(channel, listener),
  } as unknown as IpcClient
  return { server, client, sender }
}

transportSuite('Electron IPC', async (dispatch, hub) => {
  const { server, client } = fakeIpc()
  const end = serveIpc(server, { dispatch, subscribe: hub.subscribe }, () => true)
  return { transport: createBridge(client), close: end }
})

test('a sender that is not trusted gets an error for every request, and no event', async () => {
  const hub = createEventHub()
  const { server, client } = fakeIpc('https://elsewhere.example/')
  let asked = 0
  const dispatch = async () => ({ ok: true as const, value: asked++ })
  serveIpc(server, { dispatch, subscribe: hub.subscribe }, (event) => event.senderFrame?.url.startsWith('app://') ?? false)
  const bridge = createBridge(client)
  let events = 0
  bridge.subscribe(() => events++)
  expect(await bridge.request('system.info', {})).toMatchObject({ ok: false, error: { code: 'system/foreign-origin' } })
  hub.publish({ name: 'run.removed', payload: { id: 'r1' } })
  await new Promise((resolve) => setImmediate(resolve))
  expect([asked, events]).toEqual([0, 0])
})

test('a window that is gone is told nothing more', async () => {
  const hub = createEventHub()
  const { server, client, sender } = fakeIpc()
  serveIpc(server, { dispatch: async () => ({ ok: true, value: null }), subscribe: hub.subscribe }, () => true)
  let events = 0
  createBridge(client).subscribe(() => events++)
  sender.emit('destroyed')
  hub.publish({ name: 'run.removed', payload: { id: 'r1' } })
  await new Promise((resolve) => setImmediate(resolve))
  expect(events).toBe(0)
  expect(channels.event).toBe('latent:event')
})
