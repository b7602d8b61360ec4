import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'

/** Streams the body of a request into the data folder; the file has its name only once it is whole. */
export async function receiveUpload(request: IncomingMessage, folder: DataFolder, batch: string, name: string): Promise<{ path: string }> {
  const path = folder.uploadFile(batch, name)
  const beside = `${path}.part`
  mkdirSync(dirname(path), { recursive: true })
  try {
    await pipeline(request, createWriteStream(beside))
    if (!request.complete) throw new Error('the connection was closed')
    renameSync(beside, path)
    return { path }
  } catch (error) {
    rmSync(beside, { force: true })
    throw new AppError('system/upload-broken', { name, reason: (error as Error).message })
  }
}
