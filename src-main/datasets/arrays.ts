import type { Column } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { naturalOrder } from './cells'
import { summarizeBytes } from './column-summary'
import { type Cell, mostClasses } from './csv-table'
import { type ArrayContent, type CellContent, type CellRecord, type Content, isHeld } from './formats/format'
import { heldWhereFew, type NumberBlocks } from './number-blocks'
import type { ParsedData } from './parsed-data'

const rowsPerPiece = 4096
const inWords = (shape: number[]): string => shape.join(' × ') || '1'

/** Arrays of 3 dimensions are images [rows, height, width], of 4 [rows, height, width, channels] or [rows, channels, height, width]. */
export const isImages = ({ shape }: ArrayContent): boolean => shape.length > 2

/** An array [rows] or [rows, columns] as records of cells. */
export function arrayRecords(path: string, { shape, values }: ArrayContent): CellContent {
  const [, columns] = tableShape(path, shape)
  async function* records(): AsyncGenerator<CellRecord[]> {
    let line = 0
    for (const block of 'walk' in values ? values.walk() : [values]) {
      for (let start = 0; start < block.length; start += rowsPerPiece * columns) {
        yield Array.from({ length: Math.min(rowsPerPiece, (block.length - start) / columns) }, (_, index) => ({
          line: (line += 1),
          cells: Array.from<Cell>(block.slice(start + index * columns, start + (index + 1) * columns)),
        }))
      }
    }
  }
  return { kind: 'cells', names: Array.from({ length: columns }, () => ''), records: records() }
}

/** Rows and columns of an array that is a table. */
export function tableShape(path: string, shape: number[]): [rows: number, columns: number] {
  if (shape.length === 0 || shape.length > 2) throw new AppError('dataset/array-dimensions', { path, shape: inWords(shape) })
  const [rows, columns = 1] = shape as [number, number?]
  if (rows * columns === 0) throw new AppError('dataset/array-empty', { path, shape: inWords(shape) })
  return [rows, columns]
}

/** One value per row: an array [rows] or [rows, 1], or a table of one column. */
export async function labelCells(path: string, name: string, content: Content): Promise<Cell[]> {
  if (content.kind === 'array') {
    const width = content.shape.slice(1).reduce((product, size) => product * size, 1)
    // MATLAB has no vectors: [1, rows] is one too
    const isVector = content.shape.length > 0 && (width === 1 || (content.shape.length === 2 && content.shape[0] === 1))
    if (!isVector) throw new AppError('dataset/labels-do-not-fit', { path, labels: name, got: inWords(content.shape), rows: content.shape[0] ?? 0 })
    return Array.from<Cell>(heldValues(content))
  }
  const cells: Cell[] = []
  for await (const records of content.records) {
    for (const record of records) {
      if (record.cells.length !== 1) throw new AppError('dataset/labels-do-not-fit', { path, labels: name, got: record.cells.length, rows: 1 })
      cells.push(record.cells[0]!)
    }
  }
  return cells
}

/** Images and the classes of their labels. Pixels are bytes: unsigned bytes as they are, other numbers where they are whole and in range. */
export async function imagesOf(path: string, content: ArrayContent, labels: { name: string; cells: Cell[] } | null): Promise<Omit<ParsedData, 'format' | 'source'>> {
  const shape = imageShape(path, content.shape)
  const pixels = channelsLast(toBytes(path, content), content.shape, shape)
  if (labels && labels.cells.length !== shape[0]) {
    throw new AppError('dataset/labels-do-not-fit', { path, labels: labels.name, got: labels.cells.length, rows: shape[0]! })
  }
  const columns: Column[] = [{ name: 'pixels', type: 'pixels', role: 'feature', missing: 0, summary: await summarizeBytes(pixels) }]
  const named = labels ? nameClasses(path, labels.name, labels.cells) : { classes: null, labels: null }
  if (named.labels) columns.push({ name: labels!.name, type: 'category', role: 'label', missing: named.labels.filter((code) => code < 0).length })
  return { kind: 'images', rows: shape[0]!, columns, shape, parts: [], valueRange: [0, 255], pixels, ...named }
}

function imageShape(path: string, shape: number[]): number[] {
  const wrong = new AppError('dataset/array-dimensions', { path, shape: inWords(shape) })
  if (shape.includes(0)) throw new AppError('dataset/array-empty', { path, shape: inWords(shape) })
  const [rows, a, b, c] = shape as [number, number, number, number?]
  if (shape.length === 3) return [rows, a, b, 1]
  if (shape.length !== 4) throw wrong
  if (c === 1 || c === 3) return [rows, a, b, c]
  if (a === 1 || a === 3) return [rows, b, c!, a]
  throw wrong
}

/** Labels and pixels lie in memory however many they are. */
function heldValues(content: ArrayContent): Float64Array | Uint8Array | string[] {
  return isHeld(content) ? content.values : (heldWhereFew(content.values as NumberBlocks, Infinity) as Float64Array)
}

function toBytes(path: string, content: ArrayContent): Uint8Array {
  const { shape } = content
  const values = heldValues(content)
  if (values instanceof Uint8Array) return values
  const bytes = new Uint8Array(values.length)
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!
    if (typeof value === 'string' || !(value >= 0 && value <= 255 && Number.isInteger(value))) {
      throw new AppError('dataset/array-not-pixels', { path, shape: inWords(shape), value })
    }
    bytes[index] = value
  }
  return bytes
}

/** [rows, channels, height, width] → [rows, height, width, channels]. */
function channelsLast(pixels: Uint8Array, given: number[], [rows, height, width, channels]: number[]): Uint8Array {
  if (given.length === 3 || given[3] === channels || channels === 1) return pixels
  const size = height! * width!
  const out = new Uint8Array(pixels.length)
  for (let row = 0; row < rows!; row += 1) {
    for (let channel = 0; channel < channels!; channel += 1) {
      const from = (row * channels! + channel) * size
      for (let place = 0; place < size; place += 1) out[(row * size + place) * channels! + channel] = pixels[from + place]!
    }
  }
  return out
}

/** Codes count the classes in natural order of their names; −1 where there is none. */
export function nameClasses(path: string, column: string, cells: Cell[]): { classes: string[]; labels: Int32Array } {
  const names = cells.map((cell) => (cell === null || (typeof cell === 'number' && Number.isNaN(cell)) ? '' : String(cell).trim()))
  const classes = naturalOrder([...new Set(names)].filter((name) => name !== ''))
  if (classes.length > mostClasses) throw new AppError('dataset/too-many-classes', { path, column, most: mostClasses })
  const place = new Map(classes.map((name, index) => [name, index]))
  return { classes, labels: Int32Array.from(names, (name) => place.get(name) ?? -1) }
}
