import type { Column, DatasetPart } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { naturalOrder } from './cells'
import { summarizeBytes } from './column-summary'
import type { IdxFiles, IdxPart } from './idx-files'
import type { ParsedData, ReadProgress } from './parsed-data'
import { openSource, readContents, readHead, type SourceFile, type SourceRecord } from './source'

/** What the header of an IDX file declares: magic 0, 0, type, number of dimensions, then each size as 32 bits, high byte first. */
export interface IdxHeader {
  sizes: number[]
  headerBytes: number
  dataBytes: number
}

/** Things that the bytes of an IDX file cannot say. */
export interface IdxMeaning {
  valueRange: [number, number]
  /** Names of the label values 0, 1, …; without it the values are their own names. */
  classes?: string[]
}

const unsignedByte = 0x08
/** Deflate makes no file smaller than by this factor. */
const bestCompression = 1032

export async function readIdxHeader(source: SourceFile): Promise<IdxHeader> {
  const { bytes } = await readHead(source, 4 + 4 * 255)
  const { path } = source
  const dimensions = bytes[3] ?? 0
  const headerBytes = 4 + 4 * dimensions
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || dimensions === 0) throw badMagic(path, bytes)
  if (bytes[2]! < unsignedByte || bytes[2]! > 0x0e || bytes[2] === 0x0a) throw badMagic(path, bytes)
  if (bytes[2] !== unsignedByte) throw new AppError('dataset/idx-type', { path, found: hex(bytes[2]!) })
  if (bytes.length < headerBytes)
    throw new AppError('dataset/idx-size', { path, shape: `${dimensions} sizes`, expected: headerBytes, got: bytes.length })
  const sizes = Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 + 4 * index))
  const dataBytes = sizes.reduce((product, size) => product * size, 1)
  checkSize(source, { sizes, headerBytes, dataBytes })
  return { sizes, headerBytes, dataBytes }
}

/** Before anything is allocated: can the file hold what it declares? */
function checkSize(source: SourceFile, header: IdxHeader): void {
  const { path, bytes } = source
  const shape = describe(header.sizes)
  const expected = header.dataBytes
  if (!source.gzip && bytes - header.headerBytes !== expected) {
    throw new AppError('dataset/idx-size', { path, shape, expected, got: bytes - header.headerBytes })
  }
  if (source.gzip && expected > bytes * bestCompression) throw new AppError('dataset/idx-too-large', { path, shape, expected, got: bytes })
}

export const describe = (sizes: number[]): string => sizes.join(' × ')
const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`
const badMagic = (path: string, bytes: Buffer): AppError =>
  new AppError('dataset/idx-bad-magic', { path, found: [...bytes.subarray(0, 4)].map(hex).join(' ') })

/** [height, width, channels] of the images a header declares. */
export function imageShapeOf(path: string, { sizes }: IdxHeader): [number, number, number] {
  const [rows = 0, height = 0, width = 0, channels = 1] = sizes
  if ((sizes.length !== 3 && sizes.length !== 4) || (sizes.length === 4 && channels !== 1 && channels !== 3)) {
    throw new AppError('dataset/idx-not-images', { path, dimensions: sizes.length })
  }
  if (rows * height * width === 0) throw new AppError('dataset/idx-no-images', { path, shape: describe(sizes) })
  return [height, width, channels]
}

interface OpenedPart {
  part: IdxPart
  images: SourceFile
  imagesHeader: IdxHeader
  labels: { source: SourceFile; header: IdxHeader } | null
  rows: number
}

async function openPart(part: IdxPart): Promise<OpenedPart> {
  const images = await openSource(part.images)
  const imagesHeader = await readIdxHeader(images)
  imageShapeOf(part.images, imagesHeader)
  const rows = imagesHeader.sizes[0]!
  if (!part.labels) return { part, images, imagesHeader, labels: null, rows }
  const source = await openSource(part.labels)
  const header = await readIdxHeader(source)
  if (header.sizes.length !== 1) throw new AppError('dataset/idx-not-labels', { path: part.labels, dimensions: header.sizes.length })
  if (header.sizes[0] !== rows) {
    throw new AppError('dataset/idx-counts-differ', { path: part.images, labelsPath: part.labels, images: rows, labels: header.sizes[0] })
  }
  return { part, images, imagesHeader, labels: { source, header }, rows }
}

export interface OpenedIdx {
  parts: OpenedPart[]
  /** [rows, height, width, channels] of all parts together. */
  shape: [number, number, number, number]
  labelled: boolean
}

/** Opens all files and checks that their headers agree; no value is read. */
export async function openIdx(files: IdxFiles): Promise<OpenedIdx> {
  const parts: OpenedPart[] = []
  for (const part of files.parts) parts.push(await openPart(part))
  const [first, second] = parts
  if (!first) throw new Error('an IDX dataset has a part')
  const shape = imageShapeOf(first.part.images, first.imagesHeader)
  if (second) {
    const other = imageShapeOf(second.part.images, second.imagesHeader)
    if (describe(other) !== describe(shape)) {
      throw new AppError('dataset/idx-parts-differ', { path: second.part.images, train: describe(shape), test: describe(other) })
    }
  }
  const unlabelled = parts.find((part) => !part.labels)
  if (unlabelled && parts.some((part) => part.labels)) {
    throw new AppError('dataset/idx-labels-only-one-part', {
      path: files.path,
      wanted: unlabelled.part.images.replace('images', 'labels').replace('idx3', 'idx1'),
    })
  }
  return { parts, shape: [parts.reduce((sum, part) => sum + part.rows, 0), ...shape], labelled: !unlabelled }
}

/** The first images of the first part. */
export async function firstImages({ parts, shape: [, height, width, channels] }: OpenedIdx, count: number): Promise<Uint8Array> {
  const { images, imagesHeader, rows } = parts[0]!
  const wanted = Math.min(count, rows) * height * width * channels
  const { bytes } = await readHead(images, imagesHeader.headerBytes + wanted)
  const whole = Math.floor((bytes.length - imagesHeader.headerBytes) / (height * width * channels)) * height * width * channels
  return new Uint8Array(bytes.subarray(imagesHeader.headerBytes, imagesHeader.headerBytes + Math.max(0, Math.min(wanted, whole))))
}

export async function readIdx(files: IdxFiles, meaning: IdxMeaning, onProgress?: ReadProgress): Promise<ParsedData> {
  const { parts, shape, labelled } = await openIdx(files)
  const source: SourceRecord[] = []
  const pixels = new Uint8Array(shape.reduce((product, size) => product * size, 1))
  const values = labelled ? new Uint8Array(shape[0]) : null
  const rowBytes = pixels.length / shape[0]
  let row = 0
  for (const part of parts) {
    const report = (fraction: number): void => onProgress?.((row + fraction * part.rows) / shape[0])
    await readValues(part.images, part.imagesHeader, pixels.subarray(row * rowBytes, (row + part.rows) * rowBytes), source, report)
    if (part.labels && values) await readValues(part.labels.source, part.labels.header, values.subarray(row, row + part.rows), source)
    row += part.rows
  }
  const named = values ? nameLabels(values, meaning.classes) : { classes: null, labels: null }
  return {
    format: 'idx',
    kind: 'images',
    rows: shape[0],
    columns: await describeColumns(pixels, labelled),
    shape,
    parts: describeParts(parts),
    valueRange: meaning.valueRange,
    pixels,
    ...named,
    source,
  }
}

async function describeColumns(pixels: Uint8Array, labelled: boolean): Promise<Column[]> {
  const columns: Column[] = [{ name: 'pixels', type: 'pixels', role: 'feature', missing: 0, summary: await summarizeBytes(pixels) }]
  return labelled ? [...columns, labelColumn] : columns
}

export const labelColumn: Column = { name: 'label', type: 'category', role: 'label', missing: 0 }

/** The parts of a folder that holds them; a single file is one dataset without parts. */
export function describeParts(parts: OpenedPart[]): DatasetPart[] {
  let start = 0
  return parts.flatMap(({ part, rows }) => {
    const place = start
    start += rows
    return part.name ? [{ name: part.name, start: place, rows }] : []
  })
}

/** Fills `out` with the values after the header; a file that ends early or goes on is an error. */
async function readValues(
  source: SourceFile,
  header: IdxHeader,
  out: Uint8Array,
  records: SourceRecord[],
  onProgress?: ReadProgress,
): Promise<void> {
  let position = -header.headerBytes
  for await (const piece of readContents(source, { onProgress, onEnd: (record) => records.push(record) })) {
    const usable = position < 0 ? piece.subarray(Math.min(piece.length, -position)) : piece
    const place = Math.max(0, position)
    position += piece.length
    if (place < out.length) out.set(usable.subarray(0, out.length - place), place)
  }
  if (position !== out.length) {
    throw new AppError('dataset/idx-size', { path: source.path, shape: describe(header.sizes), expected: out.length, got: position })
  }
}

function nameLabels(values: Uint8Array, names: string[] | undefined): { classes: string[]; labels: Int32Array } {
  const present = [...new Set(values)].sort((a, b) => a - b)
  if (names && present.every((value) => value < names.length)) return { classes: names, labels: Int32Array.from(values) }
  const classes = naturalOrder(present.map(String))
  const place = new Map(classes.map((name, index) => [Number(name), index]))
  return { classes, labels: Int32Array.from(values, (value) => place.get(value)!) }
}
