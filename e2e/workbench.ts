import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { hostFlags } from '../tools/host-flags.mjs'

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
  /** Electron only: a file on its command line, as the system gives one that is opened with it. */
  opened?: string
}

export const openWorkbench = (home: string, look: WindowLook = {}): Promise<Workbench> =>
  target === 'electron' ? openElectron(home, look) : openBrowser(home, look)

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

/**
 * Joins a window that is open already, over Chromium's own protocol: Playwright's launcher for Electron attaches while the first page is
 * loading and, one time in thirty, waits for ever.
 */
async function openElectron(home: string, { opened }: WindowLook): Promise<Workbench> {
  const app = spawnElectron(home, opened)
  // the connection ends with the application; Browser.close() over this protocol waits half a minute for nothing
  const close = (): Promise<void> => stop(app)
  try {
    const [, address = ''] = await outputOf(app, /DevTools listening on (ws:\S+)/)
    await untilPageIsLoaded(address)
    const browser = await chromium.connectOverCDP(address)
    const page = browser.contexts()[0]?.pages()[0]
    if (!page) throw new Error('the application opened no window')
    return { page: watched(page), hostPid: app.pid ?? 0, close }
  } catch (error) {
    await close()
    throw error
  }
}

function spawnElectron(home: string, opened?: string): ChildProcess {
  const executable = process.env['LATENT_ELECTRON']
  if (!executable) throw new Error('LATENT_ELECTRON names no Electron binary: start the journeys with `npm run e2e`')
  const flags = ['--remote-debugging-port=0', ...(isRoot ? ['--no-sandbox'] : [])]
  const env = { ...process.env, LANG: 'en_US.UTF-8' }
  return spawn(executable, [...flags, repository, '--home', home, ...(opened === undefined ? [] : [opened])], { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Opens a file with a program that runs already: a second one is started, hands the file over, and ends. */
export async function openWithRunning(home: string, path: string): Promise<void> {
  const second = spawnElectron(home, path)
  const timer = setTimeout(() => second.kill('SIGKILL'), startTimeoutMs)
  await new Promise<void>((ended) => second.once('exit', () => ended()))
  clearTimeout(timer)
}

async function untilPageIsLoaded(address: string): Promise<void> {
  const until = performance.now() + startTimeoutMs
  while (performance.now() < until) {
    const reply = await fetch(`http://${new URL(address).host}/json`)
    const targets = (await reply.json()) as { type: string; title: string }[]
    if (targets.some(({ type, title }) => type === 'page' && title !== '')) return
    await new Promise((wake) => setTimeout(wake, 50))
  }
  throw new Error(`no window was open within ${startTimeoutMs} ms`)
}

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
  const server = spawn(process.execPath, [...hostFlags, program, '--home', home], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [url] = await outputOf(server, /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/)
  return { server, url }
}

/** Waits for what a process says once it is ready. */
async function outputOf(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  let output = ''
  return await new Promise((found, fail) => {
    const timer = setTimeout(() => fail(new Error(`nothing like ${wanted} within ${startTimeoutMs} ms:\n${output}`)), startTimeoutMs)
    const read = (bytes: Buffer): void => {
      output += bytes.toString()
      const match = wanted.exec(output)
      if (!match) return
      clearTimeout(timer)
      found(match)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(new Error(`the application ended with ${code}:\n${output}`))
    })
  })
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(late)
}
