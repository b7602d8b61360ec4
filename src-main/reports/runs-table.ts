import { csvCell } from '@shared/domain/csv-cell'
import { flattenSpec, type SpecValue, specValueText } from '@shared/domain/flat-spec'
import { heldOutOf, isHeldOut } from '@shared/domain/held-out'
import type { Run } from '@shared/domain/run'
import type { TableColumn } from './parquet'

const plain = (value: SpecValue | undefined): number | string | null =>
  value === undefined || value === null ? null : typeof value === 'number' ? value : typeof value === 'string' ? value : specValueText(value)

const knownFields = ['estimator', 'samples', 'standardError', 'rowStandardError', 'effectiveSampleSize', 'rows'] as const

/**
 * One row a run: what it is, every field of its specification (`spec.…`) and every end figure (`metric.…`) that any of them has, and of figures of
 * held-out rows how they were estimated (`heldOut.…`).
 */
export function runColumns(runs: readonly Run[]): TableColumn[] {
  const column = (name: string, valueOf: (run: Run) => number | string | null): TableColumn => ({ name, values: runs.map(valueOf) })
  const specs = new Map(runs.map((run) => [run.id, flattenSpec(run.spec)]))
  const paths = [...new Set([...specs.values()].flatMap((spec) => Object.keys(spec)))]
  const keys = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))]
  return [
    ...(['id', 'name', 'status', 'datasetName', 'datasetSha256', 'createdAt', 'startedAt', 'endedAt', 'durationMs', 'device', 'runtime', 'iterations', 'epochs', 'notes'] as const).map((name) =>
      column(name, (run) => run[name]),
    ),
    column('tags', ({ tags }) => tags.join(', ')),
    ...paths.map((path) => column(`spec.${path}`, ({ id }) => plain(specs.get(id)![path]))),
    ...keys.map((key) => column(`metric.${key}`, ({ metrics }) => metrics[key] ?? null)),
    ...keys.filter(isHeldOut).flatMap((key) => knownFields.map((field) => column(`heldOut.${key}.${field}`, (run) => heldOutOf(run, key)?.[field] ?? null))),
  ]
}

/** RFC 4180, every digit kept; what is missing is empty. */
export function columnsCsv(columns: readonly TableColumn[]): string {
  const rows = columns[0]?.values.length ?? 0
  const lines = Array.from({ length: rows }, (_, row) => columns.map(({ values }) => csvCell(String(values[row] ?? ''))).join(','))
  return [columns.map(({ name }) => csvCell(name)).join(','), ...lines, ''].join('\n')
}
