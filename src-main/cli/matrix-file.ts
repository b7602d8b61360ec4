import { extname } from 'node:path'
import { csvCell } from '@shared/domain/csv-cell'
import { npyHeader } from '@shared/domain/npy-header'
import type { Matrix } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import { writeFileAtomic } from '../files/atomic-write'
import { WrongArguments } from './output'

export const rowsOf = ({ columns, rows, values }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * columns.length, (row + 1) * columns.length)))

/** Every digit of every number; a missing one is an empty field. */
export function toCsv(matrix: Matrix): string {
  const lines = rowsOf(matrix).map((row) => row.map((value) => (Number.isNaN(value) ? '' : String(value))).join(','))
  return `${[matrix.columns.map(csvCell).join(','), ...lines].join('\n')}\n`
}

/** NumPy's format: the header, then the numbers, row by row. */
export function toNpy({ columns, rows, values }: Matrix): Uint8Array {
  const header = npyHeader('<f8', [rows, columns.length])
  const file = new Uint8Array(header.length + values.byteLength)
  file.set(header)
  const view = new DataView(file.buffer)
  values.forEach((value, index) => view.setFloat64(header.length + 8 * index, value, true))
  return file
}

const writers: Record<string, (matrix: Matrix) => string | Uint8Array> = { '.csv': toCsv, '.npy': toNpy }

/** Fails before any work is done where the ending names no format. */
export function checkOutPath(path: string | undefined): void {
  if (path !== undefined && !(extname(path).toLowerCase() in writers)) throw new WrongArguments('cli/out-format', { path })
}

export function writeMatrix(path: string, matrix: Matrix): void {
  const write = writers[extname(path).toLowerCase()]
  if (!write) throw new WrongArguments('cli/out-format', { path })
  try {
    writeFileAtomic(path, write(matrix))
  } catch (error) {
    throw new AppError('cli/out-unwritable', { path, reason: (error as Error).message })
  }
}
