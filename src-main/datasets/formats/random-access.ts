import { readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '@shared/rpc/errors'
import type { SourceFile } from '../source'

/** Bytes of a file by their place. */
export interface RandomAccess {
  path: string
  bytes: number
  /** Exactly these bytes; a file that ends before is an error. */
  read(start: number, length: number): Promise<Buffer>
  /** The same while the caller waits; only of files, for walks over their rows. */
  readNow?(start: number, length: number): Buffer
  close(): void
}

/** The most that one array or table may take in memory. */
export const mostBytes = 8 * 2 ** 30
const pieceBytes = 1 << 24

export async function openRandomAccess({ path, bytes }: SourceFile): Promise<RandomAccess> {
  const file = await open(path, 'r')
  return {
    path,
    bytes,
    read: async (start, length) => {
      if (!(start >= 0 && length >= 0 && start + length <= bytes)) throw new AppError('dataset/file-cut-off', { path, needs: start + length, got: bytes })
      const out = Buffer.allocUnsafeSlow(length)
      for (let done = 0; done < length;) {
        const { bytesRead } = await file.read(out, done, Math.min(pieceBytes, length - done), start + done)
        if (bytesRead === 0) throw new AppError('dataset/file-changed', { path })
        done += bytesRead
      }
      return out
    },
    readNow: (start, length) => {
      const out = Buffer.allocUnsafeSlow(length)
      for (let done = 0; done < length;) {
        const got = readSync(file.fd, out, done, Math.min(pieceBytes, length - done), start + done)
        if (got === 0) throw new AppError('dataset/file-changed', { path })
        done += got
      }
      return out
    },
    close: () => void file.close(),
  }
}

/** The same interface over bytes in memory. */
export function bytesInMemory(path: string, buffer: Buffer): RandomAccess {
  return {
    path,
    bytes: buffer.length,
    read: async (start, length) => {
      if (!(start >= 0 && length >= 0 && start + length <= buffer.length)) {
        throw new AppError('dataset/file-cut-off', { path, needs: start + length, got: buffer.length })
      }
      return buffer.subarray(start, start + length)
    },
    close: () => {},
  }
}

export const damaged = (path: string, format: string, what: string): AppError => new AppError('dataset/file-damaged', { path, format, what })
