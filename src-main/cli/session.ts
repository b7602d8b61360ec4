import { type Client, createClient, type Reply, type Transport } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import { defaultHome, openDataFolder } from '../files/data-folder'
import { isOwnerAlive, type LockContent, readHostLock } from '../files/host-lock'
import { createHost, type Host, type HostOptions } from '../host'
import { connectHttp } from '../rpc/http-client'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { tell } from './output'

/** Where the built program lies; entries know it. */
export type Program = Pick<HostOptions, 'resourcesFolder' | 'workerPath' | 'version'> & { rendererFolder: string }

export interface Session {
  client: Client
  /** A host that was there already answers; otherwise this command is the host. */
  joined: boolean
  /** Rejects when the joined host is gone. */
  lost: Promise<never>
  close(): Promise<void>
}

export interface SessionOptions {
  home: string | undefined
  program: Program
  interruptions: Interruptions
}

const joinTimeoutMs = 15_000
const lookMs = 50
const aliveMs = 500
/** The own worker takes a moment to end. */
const quietMs = 2000

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Joins the host that has the data folder, or becomes it. A host that is just starting or ending is waited for. */
export async function openSession({ home, program, interruptions }: SessionOptions): Promise<Session> {
  const folder = openDataFolder(home ?? defaultHome(process.env))
  const until = performance.now() + joinTimeoutMs
  for (;;) {
    const owner = readHostLock(folder)
    if (owner && isOwnerAlive(owner)) {
      const session = await join(owner)
      if (session) return session
      if (performance.now() > until) throw new AppError('cli/host-not-joinable', { home: folder.home, pid: owner.pid })
      await wait(lookMs)
      continue
    }
    try {
      return await ownSession(createHost({ ...program, home: folder.home, hostKind: 'cli' }), interruptions)
    } catch (error) {
      const isTaken = error instanceof AppError && error.code === 'system/home-in-use'
      if (!isTaken || performance.now() > until) throw error
    }
  }
}

/** Null where the owner does not listen, or does not answer (any more). */
async function join(owner: LockContent): Promise<Session | null> {
  if (owner.port === null || owner.token === null) return null
  const transport = connectHttp({ port: owner.port, token: owner.token })
  const client = createClient(transport)
  const answer = await transport.request('system.info', {})
  if (!answer.ok) {
    client.close()
    transport.close()
    return null
  }
  let timer: NodeJS.Timeout | undefined
  const lost = new Promise<never>((_, fail) => {
    timer = setInterval(() => {
      if (!isOwnerAlive(owner)) fail(new AppError('system/unreachable', {}))
    }, aliveMs)
  })
  lost.catch(() => {})
  const close = async (): Promise<void> => {
    clearInterval(timer)
    client.close()
    transport.close()
  }
  return { client, joined: true, lost, close }
}

async function ownSession(host: Host, interruptions: Interruptions): Promise<Session> {
  try {
    const server = await host.listen({ rendererFolder: null })
    const client = createClient(directTransport(host))
    const close = async (): Promise<void> => {
      client.close()
      await Promise.race([othersDone(host, () => server.clients()), interruptions.cancelled.catch(() => {})])
      await host.close()
    }
    return { client, joined: false, lost: new Promise(() => {}), close }
  } catch (error) {
    await host.close()
    throw error
  }
}

const directTransport = (host: Host): Transport => ({
  request: (method, input): Promise<Reply> => host.dispatch(method, input),
  subscribe: (listener) => host.subscribe(listener),
})

/** Commands that joined this host meanwhile rely on it. */
async function othersDone(host: Host, clients: () => number): Promise<void> {
  const isAlone = (): boolean => clients() === 0 && host.idle()
  const tellAt = performance.now() + quietMs
  for (let told = false; !isAlone(); await wait(lookMs)) {
    if (told || performance.now() < tellAt) continue
    tell(say('Waiting for other commands that use this host …', '正在等待使用此主机的其他命令……'))
    told = true
  }
}
