import type { Cell } from '../csv-table'

/** What a typed format holds in one place, as a cell. Whole numbers beyond 2^53 become the nearest double, truth 1 or 0, dates ISO text. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'number':
    case 'string':
      return value
    case 'bigint':
      return Number(value)
    case 'boolean':
      return value ? 1 : 0
    default:
      if (isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString()
      return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? null
  }
}

const isDate = (value: object): value is { getTime(): number; toISOString(): string } => 'toISOString' in value
