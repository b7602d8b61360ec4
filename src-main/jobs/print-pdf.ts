import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, renameSync, rmSync, copyFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '@shared/rpc/errors'

const candidates = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge', 'microsoft-edge']
const printMs = 120_000

/** A browser of the Chromium family on this machine; LATENT_BROWSER names one. Null where there is none. */
export function findBrowser(environment: NodeJS.ProcessEnv): string | null {
  const named = environment['LATENT_BROWSER']
  const folders = (environment['PATH'] ?? '').split(delimiter)
  const endings = process.platform === 'win32' ? ['', '.exe'] : ['']
  // looked for, not asked for its version: on a busy machine that takes longer than anybody waits
  const places = (name: string): string[] => (/[\\/]/.test(name) ? [name] : folders.flatMap((folder) => endings.map((ending) => join(folder, `${name}${ending}`))))
  const isProgram = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK)
      return statSync(path).isFile()
    } catch {
      return false
    }
  }
  return (named ? [named] : candidates).flatMap(places).find(isProgram) ?? null
}

/** Prints an HTML file that needs no network, as it prints itself, with real text and vector figures. `instead`: what to write where nothing prints. */
export async function printPdf(html: string, out: string, instead: string): Promise<void> {
  const browser = findBrowser(process.env)
  if (browser === null) throw new AppError('report/no-pdf-engine', { html: instead })
  const scratch = mkdtempSync(join(tmpdir(), 'latent-pdf-'))
  const printed = join(scratch, 'report.pdf')
  // a sandbox cannot be had by root in a container; the page is our own and runs no script
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const flags = ['--headless', '--disable-gpu', '--no-pdf-header-footer', `--user-data-dir=${join(scratch, 'profile')}`, `--print-to-pdf=${printed}`]
  try {
    const said = await run(browser, [...asRoot, ...flags, pathToFileURL(html).href])
    if (!existsSync(printed)) throw new AppError('report/pdf-failed', { browser, reason: said.trim().split('\n').at(-1) ?? '' })
    copyFileSync(printed, `${out}.part`)
    renameSync(`${out}.part`, out)
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

const run = (command: string, args: string[]): Promise<string> =>
  new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: printMs })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
    child.on('error', (error) => done(error.message))
    child.on('close', () => done(said))
  })
