import type { Run } from '@shared/domain/run'

/** How each field of a run stands in its row. */
const jsonColumns = ['spec', 'progress', 'metrics', 'warnings', 'error', 'tags', 'environment'] as const
const booleanColumns = ['converged', 'resumable'] as const
const plainColumns = [
  'id',
  'name',
  'status',
  'datasetId',
  'datasetName',
  'datasetSha256',
  'createdAt',
  'startedAt',
  'endedAt',
  'durationMs',
  'device',
  'runtime',
  'iterations',
  'epochs',
  'notes',
] as const

/** All columns that a run fills; modelKind repeats spec.model.kind so that lists can be searched by it. */
export const runColumns: readonly string[] = [...plainColumns, ...booleanColumns, ...jsonColumns, 'modelKind']

export type RunRow = Record<string, string | number | null>

const withoutNonFinite = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? null : value)

/** Only the columns of the fields that are given. */
export function toRow(run: Partial<Run>): RunRow {
  const row: RunRow = {}
  for (const column of plainColumns) if (run[column] !== undefined) row[column] = run[column]
  for (const column of booleanColumns) {
    const value = run[column]
    if (value !== undefined) row[column] = value === null ? null : Number(value)
  }
  for (const column of jsonColumns) {
    const value = run[column]
    if (value !== undefined) row[column] = value === null ? null : JSON.stringify(value, withoutNonFinite)
  }
  if (run.spec) row['modelKind'] = run.spec.model.kind
  return row
}

export function fromRow(row: RunRow): Run {
  const run: Record<string, unknown> = {}
  for (const column of plainColumns) run[column] = row[column]
  for (const column of booleanColumns) run[column] = row[column] === null ? null : row[column] === 1
  for (const column of jsonColumns) run[column] = row[column] === null ? null : JSON.parse(row[column] as string)
  // the row was written from a Run by toRow and the columns are NOT NULL where a Run has no null
  return run as Run
}
