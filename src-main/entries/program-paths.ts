import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the parts of the program lie, seen from the folder of a built entry (out/main). */
export interface ProgramPaths {
  workerPath: string
  preloadPath: string
  rendererFolder: string
  resourcesFolder: string
  version: string
}

export function programPaths(entryFolder: string): ProgramPaths {
  const root = join(entryFolder, '..', '..')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return {
    workerPath: join(entryFolder, 'worker.js'),
    preloadPath: join(entryFolder, '..', 'preload', 'preload.cjs'),
    rendererFolder: join(entryFolder, '..', 'renderer'),
    resourcesFolder: join(root, 'resources'),
    version,
  }
}
