import type { IpcRenderer, IpcRendererEvent } from 'electron'
import { channels, type LatentBridge } from '@shared/rpc/bridge'
import type { HostEvent } from '@shared/rpc/contract'

export type IpcClient = Pick<IpcRenderer, 'invoke' | 'send' | 'on' | 'removeListener'>

/** The client's end of electron-ipc, as it runs in the preload script. */
export function createBridge(ipc: IpcClient): Pick<LatentBridge, 'request' | 'subscribe'> {
  let count = 0
  return {
    request: (method, input) => ipc.invoke(channels.request, method, input),
    subscribe: (listener) => {
      const onEvent = (_event: IpcRendererEvent, event: HostEvent): void => listener(event)
      ipc.on(channels.event, onEvent)
      if (count++ === 0) ipc.send(channels.subscribe)
      return () => {
        ipc.removeListener(channels.event, onEvent)
        if (--count === 0) ipc.send(channels.unsubscribe)
      }
    },
  }
}
