import type { HostEvent } from './contract'
import type { Reply } from './client'

/** What the preload script of Electron puts on `window.latent`: nothing per method, nothing of Node. */
export interface LatentBridge {
  request(method: string, input: unknown): Promise<Reply>
  /** Events are never missed here: `onGap` is not called. */
  subscribe(listener: (event: HostEvent) => void, onGap?: () => void): () => void
  /** Where a dropped or chosen File lies on this machine. */
  pathForFile(file: { readonly name: string }): string
  /** The system's own dialog; null when it was closed without a choice. */
  chooseFile(kind?: 'file' | 'folder'): Promise<string | null>
}

/** Channels of Electron's IPC that both sides name. */
export const channels = {
  request: 'latent:request',
  event: 'latent:event',
  subscribe: 'latent:subscribe',
  unsubscribe: 'latent:unsubscribe',
  chooseFile: 'latent:choose-file',
} as const
