import { statSync } from 'node:fs'
import type { Column, ImportOptions, ImportPreview } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { arrayRecords, imagesOf, isImages, labelCells, tableShape } from './arrays'
import { leavesNumbers, type NumberTable, readNumberTable } from './array-table'
import { assemble } from './csv'
import { columnNames, findProblem, isLabelName, typeColumns } from './csv-columns'
import { addRecord, type Cell, createTable, type CsvTable } from './csv-table'
import type { Container, Content, CellRecord, Format } from './formats/format'
import { chooseLabels, chooseMember } from './members'
import { type ParsedData, type ReadProgress, yieldToEventLoop } from './parsed-data'
import { emptyPreview, type Look } from './preview'
import { readContents, type SourceFile, type SourceRecord } from './source'

const previewRows = 50
const rowsLookedAt = 2000

/** The whole of one thing in a file, with its labels where the options name them. */
export async function readContainer(source: SourceFile, format: Format, options: ImportOptions, onProgress?: ReadProgress): Promise<ParsedData> {
  checkOptions(source.path, format, options)
  const before = statSync(source.path)
  const container = await format.open(source)
  let parsed: Omit<ParsedData, 'format' | 'source'> | null = null
  try {
    parsed = await parse(source.path, await readChosen(source.path, container, options), options, onProgress)
  } finally {
    // blocks are read from it later
    if (!parsed?.featureBlocks) container.close()
  }
  const record = await hashOf(source)
  const after = statSync(source.path)
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw new AppError('dataset/file-changed', { path: source.path })
  onProgress?.(1)
  return { format: format.format, ...parsed, source: [record], ...(parsed.featureBlocks ? { release: container.close } : {}) }
}

interface Chosen {
  content: Content
  /** Name and values of the labels, one per row. */
  labels: { name: string; cells: Cell[] } | null
}

async function readChosen(path: string, container: Container, options: ImportOptions, firstRows?: number): Promise<Chosen> {
  const member = chooseMember(path, container, options)
  const labels = chooseLabels(path, container, options)
  return {
    content: await container.read(member.name, firstRows),
    labels: labels && { name: labels.name, cells: await labelCells(path, labels.name, await container.read(labels.name, firstRows)) },
  }
}

async function parse(path: string, chosen: Chosen, options: ImportOptions, onProgress?: ReadProgress): Promise<Omit<ParsedData, 'format' | 'source'>> {
  if (chosen.content.kind === 'array' && isImages(chosen.content)) return imagesOf(path, chosen.content, chosen.labels)
  const numbers = numberTable(chosen, options)
  if (numbers) return readNumberTable(path, { ...numbers, shape: tableShape(path, numbers.shape) }, options, onProgress)
  const own = withLabels(options, chosen)
  const table = await toTable(path, chosen, own, onProgress && { onProgress })
  const columns = typeColumns(table, own, false)
  const problem = findProblem(path, table, columns, own)
  if (problem) throw problem
  return assemble(path, table, columns, own)
}

function numberTable({ content, labels }: Chosen, options: ImportOptions): NumberTable | null {
  if (content.kind !== 'array' || Array.isArray(content.values) || !leavesNumbers(options)) return null
  const { shape, values } = content
  if (labels && labels.cells.length !== (shape[0] ?? 1)) return null
  return { shape, labels, values: values instanceof Uint8Array ? Float64Array.from(values) : values }
}

const withLabels = (options: ImportOptions, { labels }: Chosen): ImportOptions => (labels ? { ...options, label: labels.name } : options)

interface TableReading {
  rows?: number
  seen?: (cells: Cell[]) => void
  onProgress?: ReadProgress | undefined
}

async function toTable(path: string, { content, labels }: Chosen, options: ImportOptions, { rows = Infinity, seen, onProgress }: TableReading = {}): Promise<CsvTable> {
  const cells = content.kind === 'array' ? arrayRecords(path, content) : content
  let table: CsvTable | null = cells.names && startTable(path, [...cells.names, ...(labels ? [labels.name] : [])], true, options)
  const total = content.kind === 'array' ? (content.shape[0] ?? 1) : 0
  for await (const records of cells.records) {
    for (const record of records) {
      if (!table) {
        const isHeader: boolean = options.header ?? looksLikeHeader(record)
        table = startTable(path, [...record.cells.map(textOf), ...(labels ? [labels.name] : [])], isHeader, options)
        if (isHeader) continue
      }
      if (table.rows >= rows) return table
      const full = labels ? { line: record.line, cells: [...record.cells, labels.cells[table.rows] ?? null] } : record
      addRecord(table, full, path, false)
      seen?.(full.cells)
    }
    // where the number of rows is not known, this lets a cancel in
    onProgress?.(total > 0 ? (table?.rows ?? 0) / total : 0)
    await yieldToEventLoop()
  }
  if (!table) throw new AppError('dataset/no-text', { path })
  if (labels && rows === Infinity && labels.cells.length !== table.rows) {
    throw new AppError('dataset/labels-do-not-fit', { path, labels: labels.name, got: labels.cells.length, rows: table.rows })
  }
  return table
}

function startTable(path: string, names: string[], header: boolean, options: ImportOptions): CsvTable {
  const isLabel = (name: string): boolean => (options.label === undefined ? isLabelName(name) : name === options.label)
  const isNamed = (name: string): boolean => isLabel(name) || name === options.partColumn || (options.categorical?.includes(name) ?? false)
  return createTable(columnNames(path, names, header, options), isNamed, { missingMarks: options.missingMarks })
}

const looksLikeHeader = ({ cells }: CellRecord): boolean => cells.every((cell) => typeof cell === 'string' && cell.trim() !== '' && Number.isNaN(Number(cell)))
const textOf = (cell: Cell): string => (cell === null ? '' : typeof cell === 'number' && Number.isNaN(cell) ? '' : String(cell))

/** What a file is taken for and what its first rows hold; what would stop an import is told as `problem`. */
export async function previewContainer(source: SourceFile, format: Format, options: ImportOptions, suggestedName: string): Promise<Look> {
  const { path, bytes } = source
  const preview = emptyPreview(path, { format: format.format, kind: 'table', suggestedName, bytes })
  let [container, sample]: [Container | null, Look['sample']] = [null, null]
  try {
    checkOptions(path, format, options)
    container = await format.open(source)
    preview.members = container.members.filter(({ readable }) => readable).map(({ name, about }) => ({ name, about }))
    preview.member = chooseMember(path, container, options).name
    const chosen = await readChosen(path, container, options, rowsLookedAt)
    const isPictures = chosen.content.kind === 'array' && isImages(chosen.content)
    sample = isPictures ? await describeImages(preview, chosen) : await describeTable(preview, chosen, withLabels(options, chosen))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    preview.problem = error.toJSON()
  } finally {
    container?.close()
  }
  return { preview, sample }
}

async function describeImages(preview: ImportPreview, chosen: Chosen): Promise<Look['sample']> {
  preview.kind = 'images'
  if (chosen.content.kind !== 'array') return null
  const sample = await imagesOf(preview.path, chosen.content, chosen.labels)
  const { columns, shape, rows } = sample
  Object.assign(preview, { columns, rowsRead: rows, complete: rows < rowsLookedAt, shape: rows < rowsLookedAt ? shape : null })
  return sample
}

async function describeTable(preview: ImportPreview, chosen: Chosen, options: ImportOptions): Promise<Look['sample']> {
  const { path } = preview
  const seen = (cells: Cell[]): void => void (preview.rows.length < previewRows && preview.rows.push(cells.map(textOf)))
  const table = await toTable(path, chosen, options, { rows: rowsLookedAt, seen })
  const columns = typeColumns(table, options, true)
  const problem = findProblem(path, table, columns, options)
  const sample = problem ? null : await assemble(path, table, columns, options)
  preview.columns = sample?.columns ?? columns.map(({ name, type, role, tally }): Column => ({ name, type, role, missing: tally.missing }))
  preview.rowsRead = table.rows
  preview.complete = table.rows < rowsLookedAt
  preview.shape = preview.complete ? [table.rows, columns.filter(({ role }) => role === 'feature').length] : null
  preview.problem = problem?.toJSON() ?? null
  return sample
}

/** What was asked for and means nothing here is an error, not silently left undone. */
function checkOptions(path: string, { format }: Format, options: ImportOptions): void {
  const unfit = (['delimiter', 'encoding', 'decimal', 'comments', 'side', 'grey'] as const).find((option) => options[option] !== undefined)
  const header = options.header !== undefined && format !== 'excel'
  if (unfit || header) throw new AppError('dataset/option-not-for-format', { path, format, option: `--${unfit ?? 'header'}` })
}

async function hashOf(source: SourceFile): Promise<SourceRecord> {
  const records: SourceRecord[] = []
  for await (const piece of readContents(source, { onEnd: (record) => records.push(record) })) void piece
  return records[0]!
}
