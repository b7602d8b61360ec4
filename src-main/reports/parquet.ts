import { parquetWriteBuffer } from 'hyparquet-writer'
import type { SeriesByKey } from '@shared/domain/run'

export interface TableColumn {
  name: string
  /** Numbers become doubles, anything else text; null is null. */
  values: readonly (number | string | null)[]
}

const isNumeric = ({ values }: TableColumn): boolean => values.every((value) => typeof value === 'number' || value === null)

/** Apache Parquet with Snappy; doubles keep every bit. */
export function encodeParquet(columns: readonly TableColumn[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map((column) =>
      isNumeric(column)
        ? { name: column.name, data: [...column.values], type: 'DOUBLE', nullable: true }
        : { name: column.name, data: column.values.map((value) => (value === null ? null : String(value))), type: 'STRING', nullable: true },
    ),
  })
  return new Uint8Array(buffer)
}

/** One row per point: key, step, value; of several runs with the run in front. */
export function metricColumns(runs: readonly { id: string; series: SeriesByKey }[], withRun: boolean): TableColumn[] {
  const rows = runs.flatMap(({ id, series }) => Object.entries(series).flatMap(([key, { step, value }]) => step.map((at, index) => ({ id, key, at, value: value[index] ?? null }))))
  return [
    ...(withRun ? [{ name: 'run', values: rows.map(({ id }) => id) }] : []),
    { name: 'key', values: rows.map(({ key }) => key) },
    { name: 'step', values: rows.map(({ at }) => at) },
    { name: 'value', values: rows.map(({ value }) => value) },
  ]
}
