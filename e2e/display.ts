import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Electron needs a display: a virtual one where there is none. `-displayfd` says its number once it is ready. */
export default async function setup(): Promise<(() => void) | undefined> {
  if (process.env['LATENT_E2E_TARGET'] !== 'electron' || process.platform !== 'linux') return undefined
  if (process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return undefined
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  process.env['DISPLAY'] = `:${await displayNumber(server)}`
  return () => void server.kill()
}

async function displayNumber(server: ChildProcess): Promise<number> {
  const pipe = server.stdio[3]
  if (!pipe) throw new Error('Xvfb was started without its pipe')
  const failed = once(server, 'exit').then(() => {
    throw new Error('Xvfb ended before it was ready')
  })
  const [text] = (await Promise.race([once(pipe, 'data'), failed])) as [Buffer]
  failed.catch(() => {})
  return Number(text.toString())
}
