import { basename } from 'node:path'
import type { Column, ImportOptions, ImportPreview } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { previewContainer } from './container-data'
import { assemble, csvHeadBytes, formatOf, readTable } from './csv'
import { findProblem, typeColumns } from './csv-columns'
import { type CsvDialect, sniffDialect } from './csv-dialect'
import { previewDocuments } from './documents'
import { firstImages, labelColumn, openIdx } from './idx'
import type { TableReader } from './formats/sqlite'
import { findIdxFiles } from './idx-files'
import { emptyPreview, type Look, shownPictures, withSample } from './preview'
import { bytesMeaning, checkImageOptions, nameOfPath, recognize } from './read'
import { previewPictures } from './pictures'
import { readHead, type SourceFile } from './source'

const previewRows = 50

/** What a path is taken for, from its first bytes. Throws where there is nothing to read; what would stop an import is told as `problem`. */
export async function sniff(path: string, options: ImportOptions, tables?: TableReader): Promise<ImportPreview> {
  return withSample(await look(path, options, tables), options.preparation)
}

async function look(path: string, options: ImportOptions, tables?: TableReader): Promise<Look> {
  const recognized = await recognize(path, options, tables)
  if (recognized.kind === 'container') return previewContainer(recognized.source, recognized.format, options, nameOfPath(path, 'table'))
  if (recognized.kind === 'pictures') return lookAtPictures(path, options)
  if (recognized.kind === 'documents') return previewDocuments(path, options)
  if (recognized.kind === 'parts') {
    const first = await look(recognized.train, options, tables)
    const both = [recognized.train, recognized.test].map((file) => ({ name: basename(file), about: '' }))
    return { ...first, preview: { ...first.preview, path, suggestedName: nameOfPath(path, 'table'), members: both, shape: null, complete: false } }
  }
  return recognized.kind === 'table' ? lookAtTable(recognized.source, options) : lookAtImages(path, options)
}

async function lookAtPictures(path: string, options: ImportOptions): Promise<Look> {
  const preview = emptyPreview(path, { format: 'images', kind: 'images', suggestedName: nameOfPath(path, 'images'), bytes: 0 })
  try {
    checkImageOptions(path, options)
  } catch (error) {
    return { preview: { ...preview, problem: asProblem(error) }, sample: null }
  }
  return previewPictures(path, options, preview)
}

async function lookAtImages(path: string, options: ImportOptions): Promise<Look> {
  const preview = emptyPreview(path, { format: 'idx', kind: 'images', suggestedName: nameOfPath(path, 'images'), bytes: 0 })
  try {
    checkImageOptions(path, options)
    const opened = await openIdx(findIdxFiles(path))
    const { parts, shape, labelled } = opened
    const columns: Column[] = [{ name: 'pixels', type: 'pixels', role: 'feature', missing: 0 }, ...(labelled ? [labelColumn] : [])]
    const bytes = parts.reduce((sum, part) => sum + part.images.bytes + (part.labels?.source.bytes ?? 0), 0)
    const pixels = await firstImages(opened, shownPictures)
    const rows = pixels.length / (shape[1] * shape[2] * shape[3])
    const sample = { kind: 'images', rows, shape: [rows, ...shape.slice(1)], columns, parts: [], classes: null, valueRange: bytesMeaning.valueRange, pixels, labels: null } as const
    return { preview: { ...preview, bytes, columns, shape, complete: true }, sample: { ...sample, shape: [...sample.shape], parts: [] } }
  } catch (error) {
    return { preview: { ...preview, complete: true, problem: asProblem(error) }, sample: null }
  }
}

async function lookAtTable(source: SourceFile, options: ImportOptions): Promise<Look> {
  const { path, bytes } = source
  const preview = emptyPreview(path, { format: options.format === 'tsv' ? 'tsv' : 'csv', kind: 'table', suggestedName: nameOfPath(path, 'table'), bytes })
  let sample: Look['sample'] = null
  try {
    const head = await readHead(source, csvHeadBytes)
    const dialect = sniffDialect(head, options, path)
    const { delimiter, header, encoding, comments, decimalComma } = dialect
    Object.assign(preview, { format: formatOf(dialect), delimiter, header, encoding, comments, decimal: decimalComma ? 'comma' : 'point' })
    const seen = (cells: string[]): void => void (preview.rows.length < previewRows && preview.rows.push(cells))
    const table = await readTable(path, onePiece(wholeRows(head, encoding)), dialect, options, { seen })
    const columns = typeColumns(table, options, true)
    const problem = findProblem(path, table, columns, options)
    if (problem) preview.columns = columns.map(({ name, type, role, tally }): Column => ({ name, type, role, missing: tally.missing }))
    else {
      sample = await assemble(path, table, columns, options)
      preview.columns = sample.columns
    }
    const features = columns.filter((column) => column.role === 'feature').length
    Object.assign(preview, { rowsRead: table.rows, complete: head.complete, shape: head.complete ? [table.rows, features] : null, problem: problem?.toJSON() ?? null })
  } catch (error) {
    preview.problem = asProblem(error)
  }
  return { preview, sample }
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
