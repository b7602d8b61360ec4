import { csvCell } from '@shared/domain/csv-cell'
import type { ChartNumbers, Figure } from './document'

/** Every point a figure draws, one line each; with every digit. Bars: the name and the length. */
export function figureCsv({ xLabel, yLabel, curves, names }: Figure): string {
  const lines = curves.flatMap(({ label, step, value }) =>
    step.map((at, index) => [label, names ? (names[value[index] ?? -1] ?? '') : String(at), names ? String(at) : String(value[index] ?? '')].map(csvCell).join(',')),
  )
  return [['curve', names ? yLabel : xLabel, names ? xLabel : yLabel].map(csvCell).join(','), ...lines, ''].join('\n')
}

/** The numbers of a chart of a screen. */
export const tableCsv = ({ columns, rows }: ChartNumbers): string =>
  [columns, ...rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))].map((line) => `${line.map(csvCell).join(',')}\n`).join('')
