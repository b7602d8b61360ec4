import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dataset } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { flushFolder } from './atomic-write'

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
  const { features, labels } = readDatasetRows(folder, dataset, 0, dataset.rows)
  return { features, labels }
}

/** Some rows only, read straight from their place in the file. */
export function readDatasetRows(folder: string, dataset: Dataset, offset: number, limit: number): OpenedArrays & { rows: number } {
  const start = Math.min(offset, dataset.rows)
  const rows = Math.min(limit, dataset.rows - start)
  const width = elementCount(dataset.shape.slice(1))
  const read = <A extends NumberArray>(file: string, array: A, perRow: number): A =>
    readArray(array, { dataset, path: join(folder, file), start: start * perRow, size: dataset.rows * perRow * array.BYTES_PER_ELEMENT })
  return {
    rows,
    features:
      dataset.kind === 'images'
        ? read(pixelsFile, new Uint8Array(rows * width), width)
        : read(featuresFile, new Float64Array(rows * width), width),
    labels: dataset.classes ? read(labelsFile, new Int32Array(rows), 1) : null,
  }
}

export const removeDatasetFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })

type NumberArray = Float64Array | Uint8Array | Int32Array

const elementCount = (shape: number[]): number => shape.reduce((product, size) => product * size, 1)

async function writeArray(path: string, array: NumberArray): Promise<void> {
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

interface ArrayPlace {
  dataset: Dataset
  path: string
  /** First element to read. */
  start: number
  /** Bytes the whole file must have. */
  size: number
}

function readArray<A extends NumberArray>(array: A, { dataset, path, start, size }: ArrayPlace): A {
  if (!existsSync(path)) throw new AppError('dataset/arrays-missing', { name: dataset.name, path })
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const position = start * array.BYTES_PER_ELEMENT
  const file = openSync(path, 'r')
  try {
    const got = fstatSync(file).size
    if (got !== size) throw new AppError('dataset/arrays-damaged', { name: dataset.name, path, expected: size, got })
    for (let done = 0; done < bytes.length;) {
      done += readSync(file, bytes, done, Math.min(pieceBytes, bytes.length - done), position + done)
    }
  } finally {
    closeSync(file)
  }
  return array
}
