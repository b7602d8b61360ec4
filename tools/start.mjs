// npm start: installs and builds what is missing, then opens the workbench in a window, or serves it where there is none.
import { join } from 'node:path'
import { downloadElectron, electronFlags, findElectron, findProgram, hasDisplay } from './electron.mjs'
import { hostFlags } from './host-flags.mjs'
import { endWithShell, runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root, startWhereCalled } from './project.mjs'

const usage = `npm start [-- OPTIONS]
  --server       serve to a browser even where a window could be opened
  --port P       port of the server (default: a free one)
  --home DIR     data folder (default: ~/.latent-workbench, or LATENT_HOME)`

const say = (line) => console.log(line)

async function whyNoWindow(wantsServer) {
  if (wantsServer) return { reason: '--server was given' }
  if (!hasDisplay()) return { reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)' }
  const electron = findElectron() ?? (process.env.CI ? null : await downloadElectron(say))
  return electron ? { electron } : { reason: 'there is no Electron runtime (node_modules/electron/dist, or ELECTRON_OVERRIDE_DIST_PATH)' }
}

const browserOpeners = { win32: 'explorer.exe', darwin: 'open' }
const canOpenBrowser = () => hasDisplay() && !process.env.CI && findProgram(browserOpeners[process.platform] ?? 'xdg-open') !== null

async function serve(reason, args) {
  say(`No window, because ${reason}. Serving the workbench to a browser on this machine instead; Ctrl-C ends it.`)
  const { status } = await runToEnd(findNode(), [...hostFlags, join(root, 'out', 'main', 'server.js'), ...args, ...(canOpenBrowser() ? ['--open'] : [])])
  return status
}

await main(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return void say(usage)
  startWhereCalled('start')
  endWithShell()
  const rest = args.filter((arg) => arg !== '--server')
  await ensureInstalled({ say })
  await ensureBuilt({ say })
  const { electron, reason } = await whyNoWindow(rest.length < args.length)
  if (!electron) return serve(reason, rest)
  say('Opening the workbench in a window.')
  const { status } = await runToEnd(electron, [...electronFlags(), root, ...rest])
  return status
})
