import type { Column, DatasetPart, ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { naturalOrder } from './cells'
import { summarizeColumns } from './column-summary'
import { columnNames, findProblem, isLabelName, type TypedColumn, typeColumns } from './csv-columns'
import { type CsvDialect, sniffDialect } from './csv-dialect'
import { readRecords } from './csv-records'
import { addRecord, createTable, type CsvTable } from './csv-table'
import { heldWhereFew, type NumberBlocks } from './number-blocks'
import { asFeatures, type ParsedData, type ReadProgress, yieldToEventLoop } from './parsed-data'
import { readContents, readHead, type SourceFile, type SourceRecord } from './source'

export const csvHeadBytes = 1 << 18

/** Reads a whole CSV or TSV file; whatever is wrong with it is an error that names the file and the place. */
export async function readCsv(
  source: SourceFile,
  options: ImportOptions,
  { onProgress, spill }: { onProgress?: ReadProgress | undefined; spill?: string | undefined } = {},
): Promise<ParsedData> {
  const dialect = sniffDialect(await readHead(source, csvHeadBytes), options, source.path)
  const records: SourceRecord[] = []
  const contents = readContents(source, { onProgress, onEnd: (record) => records.push(record) })
  const table = await readTable(source.path, contents, dialect, options, { spill })
  const columns = typeColumns(table, options, false)
  const problem = findProblem(source.path, table, columns, options)
  if (problem) throw problem
  const assembled = await assemble(source.path, table, columns, options)
  if (!assembled.featureBlocks) table.blocks.close()
  return { format: formatOf(dialect), ...assembled, source: records, ...(assembled.featureBlocks ? { release: () => table.blocks.close() } : {}) }
}

export const formatOf = (dialect: CsvDialect): 'csv' | 'tsv' => (dialect.delimiter === '\t' ? 'tsv' : 'csv')

export async function readTable(
  path: string,
  contents: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  options: ImportOptions,
  { seen, spill }: { seen?: (cells: string[]) => void; spill?: string | undefined } = {},
): Promise<CsvTable> {
  const read: { table: CsvTable | null } = { table: null }
  await readRecords(path, contents, dialect, (record) => {
    if (!read.table) {
      const names = columnNames(path, record.cells, dialect.header, options)
      const isLabel = (name: string): boolean => (options.label === undefined ? isLabelName(name) : name === options.label)
      const isNamed = (name: string): boolean => isLabel(name) || name === options.partColumn || (options.categorical?.includes(name) ?? false)
      read.table = createTable(names, isNamed, { missingMarks: options.missingMarks, spill })
      if (dialect.header) return
    }
    addRecord(read.table, record, path, dialect.decimalComma)
    seen?.(record.cells)
  })
  if (!read.table) throw new AppError('dataset/no-text', { path })
  return read.table
}

/** Columns with their summaries, row-major features and label codes; rows with missing features are dropped where the options say so. */
export async function assemble(
  path: string,
  table: CsvTable,
  columns: TypedColumn[],
  options: ImportOptions,
): Promise<Omit<ParsedData, 'format' | 'source'>> {
  const featureIndex = columns.flatMap((column, index) => (column.role === 'feature' ? [index] : []))
  const present = await keptRows(table, options.missing === 'drop' ? featureIndex : [])
  if (present.length === 0) throw new AppError('dataset/all-rows-dropped', { path, rows: table.rows })
  const { kept, parts } = inParts(path, columns.find(({ name }) => name === options.partColumn), present)
  const coded = featureIndex.map((index) => (columns[index]!.type === 'category' ? labelCodes(columns[index]!, kept) : null))
  const categories = coded.map((names) => names?.classes ?? null)
  const features = heldWhereFew(gather(table, kept, featureIndex, coded.map((names) => names?.labels ?? null)))
  const numeric = columns.flatMap((column, index) => (isNumeric(column) && column.role !== 'feature' ? [index] : []))
  const featureSummaries = await summarizeColumns(features, featureIndex.length)
  const otherSummaries = await summarizeColumns(gather(table, kept, numeric), numeric.length)
  const missing = countMissing(table, kept)
  const described = columns.map((column, index): Column => {
    const summary = column.role === 'feature' ? featureSummaries[featureIndex.indexOf(index)] : otherSummaries[numeric.indexOf(index)]
    const names = column.role === 'feature' ? categories[featureIndex.indexOf(index)] : null
    const told = names ? { categories: names } : summary ? { summary } : {}
    return { name: column.name, type: column.type, role: column.role, missing: missing[index]!, ...told }
  })
  const label = columns.find((column) => column.role === 'label')
  return {
    kind: 'table',
    rows: kept.length,
    columns: described,
    shape: [kept.length, featureIndex.length],
    parts,
    valueRange: null,
    ...asFeatures(features),
    ...(label ? labelCodes(label, kept) : { classes: null, labels: null }),
  }
}

const partNames: Record<string, DatasetPart['name']> = { train: 'train', training: 'train', fit: 'train', 训练: 'train', test: 'test', testing: 'test', 测试: 'test' }

/** Training rows first, test rows last, as a column says. */
function inParts(path: string, column: TypedColumn | undefined, rows: Int32Array): { kept: Int32Array; parts: DatasetPart[] } {
  if (!column) return { kept: rows, parts: [] }
  const { classes, labels } = labelCodes(column, rows)
  const partOf = classes.map((name) => partNames[name.toLowerCase()])
  const strange = classes.filter((_, code) => !partOf[code])
  if (strange.length > 0 || labels.includes(-1)) throw new AppError('dataset/part-names', { path, column: column.name, names: strange.slice(0, 5) })
  const [train, test] = (['train', 'test'] as const).map((part) => rows.filter((_, at) => partOf[labels[at]!] === part)) as [Int32Array, Int32Array]
  const kept = new Int32Array(rows.length)
  kept.set(train)
  kept.set(test, train.length)
  return { kept, parts: [{ name: 'train', start: 0, rows: train.length }, { name: 'test', start: train.length, rows: test.length }] }
}

const isNumeric = (column: TypedColumn): boolean => column.type === 'real' || column.type === 'integer'

/** Codes count the classes in natural order of their names; −1 where the cell is empty. */
function labelCodes(label: TypedColumn, kept: Int32Array): { classes: string[]; labels: Int32Array } {
  const { cellNames, cellCodes } = label.tally
  if (!cellCodes) throw new Error(`column ${label.name} was not read as names`)
  const used = new Set(kept.map((row) => cellCodes[row]!))
  const names = [...cellNames].filter(([, code]) => used.has(code)).map(([name]) => name)
  const classes = naturalOrder(names)
  const place = new Map(classes.map((name, index) => [cellNames.get(name)!, index]))
  return { classes, labels: kept.map((row) => place.get(cellCodes[row]!) ?? -1) }
}

async function keptRows(table: CsvTable, mustHave: number[]): Promise<Int32Array> {
  if (mustHave.length === 0) return Int32Array.from({ length: table.rows }, (_, row) => row)
  const kept = new Int32Array(table.rows)
  let count = 0
  for (let row = 0; row < table.rows; row += 1) {
    const block = table.blocks.at(Math.floor(row / table.rowsPerBlock))
    const start = (row % table.rowsPerBlock) * table.columns.length
    if (start === 0) await yieldToEventLoop()
    if (mustHave.every((column) => !Number.isNaN(block[start + column]!))) kept[count++] = row
  }
  return kept.subarray(0, count)
}

/** Columns of some rows, with codes in the place of names; every walk gathers them anew. */
function gather(table: CsvTable, rows: Int32Array, columns: number[], codes: (Int32Array | null)[] = []): NumberBlocks {
  const width = table.columns.length
  return {
    length: rows.length * columns.length,
    *walk() {
      for (let start = 0; start < rows.length; start += table.rowsPerBlock) {
        const count = Math.min(table.rowsPerBlock, rows.length - start)
        const out = new Float64Array(count * columns.length)
        for (let index = start, at = 0; index < start + count; index += 1) {
          const row = rows[index]!
          const block = table.blocks.at(Math.floor(row / table.rowsPerBlock))
          const from = (row % table.rowsPerBlock) * width
          for (let column = 0; column < columns.length; column += 1, at += 1) {
            const code = codes[column]?.[index]
            out[at] = code === undefined ? block[from + columns[column]!]! : code < 0 ? NaN : code
          }
        }
        yield out
      }
    },
  }
}

function countMissing(table: CsvTable, kept: Int32Array): number[] {
  if (kept.length === table.rows) return table.columns.map((column) => column.missing)
  const width = table.columns.length
  const missing = table.columns.map(() => 0)
  for (const row of kept) {
    const block = table.blocks.at(Math.floor(row / table.rowsPerBlock))
    const start = (row % table.rowsPerBlock) * width
    for (let column = 0; column < width; column += 1) if (Number.isNaN(block[start + column]!)) missing[column]! += 1
  }
  return missing
}
