import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type Browser, chromium, type Page } from 'playwright'

export const repository = resolve(import.meta.dirname, '..')
export const target = process.env['LATENT_E2E_TARGET'] === 'electron' ? 'electron' : 'browser'
const isRoot = process.getuid?.() === 0
const startTimeoutMs = 30_000

/** The application with one window open, in whichever host the journeys run. */
export interface Workbench {
  page: Page
  /** The process that holds the host; its workers descend from it. */
  hostPid: number
  close(): Promise<void>
}

export const newHome = (): string => mkdtempSync(join(tmpdir(), 'latent-e2e-'))
export const removeHome = (home: string): void => rmSync(home, { recursive: true, force: true, maxRetries: 5 })

export interface WindowLook {
  width?: number
  height?: number
  locale?: string
  colorScheme?: 'light' | 'dark'
}

export const openWorkbench = (home: string, look: WindowLook = {}): Promise<Workbench> =>
  target === 'electron' ? openElectron(home) : openBrowser(home, look)

async function openBrowser(
  home: string,
  { width = 1440, height = 900, locale = 'en-US', colorScheme = 'light' }: WindowLook,
): Promise<Workbench> {
  const { server, url } = await startServer(home)
  let browser: Browser | undefined
  try {
    browser = await chromium.launch({
      ...(process.env['LATENT_BROWSER'] ? { executablePath: process.env['LATENT_BROWSER'] } : {}),
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        ...[
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      ],
    })
    const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme })
    const page = watched(await context.newPage())
    await page.goto(url)
    const opened = browser
    return {
      page,
      hostPid: server.pid ?? 0,
      close: async () => {
        await opened.close()
        await stop(server)
      },
    }
  } catch (error) {
    await browser?.close()
    await stop(server)
    throw error
  }
}

async function openElectron(home: string): Promise<Workbench> {
  const executablePath = process.env['LATENT_ELECTRON']
  if (!executablePath) throw new Error('LATENT_ELECTRON names no Electron binary: start the journeys with `npm run e2e`')
  const app = await _electron.launch({
    executablePath,
    args: [...(isRoot ? ['--no-sandbox'] : []), repository, '--home', home],
    env: { ...environment(), LANG: 'en_US.UTF-8' },
    timeout: startTimeoutMs,
  })
  const page = watched(await app.firstWindow({ timeout: startTimeoutMs }))
  return { page, hostPid: app.process().pid ?? 0, close: () => app.close() }
}

const environment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** What the window complains of belongs to the journey's report. */
function watched(page: Page): Page {
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => console.error(`[window] ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`[window] ${message.text()}`)
  })
  return page
}

export async function startServer(home: string): Promise<{ server: ChildProcess; url: string }> {
  const program = join(repository, 'out', 'main', 'server.js')
  if (!existsSync(program)) throw new Error('out/ is missing: run `npm run build` first')
  const server = spawn(process.execPath, [program, '--home', home], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const url = await new Promise<string>((found, fail) => {
    const timer = setTimeout(() => fail(new Error(`the server gave no address within ${startTimeoutMs} ms:\n${output}`)), startTimeoutMs)
    const read = (bytes: Buffer): void => {
      output += bytes.toString()
      const match = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(output)
      if (!match) return
      clearTimeout(timer)
      found(match[0])
    }
    server.stdout.on('data', read)
    server.stderr.on('data', read)
    server.once('exit', (code) => {
      clearTimeout(timer)
      fail(new Error(`the server ended with ${code}:\n${output}`))
    })
  })
  return { server, url }
}

export async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((done) => server.once('exit', done))
  server.kill('SIGTERM')
  const late = setTimeout(() => server.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(late)
}
