import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { toNotice } from '@shared/rpc/errors'
import { defaultHome } from '../files/data-folder'
import { createHost, type Host } from '../host'
import { programPaths } from './program-paths'

const usage = 'server [--home DIR] [--port PORT] [--open] [--json]'

interface Arguments {
  home: string
  port: number | undefined
  open: boolean
  json: boolean
}

function readArguments(): Arguments | null {
  const string = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values } = parseArgs({ options: { home: string, port: string, open: flag, json: flag } })
    if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65535)) throw new Error(`--port ${values.port}`)
    return {
      home: values.home ?? defaultHome(process.env),
      port: values.port === undefined ? undefined : Number(values.port),
      open: values.open,
      json: values.json,
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`)
    return null
  }
}

/** Asks the system to show the page; where it cannot, the printed address is enough. */
function openBrowser(url: string): void {
  const [program, values] =
    process.platform === 'darwin' ? ['open', [url]] : process.platform === 'win32' ? ['cmd', ['/c', 'start', '', url]] : ['xdg-open', [url]]
  const child = spawn(program as string, values as string[], { detached: true, stdio: 'ignore' })
  child.on('error', (error) => process.stderr.write(`${error.message}\n`))
  child.unref()
}

/** npm and the start-up script pass a signal on: one Ctrl-C arrives as several. */
const samePressMs = 1000

function closeOnSignal(host: Host): void {
  let closingSince: number | null = null
  const close = (): void => {
    if (closingSince !== null) {
      if (performance.now() - closingSince > samePressMs) process.exit(130)
      return
    }
    closingSince = performance.now()
    void host.close().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, close)
}

async function serve({ home, port, open, json }: Arguments): Promise<void> {
  const { workerPath, resourcesFolder, rendererFolder, version } = programPaths(import.meta.dirname)
  const host = createHost({ home, resourcesFolder, workerPath, version, hostKind: 'server' })
  try {
    const { url } = await host.listen({ rendererFolder, ...(port !== undefined && { port }) })
    closeOnSignal(host)
    process.stdout.write(json ? `${JSON.stringify({ url })}\n` : `${url}\n`)
    if (open) openBrowser(url)
  } catch (error) {
    await host.close()
    throw error
  }
}

const given = readArguments()
if (!given) process.exitCode = 2
else {
  serve(given).catch((error: unknown) => {
    const { code, message, details } = toNotice(error)
    if (given.json) process.stdout.write(`${JSON.stringify({ error: { code, message, details } })}\n`)
    process.stderr.write(`${message}\n`)
    process.exitCode = 1
  })
}
