import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dataset } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'

/*
 * The numbers of a dataset as they lie on disk: raw, little-endian, without header, row-major. What they mean stands in the database.
 *   features.f64  tables: [rows, features of role feature], NaN = missing
 *   pixels.u8     images: [rows, height, width, channels]
 *   labels.i32    [rows], −1 = no label; only where the dataset has classes
 */

const featuresFile = 'features.f64'
const pixelsFile = 'pixels.u8'
const labelsFile = 'labels.i32'

/** One read or write call moves at most this much: below the 2 GiB that the system accepts, and short enough to let others in between. */
const pieceBytes = 1 << 24

export interface DatasetArrays {
  features?: Float64Array
  pixels?: Uint8Array
  labels: Int32Array | null
}

export interface OpenedArrays {
  features: Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  labels: Int32Array<ArrayBuffer> | null
}

/** Writes into `temporary` (an empty folder on the same volume), then renames it to `folder`: either all is there or nothing. */
export async function writeDatasetArrays(folder: string, arrays: DatasetArrays, temporary = `${folder}.part`): Promise<void> {
  try {
    mkdirSync(temporary, { recursive: true })
    if (arrays.features) await writeArray(join(temporary, featuresFile), arrays.features)
    if (arrays.pixels) await writeArray(join(temporary, pixelsFile), arrays.pixels)
    if (arrays.labels) await writeArray(join(temporary, labelsFile), arrays.labels)
    renameSync(temporary, folder)
    flushFolder(dirname(folder))
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

export function openDatasetArrays(folder: string, dataset: Dataset): OpenedArrays {
  const count = elementCount(dataset.shape)
  return {
    features:
      dataset.kind === 'images'
        ? readArray(dataset, join(folder, pixelsFile), new Uint8Array(count))
        : readArray(dataset, join(folder, featuresFile), new Float64Array(count)),
    labels: dataset.classes ? readArray(dataset, join(folder, labelsFile), new Int32Array(dataset.rows)) : null,
  }
}

/** Some rows only, read straight from their place in the file. */
export function readDatasetRows(folder: string, dataset: Dataset, offset: number, limit: number): OpenedArrays & { rows: number } {
  const rows = Math.max(0, Math.min(limit, dataset.rows - offset))
  const width = elementCount(dataset.shape.slice(1))
  const start = Math.min(offset, dataset.rows)
  return {
    rows,
    features:
      dataset.kind === 'images'
        ? readArray(dataset, join(folder, pixelsFile), new Uint8Array(rows * width), start * width)
        : readArray(dataset, join(folder, featuresFile), new Float64Array(rows * width), start * width * 8),
    labels: dataset.classes ? readArray(dataset, join(folder, labelsFile), new Int32Array(rows), start * 4) : null,
  }
}

export const removeDatasetFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })

const elementCount = (shape: number[]): number => shape.reduce((product, size) => product * size, 1)

async function writeArray(path: string, array: Float64Array | Uint8Array | Int32Array): Promise<void> {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const file = await open(path, 'wx')
  try {
    for (let written = 0; written < bytes.length;) {
      written += (await file.write(bytes, written, Math.min(pieceBytes, bytes.length - written))).bytesWritten
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

function readArray<A extends Float64Array | Uint8Array | Int32Array>(dataset: Dataset, path: string, array: A, position = 0): A {
  if (!existsSync(path)) throw new AppError('dataset/arrays-missing', { name: dataset.name, path })
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    if (size < position + bytes.length) {
      throw new AppError('dataset/arrays-short', { name: dataset.name, path, expected: position + bytes.length, got: size })
    }
    for (let done = 0; done < bytes.length;) done += readSync(file, bytes, done, Math.min(pieceBytes, bytes.length - done), position + done)
  } finally {
    closeSync(file)
  }
  return array
}

function flushFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
