import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes beside, flushes, renames: whoever reads `path` finds the old bytes or all of the new ones, also after a power cut. */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const beside = `${path}.${process.pid}.part`
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  try {
    const file = openSync(beside, 'w', mode)
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
  flushFolder(dirname(path))
}

/** Makes the names in a folder durable, as fsync does the contents of a file. */
export function flushFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
