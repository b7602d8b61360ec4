import type { Words } from '../../i18n/i18n'
import { columnKeyOf } from '../../stores/run-columns'

/** How a column is called in its head: built-in ones by their word, metrics by their label, fields by the end of their path. */
export function columnTitle(column: string, { t, metric }: Pick<Words, 't' | 'metric'>): string {
  const key = columnKeyOf(column)
  if (!key) return t(`table.columns.${column}`)
  if (key.kind === 'metric') return key.of === 'best' ? t('table.bestOf', { name: metric(key.name) }) : metric(key.name)
  return key.name.split('.').slice(-2).join('.')
}

const widths: Record<string, number> = { dataset: 120, model: 170, figure: 110, progress: 150, duration: 96, created: 150, tags: 170, notes: 220, id: 150, status: 110, device: 90 }
export const columnWidth = (column: string): number => widths[column] ?? (column.startsWith('parameter:') ? 150 : columnKeyOf(column) ? 168 : 96)
export const isNumeric = (column: string): boolean => ['figure', 'duration', 'created', 'seed', 'iterations', 'epochs'].includes(column) || /^(metric|best):/.test(column)
