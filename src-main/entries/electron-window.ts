import { app, BrowserWindow, nativeTheme, protocol, session, type WebContents } from 'electron'
import { readStaticFile } from '../rpc/static-files'

/** The window of the workbench: its own files over app://, and nothing else. */

const scheme = 'app'
const origin = `${scheme}://workbench`
const startPage = `${origin}/index.html`

/** Must run before Electron is ready. */
export function announceScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

export function serveScheme(rendererFolder: string): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url)
    const file = `${url.protocol}//${url.host}` === origin ? await readStaticFile(rendererFolder, url.pathname) : null
    return file ? new Response(new Uint8Array(file.body), { headers: file.headers }) : new Response('404', { status: 404 })
  })
}

/** Refuses what an offline program has no use for: permissions, other pages, other windows, the network. */
export function closeDoors(): void {
  const allowed = new Set(['clipboard-sanitized-write'])
  session.defaultSession.setPermissionRequestHandler((contents, permission, answer) => answer(allowed.has(permission) && isOwnPage(contents.getURL())))
  session.defaultSession.setPermissionCheckHandler((_contents, permission, from) => allowed.has(permission) && from.startsWith(origin))
  session.defaultSession.setDevicePermissionHandler(() => false)
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

export const isOwnPage = (url: string): boolean => url === startPage || url.startsWith(`${startPage}#`) || url.startsWith(`${startPage}?`)

/** The page where a file is looked at before it is imported. */
export const importPage = (path: string): string => `${startPage}#/data/import?path=${encodeURIComponent(path)}`

export async function openWindow(preloadPath: string, page = startPage): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1360,
    height: 880,
    minWidth: 900,
    minHeight: 600,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: { preload: preloadPath, contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false, spellcheck: false },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.reload()
  })
  await window.loadURL(page)
  return window
}

/** Only the top frame of a window that shows our page may speak to the host. */
export function isTrustedSender(event: { sender: WebContents; senderFrame: Electron.WebFrameMain | null }): boolean {
  const { sender, senderFrame } = event
  return senderFrame !== null && senderFrame === sender.mainFrame && BrowserWindow.fromWebContents(sender) !== null && isOwnPage(senderFrame.url)
}
