// npm start: installs and builds what is missing, then opens the workbench in a window, or serves it where there is none.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { downloadElectron, electronFlags, findElectron, findProgram, hasDisplay } from './electron.mjs'
import { runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root, startWhereCalled } from './project.mjs'

const usage = `npm start [-- OPTIONS]
  --server       serve to a browser even where a window could be opened
  --open         with the server: open the browser
  --port P       port of the server (default: a free one)
  --home DIR     data folder (default: ~/.latent-workbench, or LATENT_HOME)`

const say = (line) => console.log(line)

/** The options that are this tool's own, and the rest, which go to the program. */
function splitArguments(args) {
  const own = new Set(['--server', '--open'])
  return { wantsServer: args.includes('--server'), wantsOpen: args.includes('--open'), rest: args.filter((arg) => !own.has(arg)) }
}

async function whyNoWindow(wantsServer) {
  if (wantsServer) return { reason: '--server was given' }
  if (!hasDisplay()) return { reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)' }
  const electron = findElectron() ?? (process.env.CI ? null : await downloadElectron(say))
  return electron ? { electron } : { reason: 'there is no Electron runtime (node_modules/electron/dist, or ELECTRON_OVERRIDE_DIST_PATH)' }
}

function openInBrowser(url) {
  const openers = { win32: ['explorer.exe'], darwin: ['open'] }
  const [program] = openers[process.platform] ?? [findProgram('xdg-open')]
  if (!program || !hasDisplay()) return say('There is no browser to open here: copy the address.')
  spawn(program, [url], { stdio: 'ignore', detached: true })
    .on('error', () => say('No browser could be opened: copy the address.'))
    .unref()
}

async function serve(reason, wantsOpen, args) {
  say(`No window, because ${reason}. Serving the workbench to a browser on this machine instead; Ctrl-C ends it.`)
  let seen = ''
  const onStdout = (text) => {
    process.stdout.write(text)
    if (!wantsOpen || seen === null) return
    seen += text
    const url = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(seen)?.[0]
    if (!url) return
    seen = null
    openInBrowser(url)
  }
  const { status } = await runToEnd(findNode(), [join(root, 'out', 'main', 'server.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    onStdout,
  })
  return status
}

await main(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return void say(usage)
  startWhereCalled('start')
  const { wantsServer, wantsOpen, rest } = splitArguments(args)
  await ensureInstalled({ say })
  await ensureBuilt({ say })
  const { electron, reason } = await whyNoWindow(wantsServer)
  if (!electron) return serve(reason, wantsOpen, rest)
  say('Opening the workbench in a window.')
  const { status } = await runToEnd(electron, [...electronFlags(), root, ...rest])
  return status
})
