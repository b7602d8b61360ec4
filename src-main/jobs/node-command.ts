import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The program that runs worker processes, and what it needs in its environment. */
export interface NodeCommand {
  path: string
  environment: Record<string, string>
}

/**
 * A real Node where there is one: Electron's processes die of a single allocation of 2 GiB and forbid external buffers.
 *
 * Order: LATENT_NODE or the program shipped with the application; the `node` package; this process, when it is Node; Electron as Node.
 */
export function findNodeCommand(configured: string | null): NodeCommand {
  const real = configured ?? nodePackage() ?? (process.versions['electron'] ? null : process.execPath)
  return real ? { path: real, environment: {} } : { path: process.execPath, environment: { ELECTRON_RUN_AS_NODE: '1' } }
}

function nodePackage(): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}
