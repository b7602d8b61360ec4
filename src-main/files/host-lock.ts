import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '@shared/rpc/errors'
import { writeFileAtomic } from './atomic-write'
import type { DataFolder } from './data-folder'

/** One host per data folder. The file says who it is and, once it serves, how to join it. */
const lockSchema = z.object({
  pid: z.int(),
  /** When the process started, as the system counts it: a number used again after a restart is not taken for its owner. */
  processStart: z.string().nullable(),
  port: z.int().nullable(),
  token: z.string().nullable(),
  startedAt: z.string(),
})
export type LockContent = z.infer<typeof lockSchema>

export interface HostLock {
  /** Tells the command line where this host listens. */
  publish(address: { port: number; token: string }): void
  release(): void
}

/** Takes the data folder for this process, or throws system/home-in-use with the owner's pid. */
export function acquireHostLock(folder: DataFolder, startedAt: string): HostLock {
  const own: LockContent = { pid: process.pid, processStart: processStart(process.pid), port: null, token: null, startedAt }
  for (let attempt = 0; !place(folder.lock, own); attempt++) {
    const owner = readHostLock(folder)
    if (owner && isOwnerAlive(owner)) throw new AppError('system/home-in-use', { home: folder.home, pid: owner.pid })
    if (attempt > 20) throw new AppError('system/home-unwritable', { home: folder.home, reason: `stale ${folder.lock}` })
    removeStale(folder.lock)
  }
  return {
    publish: (address) => {
      Object.assign(own, address)
      writeFileAtomic(folder.lock, JSON.stringify(own), 0o600)
    },
    release: () => {
      const content = readHostLock(folder)
      if (content?.pid === own.pid && content.startedAt === own.startedAt) rmSync(folder.lock, { force: true })
    },
  }
}

/** The lock's content, or null where there is none or it cannot be read. */
export function readHostLock(folder: Pick<DataFolder, 'lock'>): LockContent | null {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(folder.lock, 'utf8')))
  } catch {
    return null
  }
}

export function isOwnerAlive(owner: LockContent): boolean {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const start = processStart(owner.pid)
  return start === null || owner.processStart === null || start === owner.processStart
}

/** A link appears whole or not at all, and fails where the name is taken. */
function place(path: string, content: LockContent): boolean {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, JSON.stringify(content), { mode: 0o600 })
  try {
    linkSync(beside, path)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    return placeWithoutLinks(path, content)
  } finally {
    rmSync(beside, { force: true })
  }
}

/** For file systems without hard links (exFAT, some network drives). */
function placeWithoutLinks(path: string, content: LockContent): boolean {
  try {
    writeFileSync(path, JSON.stringify(content), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Renames first and looks again: of two processes that found the same stale lock, the slower one must not remove the new one. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const content = readHostLock({ lock: aside })
  if (content && isOwnerAlive(content)) {
    try {
      linkSync(aside, path)
    } catch {
      // somebody else has taken the folder meanwhile: theirs stands
    }
  }
  rmSync(aside, { force: true })
}

function processStart(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
