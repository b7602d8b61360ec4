import { csvCell } from '@shared/domain/csv-cell'
import type { SeriesByKey } from '@shared/domain/run'

/** One line per point, every digit kept; a value that is none is empty. */
export function metricsCsv(series: SeriesByKey): string {
  const lines = Object.entries(series).flatMap(([key, { step, value }]) => step.map((at, index) => `${csvCell(key)},${at},${value[index] ?? ''}`))
  return ['key,step,value', ...lines, ''].join('\n')
}
