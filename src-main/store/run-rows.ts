import type { Run } from '@shared/domain/run'
import type { RunSummary } from '@shared/domain/run-table'

/** How each field of a run stands in its row. */
const jsonColumns = ['spec', 'progress', 'metrics', 'heldOut', 'warnings', 'error', 'tags', 'environment'] as const
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
  'shelf',
] as const

/** All columns that a run fills; the last three repeat fields of spec, so that lists need not read it. */
export const runColumns: readonly string[] = [...plainColumns, ...booleanColumns, ...jsonColumns, 'modelKind', 'inferenceKind', 'seed']

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
  if (run.spec) Object.assign(row, { modelKind: run.spec.model.kind, inferenceKind: run.spec.inference.kind, seed: run.spec.seed })
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

/** The columns of a summary, none of which lies behind a document. */
export const summaryColumns =
  'number, id, name, status, shelf, modelKind, inferenceKind, seed, datasetId, datasetName, createdAt, startedAt, endedAt, durationMs, progress, device, converged, iterations, epochs, tags, notes, resumable'

export function toSummary(row: RunRow, figure: number | null): RunSummary {
  const { number: _, modelKind, inferenceKind, seed, progress, tags, converged, resumable, ...plain } = row
  const summary = {
    ...plain,
    spec: { model: { kind: modelKind }, inference: { kind: inferenceKind }, seed },
    progress: progress === null ? null : (JSON.parse(progress as string) as unknown),
    tags: tags === '[]' ? [] : (JSON.parse(tags as string) as unknown),
    converged: converged === null ? null : converged === 1,
    resumable: resumable === 1,
    figure,
  }
  // the row was written from a Run by toRow
  return summary as unknown as RunSummary
}
