import { createHash } from 'node:crypto'
import { createReadStream, type Stats, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable, pipeline } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { AppError } from '@shared/rpc/errors'
import type { ReadProgress } from './parsed-data'

const chunkBytes = 1 << 18

export interface SourceFile {
  path: string
  /** Size on disk. */
  bytes: number
  gzip: boolean
}

export interface SourceRecord {
  path: string
  bytes: number
  sha256: string
}

/** Missing paths are the user's to mend; so are folders where a file is meant, and empty files. */
export async function openSource(path: string): Promise<SourceFile> {
  const status = statPath(path)
  if (!status.isFile()) throw new AppError('dataset/not-a-file', { path })
  if (status.size === 0) throw new AppError('dataset/file-empty', { path })
  const magic = new Uint8Array(2)
  const file = await open(path, 'r').catch((error: unknown) => {
    throw fileError(path, error)
  })
  try {
    await file.read(magic, 0, 2, 0)
  } finally {
    await file.close()
  }
  return { path, bytes: status.size, gzip: magic[0] === 0x1f && magic[1] === 0x8b }
}

export function statPath(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw fileError(path, error)
  }
}

/**
 * The contents of a file in pieces, decompressed where it is gzipped. `onEnd` hears the hash of the bytes on disk once all were read.
 *
 * @throws dataset/file-changed  where somebody wrote to the file before its end was reached
 */
export async function* readContents(
  source: SourceFile,
  options: { onProgress?: ReadProgress | undefined; onEnd?: (record: SourceRecord) => void } = {},
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const before = statPath(source.path)
  let bytes = 0
  async function* fromDisk(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(source.path, { highWaterMark: chunkBytes })) {
      hash.update(chunk as Buffer)
      bytes += (chunk as Buffer).length
      options.onProgress?.(bytes / source.bytes)
      yield chunk as Buffer
    }
  }
  try {
    if (source.gzip) {
      const gunzip = createGunzip({ chunkSize: chunkBytes })
      pipeline(Readable.from(fromDisk()), gunzip, () => {})
      for await (const chunk of gunzip) yield chunk as Buffer
    } else {
      yield* fromDisk()
    }
  } catch (error) {
    throw fileError(source.path, error)
  }
  const { size, mtimeMs } = statPath(source.path)
  if (size !== before.size || mtimeMs !== before.mtimeMs) throw new AppError('dataset/file-changed', { path: source.path })
  options.onEnd?.({ path: source.path, bytes, sha256: hash.digest('hex') })
}

/** The first bytes of the (decompressed) contents; `complete` when that was all. A cut-off gzip file gives what it has. */
export async function readHead(source: SourceFile, limit: number): Promise<{ bytes: Buffer; complete: boolean }> {
  const file = await open(source.path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(limit, source.bytes)), 0, Math.min(limit, source.bytes), 0)
    const raw = buffer.subarray(0, bytesRead)
    if (!source.gzip) return { bytes: raw, complete: bytesRead >= source.bytes }
    return await gunzipHead(source, raw, limit)
  } finally {
    await file.close()
  }
}

async function gunzipHead(source: SourceFile, raw: Buffer, limit: number): Promise<{ bytes: Buffer; complete: boolean }> {
  const whole = raw.length >= source.bytes
  const gunzip = createGunzip(whole ? { chunkSize: chunkBytes } : { chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH })
  gunzip.end(raw)
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of gunzip) {
      pieces.push(piece as Buffer)
      length += (piece as Buffer).length
      if (length > limit) break
    }
  } catch (error) {
    throw fileError(source.path, error)
  }
  return { bytes: Buffer.concat(pieces).subarray(0, limit), complete: whole && length <= limit }
}

function fileError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return new AppError('dataset/file-missing', { path })
  if (code === 'EACCES' || code === 'EPERM') return new AppError('dataset/file-unreadable', { path })
  if (code === 'Z_BUF_ERROR') return new AppError('dataset/gzip-truncated', { path })
  if (code?.startsWith('Z_')) return new AppError('dataset/gzip-damaged', { path })
  return error
}
