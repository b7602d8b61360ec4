import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findNode, root } from './project.mjs'
import { runToEnd } from './processes.mjs'

const packageFolder = join(root, 'node_modules', 'electron')
const installTimeoutMs = 90_000

const executableNames = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }
const executableName = executableNames[process.platform] ?? 'electron'

/** The Electron binary there is, without `require('electron')`: that one starts a download where there is none. */
export function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return existsSync(join(override, executableName)) ? join(override, executableName) : null
  const named = join(packageFolder, 'path.txt')
  if (!existsSync(named)) return null
  const path = join(packageFolder, 'dist', readFileSync(named, 'utf8').trim())
  return existsSync(path) ? path : null
}

/** Electron's own installer fetches the runtime from Electron's release page; where that can't be reached, it says no. */
export async function downloadElectron(say) {
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH || !existsSync(join(packageFolder, 'install.js'))) return null
  say(`Fetching the Electron runtime, once (about 110 MB; given up after ${installTimeoutMs / 1000} s) …`)
  const { status, timedOut } = await runToEnd(findNode(), [join(packageFolder, 'install.js')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore'],
    timeoutMs: installTimeoutMs,
  })
  if (status !== 0) say(timedOut ? 'It did not arrive in time.' : 'It could not be fetched from here.')
  return findElectron()
}

export const hasDisplay = () =>
  process.platform === 'win32' || process.platform === 'darwin' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

export function findProgram(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder && existsSync(join(folder, name))) return join(folder, name)
    }
  }
  return null
}

/** Chromium refuses its sandbox to root. */
export const electronFlags = () => (process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [])

/** The browser that drives the journeys. */
export const findBrowser = () =>
  process.env.LATENT_BROWSER ??
  findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome') ??
  [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ].find((path) => existsSync(path)) ??
  null

const sharedLibraries = ['libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2', 'libcups2']

/** On a bare Debian machine, as root: what the journeys need and the machine lacks. */
export async function installSystemPackages(say) {
  const aptGet = findProgram('apt-get')
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !aptGet) return
  const wanted = []
  if (!findBrowser()) wanted.push('chromium')
  if (!findProgram('Xvfb') && !hasDisplay()) wanted.push('xvfb')
  const electron = findElectron()
  const ldd = findProgram('ldd')
  if (electron && ldd) {
    let lines = ''
    await runToEnd(ldd, [electron], { stdio: ['ignore', 'pipe', 'ignore'], onStdout: (text) => (lines += text) })
    const missing = lines.split('\n').filter((line) => line.includes('not found'))
    if (missing.length > 0) wanted.push(...sharedLibraries)
  }
  if (wanted.length === 0) return
  say(`\n── Installing what the journeys need: ${wanted.join(' ')}`)
  const options = { stdio: ['ignore', 2, 2], timeoutMs: 600_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  await runToEnd(aptGet, ['update', '-qq'], options)
  const { status } = await runToEnd(aptGet, ['install', '-y', '-qq', '--no-install-recommends', ...wanted], options)
  if (status !== 0) say('They could not be installed; what needs them is skipped below.')
}
