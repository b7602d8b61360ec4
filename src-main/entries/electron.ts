import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { app, BrowserWindow, dialog, ipcMain } from 'electron'
import { channels } from '@shared/rpc/bridge'
import { AppError, toNotice } from '@shared/rpc/errors'
import { sentence } from '@shared/messages/messages'
import { defaultHome, openDataFolder } from '../files/data-folder'
import { createHost, type Host } from '../host'
import { serveIpc } from '../rpc/electron-ipc'
import { announceScheme, closeDoors, importPage, isTrustedSender, openWindow, serveScheme } from './electron-window'
import { type ProgramPaths, programPaths } from './program-paths'

/** --home DIR; Chromium's and Electron's own flags pass by. */
function homeFromArguments(): string {
  const { values } = parseArgs({ args: process.argv.slice(1), options: { home: { type: 'string' } }, strict: false, allowPositionals: true })
  return typeof values.home === 'string' ? values.home : defaultHome(process.env)
}

/** The file or folder that the system was asked to open with us: the last argument that is one, but for the program's own. */
function openedPath(args: readonly string[], folder: string): string | null {
  const { positionals } = parseArgs({ args: [...args.slice(1)], options: { home: { type: 'string' } }, strict: false, allowPositionals: true })
  const program = [app.getAppPath(), resolve(import.meta.dirname, '..', '..'), import.meta.filename]
  const paths = positionals.map((path) => resolve(folder, path)).filter((path) => !program.includes(path) && existsSync(path))
  return paths.at(-1) ?? null
}

/** Files opened while the program runs, or handed over by macOS before it does. */
function openPaths(): { waiting(): string | null } {
  let waiting: string | null = null
  const show = (path: string): void => {
    const [window] = BrowserWindow.getAllWindows()
    if (window) void window.loadURL(importPage(path))
    else waiting = path
  }
  app.on('open-file', (event, path) => {
    event.preventDefault()
    show(path)
  })
  app.on('second-instance', (_event, args, folder) => {
    focusFirstWindow()
    const path = openedPath(args, folder)
    if (path !== null) show(path)
  })
  return { waiting: () => waiting ?? openedPath(process.argv, process.cwd()) }
}

/** Says it on stderr and, where somebody may be looking, in a dialog. */
async function giveUp(error: unknown): Promise<void> {
  const { code, message, details } = toNotice(error)
  process.stderr.write(`${error instanceof AppError ? message : ((error as Error).stack ?? message)}\n`)
  await app.whenReady()
  const language = app.getLocale().startsWith('zh') ? 'zh' : 'en'
  await dialog.showMessageBox({ type: 'error', title: app.getName(), message: sentence(code, details, language, message) })
  app.exit(1)
}

function focusFirstWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (!window) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

function serveWindows(host: Host): void {
  serveIpc(ipcMain, host, isTrustedSender)
  ipcMain.handle(channels.chooseFile, async (event, kind: unknown): Promise<string | null> => {
    const window = BrowserWindow.fromWebContents(event.sender)
    if (!window || !isTrustedSender(event)) return null
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: [kind === 'folder' ? 'openDirectory' : 'openFile'] })
    return canceled ? null : (filePaths[0] ?? null)
  })
}

/** Quitting waits until every run has saved itself. */
function closeBeforeQuit(host: Host): void {
  let isClosed = false
  app.on('before-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void host.close().finally(() => {
      isClosed = true
      app.quit()
    })
  })
  app.on('window-all-closed', () => app.quit())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
}

async function start(home: string, { workerPath, preloadPath, rendererFolder, resourcesFolder, version }: ProgramPaths): Promise<void> {
  const opened = openPaths()
  const host = createHost({ home, resourcesFolder, workerPath, version, hostKind: 'electron' })
  closeBeforeQuit(host)
  await host.listen({ rendererFolder: null })
  await app.whenReady()
  serveScheme(rendererFolder)
  closeDoors()
  serveWindows(host)
  const path = opened.waiting()
  await openWindow(preloadPath, path === null ? undefined : importPage(path))
}

announceScheme()
// root has no sandbox: there the flag is given, and Chromium refuses both together
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
try {
  const { home } = openDataFolder(homeFromArguments())
  // Chromium's own files; also what makes two folders two programs, and one folder one
  const windowFolder = join(home, 'window')
  mkdirSync(windowFolder, { recursive: true })
  app.setPath('userData', windowFolder)
  if (app.requestSingleInstanceLock()) start(home, programPaths(import.meta.dirname)).catch(giveUp)
  else app.quit()
} catch (error) {
  void giveUp(error)
}
