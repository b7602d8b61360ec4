import { createClient, type Client } from '@shared/rpc/client'
import { connectBridge } from './bridge-connection'
import type { HostConnection } from './host-connection'
import { connectHttp } from './http-connection'

export interface Host extends Client, Pick<HostConnection, 'onStatus' | 'pathOf' | 'choosePath'> {}

const hostOver = (connection: HostConnection): Host => ({
  ...createClient(connection),
  onStatus: connection.onStatus,
  pathOf: connection.pathOf,
  choosePath: connection.choosePath,
})

let current: Host | undefined

/** The one host this window talks to. */
export function host(): Host {
  current ??= hostOver(window.latent ? connectBridge(window.latent) : connectHttp())
  return current
}

/** Replaces the host, for tests of stores and views. */
export function useConnection(connection: HostConnection): void {
  current = hostOver(connection)
}
