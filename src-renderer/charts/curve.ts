import type { NamedSeries } from './chart-table'

export interface Curve extends NamedSeries {
  key: string
  /** Place in the palette; the same part of the data always has the same colour. */
  colour: number
  dash: number
}
