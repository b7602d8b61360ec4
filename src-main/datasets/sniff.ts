import type { Column, ImportOptions, ImportPreview } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { previewContainer } from './container-data'
import { assemble, csvHeadBytes, formatOf, readTable } from './csv'
import { findProblem, typeColumns } from './csv-columns'
import { type CsvDialect, sniffDialect } from './csv-dialect'
import { labelColumn, openIdx } from './idx'
import type { TableReader } from './formats/sqlite'
import { findIdxFiles } from './idx-files'
import { checkImageOptions, nameOfPath, recognize } from './read'
import { previewPictures } from './pictures'
import { readHead, type SourceFile } from './source'

const previewRows = 50

/** What a path is taken for, from its first bytes. Throws where there is nothing to read; what would stop an import is told as `problem`. */
export async function sniff(path: string, options: ImportOptions, tables?: TableReader): Promise<ImportPreview> {
  const recognized = await recognize(path, options, tables)
  if (recognized.kind === 'container') return previewContainer(recognized.source, recognized.format, options, nameOfPath(path, 'table'))
  if (recognized.kind === 'pictures') return lookAtPictures(path, options)
  return recognized.kind === 'table' ? previewTable(recognized.source, options) : previewImages(path, options)
}

async function lookAtPictures(path: string, options: ImportOptions): Promise<ImportPreview> {
  const preview: ImportPreview = {
    ...{ path, format: 'images', kind: 'images', delimiter: null, header: null, members: [], member: null, suggestedName: nameOfPath(path, 'images') },
    ...{ bytes: 0, columns: [], rows: [], shape: null, rowsRead: 0, complete: false, problem: null },
  }
  try {
    checkImageOptions(path, options)
  } catch (error) {
    return { ...preview, problem: asProblem(error) }
  }
  return previewPictures(path, options, preview)
}

async function previewImages(path: string, options: ImportOptions): Promise<ImportPreview> {
  const preview = {
    path,
    format: 'idx',
    kind: 'images',
    delimiter: null,
    header: null,
    member: null,
    suggestedName: nameOfPath(path, 'images'),
    rows: [],
    complete: true,
  } as const
  const nothing = { bytes: 0, columns: [], shape: null, rowsRead: 0 }
  try {
    checkImageOptions(path, options)
    const { parts, shape, labelled } = await openIdx(findIdxFiles(path))
    const columns: Column[] = [{ name: 'pixels', type: 'pixels', role: 'feature', missing: 0 }, ...(labelled ? [labelColumn] : [])]
    const bytes = parts.reduce((sum, part) => sum + part.images.bytes + (part.labels?.source.bytes ?? 0), 0)
    return { ...preview, members: [], rows: [], bytes, columns, shape, rowsRead: 0, problem: null }
  } catch (error) {
    return { ...preview, members: [], rows: [], ...nothing, problem: asProblem(error) }
  }
}

async function previewTable(source: SourceFile, options: ImportOptions): Promise<ImportPreview> {
  const { path, bytes } = source
  const base = { path, kind: 'table', members: [] as ImportPreview['members'], member: null, suggestedName: nameOfPath(path, 'table'), bytes } as const
  const nothing = { columns: [], rows: [], shape: null, rowsRead: 0, complete: false }
  let dialect
  let head
  try {
    head = await readHead(source, csvHeadBytes)
    dialect = sniffDialect(head, options, path)
  } catch (error) {
    return {
      ...base,
      ...nothing,
      format: options.format === 'tsv' ? 'tsv' : 'csv',
      delimiter: null,
      header: null,
      problem: asProblem(error),
    }
  }
  const known = { ...base, format: formatOf(dialect), delimiter: dialect.delimiter, header: dialect.header }
  const rows: string[][] = []
  const seen = (cells: string[]): void => {
    if (rows.length < previewRows) rows.push(cells)
  }
  try {
    const table = await readTable(path, onePiece(wholeRows(head, dialect.encoding)), dialect, options, { seen })
    const columns = typeColumns(table, options, true)
    const problem = findProblem(path, table, columns, options)
    const described = problem ? columns.map(({ name, type, role, tally }): Column => ({ name, type, role, missing: tally.missing })) : null
    const assembled = described ?? (await assemble(path, table, columns, options)).columns
    const features = columns.filter((column) => column.role === 'feature').length
    const shape = head.complete ? [table.rows, features] : null
    return { ...known, columns: assembled, rows, shape, rowsRead: table.rows, complete: head.complete, problem: problem?.toJSON() ?? null }
  } catch (error) {
    return { ...known, ...nothing, rows, problem: asProblem(error) }
  }
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** Of the beginning of a long file, the rows that are there to their end. */
function wholeRows({ bytes, complete }: { bytes: Buffer; complete: boolean }, encoding: CsvDialect['encoding']): Buffer {
  if (complete) return bytes
  const lineEnd = encoding === 'utf-16le' ? Buffer.from('\n\0') : encoding === 'utf-16be' ? Buffer.from('\0\n') : Buffer.from('\n')
  let end = bytes.lastIndexOf(lineEnd)
  while (end > 0 && isInsideQuotes(bytes, end)) end = bytes.lastIndexOf(lineEnd, end - 1)
  return bytes.subarray(0, end < 0 ? bytes.length : end + lineEnd.length)
}

function isInsideQuotes(bytes: Buffer, end: number): boolean {
  let quotes = 0
  for (let at = bytes.indexOf(0x22); at >= 0 && at < end; at = bytes.indexOf(0x22, at + 1)) quotes += 1
  return quotes % 2 === 1
}

function asProblem(error: unknown): NonNullable<ImportPreview['problem']> {
  if (error instanceof AppError) return error.toJSON()
  throw error
}
