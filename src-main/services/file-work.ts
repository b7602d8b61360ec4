import { resolve } from 'node:path'
import { AppError } from '@shared/rpc/errors'
import type { HostEvent } from '@shared/rpc/contract'
import { progressOf } from './datasets'

export interface FileWork {
  /** Works on a file of this machine, telling how far it is; one piece of work on each path at a time. */
  during<T>(path: string, work: (tools: WorkTools) => Promise<T>): Promise<T>
  cancel(path: string): void
}

export interface WorkTools {
  /** Throws where nobody wants it any more. */
  check(): void
  onProgress(fraction: number): void
}

export function createFileWork(publish: (event: HostEvent) => void): FileWork {
  const active = new Set<string>()
  const cancelled = new Set<string>()
  return {
    during: async (path, work) => {
      if (active.has(path)) throw new AppError('archive/busy', { path })
      active.add(path)
      const check = (): void => {
        if (cancelled.has(path)) throw new AppError('archive/cancelled', { path })
      }
      try {
        return await work({ check, onProgress: progressOf(path, publish) })
      } finally {
        active.delete(path)
        cancelled.delete(path)
      }
    },
    cancel: (wanted) => {
      const path = resolve(wanted)
      if (active.has(path)) cancelled.add(path)
    },
  }
}
