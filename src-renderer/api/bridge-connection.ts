import { decode, encode } from '@shared/rpc/codec'
import type { LatentBridge } from '@shared/rpc/bridge'
import type { HostConnection } from './host-connection'

declare global {
  interface Window {
    latent?: LatentBridge
  }
}

/** The host in the main process of Electron, through the preload script. */
export function connectBridge(bridge: LatentBridge): HostConnection {
  return {
    onStatus: () => undefined,
    /* A reactive proxy cannot be cloned across the bridge; inputs are plain values, so the codec copies them. */
    request: (method, input) => bridge.request(method, decode(encode(input))),
    subscribe: (listener, onGap) => bridge.subscribe(listener, onGap),
    pathOf: (file) => Promise.resolve(bridge.pathForFile(file)),
    choosePath: (kind = 'file') => bridge.chooseFile(kind),
  }
}
