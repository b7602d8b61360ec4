import type { Transport } from '@shared/rpc/client'

/** A transport that also knows whether it is connected and how files of this machine reach the host. */
export interface HostConnection extends Transport {
  /** Calls the listener with every change of the connection. */
  onStatus(listener: (connected: boolean) => void): void
  /** A path the host can read for a file that was dropped or chosen here. `batch` keeps files together that belong together. */
  pathOf(file: File, batch: string, onProgress: (fraction: number) => void): Promise<string>
  /** Opens the system's own dialog; null where there is none (a browser) or nothing was chosen. */
  choosePath: ((kind?: 'file' | 'folder') => Promise<string | null>) | null
}
