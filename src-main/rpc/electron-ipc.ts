import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron'
import type { Reply } from '@shared/rpc/client'
import { channels } from '@shared/rpc/bridge'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { Dispatch } from './router'

/** The part of Electron's ipcMain that is used; tests bring their own. */
export interface IpcServer {
  handle(channel: string, listener: (event: IpcMainInvokeEvent, ...values: unknown[]) => unknown): void
  on(channel: string, listener: (event: IpcMainEvent, ...values: unknown[]) => void): void
  removeHandler(channel: string): void
  removeAllListeners(channel: string): void
}

export interface IpcHost {
  dispatch: Dispatch
  subscribe(listener: (event: HostEvent) => void): () => void
}

/** Serves a host over Electron's IPC. Whoever is not trusted gets an error and no event. */
export function serveIpc(ipc: IpcServer, host: IpcHost, isTrusted: (event: IpcMainEvent | IpcMainInvokeEvent) => boolean): () => void {
  const subscribers = new Set<WebContents>()
  ipc.handle(channels.request, async (event, method, input): Promise<Reply> => {
    if (!isTrusted(event))
      return { ok: false, error: new AppError('system/foreign-origin', { origin: event.senderFrame?.url ?? '?' }).toJSON() }
    return host.dispatch(String(method), input)
  })
  ipc.on(channels.subscribe, (event) => {
    if (!isTrusted(event) || subscribers.has(event.sender)) return
    subscribers.add(event.sender)
    event.sender.once('destroyed', () => subscribers.delete(event.sender))
  })
  ipc.on(channels.unsubscribe, (event) => subscribers.delete(event.sender))
  const unsubscribe = host.subscribe((event) => {
    for (const subscriber of subscribers) if (!subscriber.isDestroyed()) subscriber.send(channels.event, event)
  })
  return () => {
    unsubscribe()
    subscribers.clear()
    ipc.removeHandler(channels.request)
    ipc.removeAllListeners(channels.subscribe)
    ipc.removeAllListeners(channels.unsubscribe)
  }
}
