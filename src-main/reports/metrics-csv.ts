import type { SeriesByKey } from '@shared/domain/run'

/** RFC 4180: what holds a comma, a quote or a line break stands in quotes. */
export const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** One line per point, every digit kept; a value that is none is empty. */
export function metricsCsv(series: SeriesByKey): string {
  const lines = Object.entries(series).flatMap(([key, { step, value }]) => step.map((at, index) => `${csvCell(key)},${at},${value[index] ?? ''}`))
  return ['key,step,value', ...lines, ''].join('\n')
}
