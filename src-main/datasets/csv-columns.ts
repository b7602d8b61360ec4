import type { Column, ColumnRole, ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { type ColumnTally, columnType, type CsvTable, mostClasses } from './csv-table'

const labelNames = new Set(['class', 'label', 'labels', 'target', 'species', 'y', 'category', '类别', '标签', '类'])
const fewClasses = 20

export const isLabelName = (name: string): boolean => labelNames.has(name.trim().toLowerCase())

export interface TypedColumn extends Pick<Column, 'name' | 'type' | 'role'> {
  tally: ColumnTally
}

/**
 * Type and role of each column. Number columns are features, and so are those whose names were asked for as categories; others are ignored
 * unless they are the label. Without a choice, the last column
 * of categories whose name says so is the label; with `suggest`, also a last column of few whole numbers with such a name.
 */
export function typeColumns(table: CsvTable, options: ImportOptions, suggest: boolean): TypedColumn[] {
  const ignored = new Set(options.ignore ?? [])
  const ids = new Set([...(options.ids ?? []), ...(options.partColumn === undefined ? [] : [options.partColumn])])
  const categorical = new Set(options.categorical ?? [])
  const columns = table.columns.map((tally): TypedColumn => {
    const isCategory = categorical.has(tally.name)
    const type = isCategory ? 'category' : columnType(tally)
    const isFeature = isCategory || type === 'real' || type === 'integer'
    const role: ColumnRole = ids.has(tally.name) ? 'id' : ignored.has(tally.name) || !isFeature ? 'ignore' : 'feature'
    return { name: tally.name, type, role, tally }
  })
  const label =
    options.label === undefined ? likelyLabel(columns, ignored, suggest) : columns.find((column) => column.name === options.label)
  if (label) label.role = 'label'
  return columns
}

function likelyLabel(columns: TypedColumn[], ignored: Set<string>, suggest: boolean): TypedColumn | undefined {
  const named = columns.filter(({ name, type, role }) => isLabelName(name) && !ignored.has(name) && !(type === 'category' && role === 'feature'))
  const last = columns.at(-1)
  const category = named.findLast((column) => column.type === 'category')
  if (category || !suggest || !last || !named.includes(last)) return category
  return last.type === 'integer' && last.tally.cellNames.size <= fewClasses && columns.length > 1 ? last : undefined
}

/** The first thing that stops an import of these columns, or null. */
export function findProblem(path: string, table: CsvTable, columns: TypedColumn[], options: ImportOptions): AppError | null {
  const features = columns.filter((column) => column.role === 'feature')
  for (const { name, tally } of features.filter(({ type }) => type !== 'category')) {
    if (tally.firstText) return new AppError('dataset/text-in-number-column', { path, column: name, ...tally.firstText })
    if (tally.firstInfinite) return new AppError('dataset/infinite-number', { path, column: name, ...tally.firstInfinite })
  }
  if (table.rows === 0) return new AppError('dataset/header-only', { path })
  if (features.length === 0) return new AppError('dataset/no-number-column', { path, columns: columns.map((column) => column.name) })
  const named = columns.find(({ role, type, tally }) => (role === 'label' || (role === 'feature' && type === 'category')) && tally.cellNames.size > mostClasses)
  if (named) return new AppError('dataset/too-many-classes', { path, column: named.name, most: mostClasses })
  const withMissing = features.filter((column) => column.tally.missing > 0)
  if (withMissing.length > 0 && options.missing === undefined) {
    const line = Math.min(...withMissing.map(({ tally }) => tally.firstMissingLine ?? Infinity))
    const columns = withMissing.map(({ name, tally }) => `${name} (${tally.missing})`)
    return new AppError('dataset/missing-values', { path, columns, line })
  }
  return null
}

/** The names in the first record, or column 1, column 2, … */
export function columnNames(path: string, first: string[], header: boolean, options: ImportOptions): string[] {
  const names = first.map((cell, index) => (header && cell.trim() !== '' ? cell.trim() : `column ${index + 1}`))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    const places = names.flatMap((name, index) => (name === twice ? [index + 1] : []))
    throw new AppError('dataset/duplicate-column', { path, column: twice, places })
  }
  for (const wanted of [...(options.label ? [options.label] : []), ...(options.partColumn ? [options.partColumn] : []), ...(options.ignore ?? []), ...(options.ids ?? []), ...(options.categorical ?? [])]) {
    if (!names.includes(wanted)) throw new AppError('dataset/no-such-column', { path, column: wanted, columns: names })
  }
  if (options.label && options.ignore?.includes(options.label)) {
    throw new AppError('dataset/label-ignored', { column: options.label })
  }
  return names
}
