import { csvCell } from '@shared/domain/csv-cell'
import type { ChartNumbers, Figure } from './document'

/** Every point a figure draws, one line each; with every digit. Bars: the name and the length. Boxes: both corners, and how strongly they are filled. */
export function figureCsv({ xLabel, yLabel, curves, names }: Figure): string {
  const hasBoxes = curves.some(({ kind }) => kind === 'boxes')
  const told = (value: number | null | undefined): string => String(value ?? '')
  const nameOf = (value: number | null | undefined): string => names?.[Math.round(value ?? -1)] ?? ''
  const lines = curves.flatMap(({ label, step, value, kind, stepTo = [], valueTo = [], shade = [], texts = [] }) =>
    step.map((at, index) => {
      const [x, y] = [told(at), told(value[index])]
      const place = names ? [nameOf(kind === 'boxes' ? ((value[index] ?? 0) + valueTo[index]!) / 2 : value[index]), x] : [x, y]
      const corner = hasBoxes ? [told(stepTo[index]), names ? '' : told(valueTo[index]), texts[index] ?? told(shade[index])] : []
      return [label, ...place, ...corner].map(csvCell).join(',')
    }),
  )
  const head = ['curve', names ? yLabel : xLabel, names ? xLabel : yLabel, ...(hasBoxes ? [`${xLabel} to`, names ? '' : `${yLabel} to`, 'shade'] : [])]
  return [head.map(csvCell).join(','), ...lines, ''].join('\n')
}

/** The numbers of a chart of a screen. */
export const tableCsv = ({ columns, rows }: ChartNumbers): string =>
  [columns, ...rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))].map((line) => `${line.map(csvCell).join(',')}\n`).join('')
