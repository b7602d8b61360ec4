import type { ColumnType } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { kindOf, numberOf } from './cells'
import { BlockStore } from './number-blocks'

/** Text as it stands in a file, or what a typed format says: a number (NaN: missing), or nothing. */
export type Cell = string | number | null

/** What was seen of one column while the file was read. */
export interface ColumnTally {
  name: string
  numbers: number
  allIntegers: boolean
  missing: number
  firstMissingLine: number | null
  texts: number
  infinite: number
  firstText: { line: number; text: string } | null
  firstInfinite: { line: number; text: string } | null
  /** Distinct texts, up to `distinctLimit`. */
  distinct: Set<string>
  /** For columns that may become the label: the code of each row's cell in `cellNames`, −1 where it is missing; given up beyond `mostClasses`. */
  cellCodes: number[] | null
  cellNames: Map<string, number>
}

/** All cells, row-major in blocks, so that growing never copies: the number a cell holds, NaN where it is missing, Infinity where it is neither. */
export interface CsvTable {
  columns: ColumnTally[]
  rows: number
  rowsPerBlock: number
  blocks: BlockStore
  /** Texts that mean a missing value besides the usual ones. */
  missingMarks: ReadonlySet<string> | null
}

/** More different values than this are not classes. */
export const mostClasses = 1000
const distinctLimit = 1000
const cellsPerBlock = 1 << 18

export interface TableOptions {
  missingMarks?: readonly string[] | undefined
  /** A file for what memory is not to hold. */
  spill?: string | undefined
}

export function createTable(names: string[], isLabelCandidate: (name: string) => boolean, { missingMarks, spill }: TableOptions = {}): CsvTable {
  const rowsPerBlock = Math.max(1, Math.floor(cellsPerBlock / names.length))
  return {
    columns: names.map((name) => ({
      name,
      numbers: 0,
      allIntegers: true,
      missing: 0,
      firstMissingLine: null,
      texts: 0,
      infinite: 0,
      firstText: null,
      firstInfinite: null,
      distinct: new Set(),
      cellCodes: isLabelCandidate(name) ? [] : null,
      cellNames: new Map(),
    })),
    rows: 0,
    rowsPerBlock,
    blocks: new BlockStore(rowsPerBlock * names.length, spill),
    missingMarks: missingMarks?.length ? new Set(missingMarks.map((mark) => mark.trim())) : null,
  }
}

export function addRecord(table: CsvTable, record: { line: number; cells: Cell[] }, path: string, decimalComma: boolean): void {
  const { columns, rowsPerBlock, missingMarks } = table
  const { line } = record
  const cells = missingMarks ? record.cells.map((cell) => (cell !== null && missingMarks.has(String(cell).trim()) ? null : cell)) : record.cells
  if (cells.length !== columns.length) {
    throw new AppError('dataset/ragged-row', { path, line, expected: columns.length, got: cells.length })
  }
  const rowInBlock = table.rows % rowsPerBlock
  const block = rowInBlock === 0 ? table.blocks.add() : table.blocks.at(table.blocks.length - 1)
  const start = rowInBlock * columns.length
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index]!
    const cell = cells[index]!
    const value = typeof cell === 'number' ? cell : cell === null ? NaN : numberOf(cell, decimalComma)
    const isNumber = value - value === 0
    if (isNumber) {
      block[start + index] = value
      column.numbers += 1
      if (column.allIntegers && !Number.isInteger(value)) column.allIntegers = false
    } else block[start + index] = tallyOther(column, textOf(cell), line, decimalComma) === 'missing' ? NaN : Infinity
    if (column.cellCodes) {
      column.cellCodes.push(Number.isNaN(block[start + index]!) ? -1 : codeOf(column, isNumber ? String(value) : textOf(cell).trim()))
      if (column.cellNames.size > mostClasses) column.cellCodes = null
    }
  }
  table.rows += 1
}

/** Numbers where more than half of the cells with a value are numbers; texts with few different values are categories. */
export function columnType(column: ColumnTally): ColumnType {
  const numeric = column.numbers + column.infinite
  if (numeric > column.texts) return column.allIntegers && column.infinite === 0 ? 'integer' : 'real'
  const different = column.distinct.size
  return different > 0 && (different <= 20 || (different <= column.texts / 2 && different < distinctLimit)) ? 'category' : 'text'
}

function tallyOther(column: ColumnTally, cell: string, line: number, decimalComma: boolean): ReturnType<typeof kindOf> {
  const text = cell.trim()
  const kind = column.distinct.has(text) ? 'text' : kindOf(text, decimalComma)
  if (kind === 'missing') {
    column.missing += 1
    column.firstMissingLine ??= line
  } else if (kind === 'infinite') {
    column.infinite += 1
    column.firstInfinite ??= { line, text }
  } else {
    column.texts += 1
    column.firstText ??= { line, text }
    if (column.distinct.size < distinctLimit) column.distinct.add(text)
  }
  return kind
}

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell === null ? '' : String(cell))

function codeOf(column: ColumnTally, name: string): number {
  const known = column.cellNames.get(name)
  if (known !== undefined) return known
  column.cellNames.set(name, column.cellNames.size)
  return column.cellNames.size - 1
}
