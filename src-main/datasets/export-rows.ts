import { csvCell } from '@shared/domain/csv-cell'
import type { Dataset, DatasetFile } from '@shared/domain/dataset'
import { npyHeader } from '@shared/domain/npy-header'
import { featureNamesOf } from './prepare'

/*
 * A stored dataset as a file for other programs, a piece at a time.
 *   csv  header; every digit of every number; names of classes and categories; nothing where a value is missing
 *   npy  NumPy 1.0: features as float64 [rows, columns], images as uint8 [rows, height, width, channels]; labels are not in it
 */

export interface ExportedRows {
  features: Float64Array | Uint8Array
  labels: Int32Array | null
  rows: number
}

/** The bytes before the first row. */
export function fileHead(dataset: Dataset, format: DatasetFile): Uint8Array {
  if (format === 'csv') return new TextEncoder().encode(`${headerOf(dataset).map(quoted).join(',')}\n`)
  return npyHeader(dataset.kind === 'images' ? '|u1' : '<f8', dataset.kind === 'images' ? dataset.shape : [dataset.rows, featureNamesOf(dataset).length])
}

/** The bytes of some rows. */
export function fileRows(dataset: Dataset, { features, labels, rows }: ExportedRows, format: DatasetFile): Uint8Array {
  if (format === 'npy') return new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
  const width = features.length / Math.max(1, rows)
  const categories = dataset.columns.filter(({ role }) => role === 'feature').map((column) => column.categories)
  const lines: string[] = []
  for (let row = 0; row < rows; row += 1) {
    const cells: string[] = []
    for (let column = 0; column < width; column += 1) {
      const value = features[row * width + column]!
      const names = categories[column]
      cells.push(Number.isNaN(value) ? '' : names ? quoted(names[value] ?? '') : String(value))
    }
    if (labels) cells.push(quoted(dataset.classes?.[labels[row]!] ?? ''))
    lines.push(cells.join(','))
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

function headerOf(dataset: Dataset): string[] {
  const label = dataset.columns.find(({ role }) => role === 'label')?.name ?? 'label'
  return [...featureNamesOf(dataset), ...(dataset.classes ? [label] : [])]
}

/** A text that a spreadsheet would run as a formula gets an apostrophe before it. */
function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return csvCell(harmless)
}
