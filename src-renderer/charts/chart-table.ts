import { csvCell } from '@shared/domain/csv-cell'

/** The numbers behind a chart, for the table under key T and for CSV. */
export interface ChartTable {
  columns: string[]
  rows: number
  cell: (row: number, column: number) => number | string | null
}

const field = (value: number | string | null): string => (value === null ? '' : csvCell(String(value)))

export function toCsv(table: ChartTable): string {
  const lines = [table.columns.map(field).join(',')]
  for (let row = 0; row < table.rows; row += 1) lines.push(table.columns.map((_, column) => field(table.cell(row, column))).join(','))
  return `${lines.join('\n')}\n`
}

export interface NamedSeries {
  name: string
  step: Float64Array
  value: Float64Array
}

/** Several series by step: one row for each step that any of them has. */
export function seriesTable(stepName: string, series: readonly NamedSeries[]): ChartTable {
  const steps = Float64Array.from(new Set(series.flatMap(({ step }) => [...step]))).sort()
  const at = series.map(({ step, value }) => new Map(Array.from(step, (key, index) => [key, value[index]!])))
  return {
    columns: [stepName, ...series.map(({ name }) => name)],
    rows: steps.length,
    cell: (row, column) => (column === 0 ? steps[row]! : (at[column - 1]!.get(steps[row]!) ?? null)),
  }
}
