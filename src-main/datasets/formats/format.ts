import type { Dataset } from '@shared/domain/dataset'
import type { Cell } from '../csv-table'
import type { NumberBlocks } from '../number-blocks'
import type { SourceFile } from '../source'

/** One thing in a file that can be imported by itself: an array of an NPZ, a sheet, a table. */
export interface Member {
  name: string
  /** Type and size in words, e.g. float64 150 × 4. */
  about: string
  /** False for what the file holds but no dataset can be made of, e.g. a cell array. */
  readable: boolean
}

export interface CellRecord {
  /** Place that an error names: a line of text, a row of a sheet, a record; counted from 1. */
  line: number
  cells: Cell[]
}

/** Rows of cells, in pieces so that long files let others in between. */
export interface CellContent {
  kind: 'cells'
  /** Null where the first record may be a header. */
  names: string[] | null
  records: AsyncIterable<CellRecord[]>
}

/** Numbers in row-major order; texts where an array holds texts; blocks to walk over where the numbers are too many for memory. */
export interface ArrayContent {
  kind: 'array'
  shape: number[]
  values: Float64Array | Uint8Array | string[] | NumberBlocks
}

/** Values that lie in memory. */
export type HeldArray = ArrayContent & { values: Exclude<ArrayContent['values'], NumberBlocks> }

export const isHeld = (content: ArrayContent): content is HeldArray => Array.isArray(content.values) || ArrayBuffer.isView(content.values)

export type Content = CellContent | ArrayContent

export interface Container {
  members: Member[]
  /** With `firstRows`, a reader may stop after so many rows; it need not. */
  read(member: string, firstRows?: number): Promise<Content>
  close(): void
}

/** A reader of one format: tells by its first bytes whether a file is its own, lists what is in it, reads one thing of it. */
export interface Format {
  format: Dataset['format']
  /** File name endings that are left out of a dataset's name. */
  endings: RegExp
  recognizes(head: Buffer, path: string): boolean
  open(source: SourceFile): Promise<Container>
}

export const startsWith = (head: Buffer, text: string): boolean => head.subarray(0, text.length).equals(Buffer.from(text, 'latin1'))

export const describeArray = (type: string, shape: number[]): string => (shape.length === 0 ? type : `${type} ${shape.join(' × ')}`)

/** Product of sizes, or Infinity where it is no exact number. */
export function countOf(shape: number[]): number {
  const count = shape.reduce((product, size) => product * size, 1)
  return Number.isSafeInteger(count) && shape.every((size) => Number.isSafeInteger(size) && size >= 0) ? count : Infinity
}
