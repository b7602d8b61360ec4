import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dataset } from '@shared/domain/dataset'
import { type Truth, truthSchema } from '@shared/domain/generator'
import type { ChosenRows } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import { flushFolder } from './atomic-write'

/*
 * The numbers of a dataset as they lie on disk: raw, little-endian, without header, row-major. What they mean stands in the database.
 *   features.f64  tables: [rows, features of role feature], NaN = missing
 *   pixels.u8     images: [rows, height, width, channels]
 *   labels.i32    [rows], −1 = no label; only where the dataset has classes
 *   truth.json    of generated data: the parameters and latent quantities they were made from
 */

const featuresFile = 'features.f64'
const pixelsFile = 'pixels.u8'
const labelsFile = 'labels.i32'
const truthFile = 'truth.json'

/** One read or write call moves at most this much: below the 2 GiB that the system accepts, and short enough to let others in between. */
const pieceBytes = 1 << 24

export interface DatasetArrays {
  features?: Float64Array
  /** The same where they do not lie in memory. */
  featureBlocks?: { length: number; walk(): Iterable<Float64Array> }
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
    await fillDatasetFolder(temporary, arrays)
    placeDatasetFolder(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

/**
 * Writes the arrays into a folder that nobody reads yet.
 *
 * @throws dataset/disk-too-small  before anything is written, where the disk has no room for them
 */
export async function fillDatasetFolder(folder: string, { features, featureBlocks, pixels, labels }: DatasetArrays): Promise<void> {
  const bytes = ((features ?? featureBlocks)?.length ?? 0) * 8 + (pixels?.byteLength ?? 0) + (labels?.byteLength ?? 0)
  requireRoom(folder, bytes)
  if (features) await writeArrays(join(folder, featuresFile), [features])
  if (featureBlocks) await writeArrays(join(folder, featuresFile), featureBlocks.walk())
  if (pixels) await writeArrays(join(folder, pixelsFile), [pixels])
  if (labels) await writeArrays(join(folder, labelsFile), [labels])
}

/** Where an import may put what memory is not to hold, until it is done. */
export const spillFile = (folder: string): string => join(folder, 'spilled.part')

function requireRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const available = bavail * bsize
  if (available < bytes) throw new AppError('dataset/disk-too-small', { folder, needed: inMegabytes(bytes), available: inMegabytes(available) })
}
const inMegabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20)

/** Moves a filled folder to its place: from then on the dataset is there. */
export function placeDatasetFolder(filled: string, folder: string): void {
  renameSync(filled, folder)
  flushFolder(dirname(folder))
}

/** What is known of generated data, beside its arrays. */
export const writeTruth = (folder: string, truth: Truth): void => writeFileSync(join(folder, truthFile), JSON.stringify(truth))

export function readTruth(folder: string): Truth | null {
  const path = join(folder, truthFile)
  return existsSync(path) ? truthSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : null
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

export const readDatasetLabels = (folder: string, dataset: Dataset): Int32Array | null =>
  dataset.classes
    ? readArray(new Int32Array(dataset.rows), { dataset, path: join(folder, labelsFile), start: 0, size: dataset.rows * 4 })
    : null

/** So many bytes of the file are looked at together, where rows are chosen out of them. */
const windowBytes = 1 << 20

/** Rows that stay in the file and are read from it anew by every walk. */
export function datasetRowsOnDisk(folder: string, dataset: Dataset): ChosenRows {
  const columns = elementCount(dataset.shape.slice(1))
  const isImages = dataset.kind === 'images'
  const path = join(folder, isImages ? pixelsFile : featuresFile)
  return {
    columns,
    *walk(rows, limit) {
      const block = new Float64Array(Math.min(limit, rows.length) * columns)
      const bytesPerRow = columns * (isImages ? 1 : 8)
      const windowRows = Math.min(dataset.rows, Math.max(1, Math.floor(windowBytes / bytesPerRow)))
      const window = isImages ? new Uint8Array(windowRows * columns) : new Float64Array(windowRows * columns)
      const file = openArray({ dataset, path, size: dataset.rows * bytesPerRow })
      try {
        let [from, to] = [0, 0]
        for (let start = 0; start < rows.length; start += limit) {
          const length = Math.min(limit, rows.length - start)
          for (let done = 0; done < length; ) {
            const row = rows[start + done]!
            if (row < from || row >= to) {
              to = Math.min(row + windowRows, rows[rows.length - 1]! + 1)
              from = row
              fill(file, window.subarray(0, (to - from) * columns), from * bytesPerRow)
            }
            let together = 1
            while (done + together < length && row + together < to && rows[start + done + together] === row + together) together += 1
            block.set(window.subarray((row - from) * columns, (row - from + together) * columns), done * columns)
            done += together
          }
          yield block.subarray(0, length * columns)
        }
      } finally {
        closeSync(file)
      }
    },
  }
}

export const removeDatasetFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })

type NumberArray = Float64Array | Uint8Array | Int32Array

const elementCount = (shape: number[]): number => shape.reduce((product, size) => product * size, 1)

/** One after the other into a new file. */
async function writeArrays(path: string, arrays: Iterable<NumberArray>): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (const array of arrays) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
      for (let written = 0; written < bytes.length;) {
        written += (await file.write(bytes, written, Math.min(pieceBytes, bytes.length - written))).bytesWritten
      }
    }
    await file.sync()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === 'ENOSPC' || code === 'EDQUOT' ? new AppError('system/disk-full', { home: dirname(path) }) : error
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

function readArray<A extends NumberArray>(array: A, { start, ...place }: ArrayPlace): A {
  const file = openArray(place)
  try {
    return fill(file, array, start * array.BYTES_PER_ELEMENT)
  } finally {
    closeSync(file)
  }
}

function openArray({ dataset, path, size }: Omit<ArrayPlace, 'start'>): number {
  if (!existsSync(path)) throw new AppError('dataset/arrays-missing', { name: dataset.name, path })
  const file = openSync(path, 'r')
  const got = fstatSync(file).size
  if (got === size) return file
  closeSync(file)
  throw new AppError('dataset/arrays-damaged', { name: dataset.name, path, expected: size, got })
}

function fill<A extends NumberArray>(file: number, array: A, position: number): A {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  for (let done = 0; done < bytes.length;) {
    const got = readSync(file, bytes, done, Math.min(pieceBytes, bytes.length - done), position + done)
    if (got === 0) throw new Error('the array of a dataset became shorter while it was read')
    done += got
  }
  return array
}
