import { z } from 'zod'
import { primaryMetric } from './metric'
import { progressSchema, type Run, runStatusSchema, shelfSchema } from './run'
import { specValueText } from './flat-spec'
import type { ModelKind } from './spec'
import { float64Array } from './typed-arrays'

/** What lists need of a run: everything but its documents. */
export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  shelf: shelfSchema,
  spec: z.object({
    model: z.object({ kind: z.custom<ModelKind>((value) => typeof value === 'string') }),
    inference: z.object({ kind: z.string() }),
    seed: z.number(),
  }),
  datasetId: z.string(),
  datasetName: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  progress: progressSchema.nullable(),
  device: z.string().nullable(),
  converged: z.boolean().nullable(),
  iterations: z.int().nullable(),
  epochs: z.int().nullable(),
  tags: z.array(z.string()),
  notes: z.string(),
  resumable: z.boolean(),
  /** The figure that is shown first for its kind of model. */
  figure: z.number().nullable(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

export function summaryOf(run: Run): RunSummary {
  const { id, name, status, shelf, datasetId, datasetName, createdAt, startedAt, endedAt, durationMs, progress, device } = run
  const { converged, iterations, epochs, tags, notes, resumable, spec } = run
  return {
    ...{ id, name, status, shelf, datasetId, datasetName, createdAt, startedAt, endedAt, durationMs, progress, device },
    ...{ converged, iterations, epochs, tags, notes, resumable, figure: run.metrics[primaryMetric[spec.model.kind]] ?? null },
    spec: { model: { kind: spec.model.kind }, inference: { kind: spec.inference.kind }, seed: spec.seed },
  }
}

/**
 * Of a metric: its figure at the end, the best of its points, or what is known of the former (`HeldOut`, as JSON); of a field of the specification:
 * its value.
 */
export const columnKeySchema = z.strictObject({ kind: z.enum(['metric', 'parameter']), name: z.string(), of: z.enum(['end', 'best', 'heldOut']).default('end') })
export type ColumnKey = z.infer<typeof columnKeySchema>

/** One value for each id of the reply: NaN where a metric has none; numbers and texts of a field, null where a run has no such field. */
export const columnValuesSchema = z.union([float64Array, z.array(z.union([z.number(), z.string(), z.null()]))])
export type ColumnValues = z.infer<typeof columnValuesSchema>

/** A value of a field as it is stored and shown in a column: numbers as they are, everything else as text. */
export const columnValue = (value: Parameters<typeof specValueText>[0]): number | string => (typeof value === 'number' && Number.isFinite(value) ? value : specValueText(value))

export const groupingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('all-except-seed') }),
  z.strictObject({ kind: z.literal('fields'), paths: z.array(z.string()).min(1) }),
])
export type Grouping = z.infer<typeof groupingSchema>

/** What the table of runs shows: a column is built in (`name`), `metric:train/elbo`, `best:train/elbo` or `parameter:model.latent`. */
export const tableViewSchema = z.strictObject({
  query: z.string().default(''),
  shelf: shelfSchema.default('current'),
  columns: z.array(z.string()).default([]),
  hideConstant: z.boolean().default(true),
  sort: z.strictObject({ column: z.string(), descending: z.boolean() }).nullable().default(null),
  grouping: groupingSchema.prefault({ kind: 'none' }),
  /** Ids of the runs that are ticked. */
  selected: z.array(z.string()).default([]),
})
export type TableView = z.infer<typeof tableViewSchema>

export const savedViewSchema = z.strictObject({ name: z.string().trim().min(1).max(100), view: tableViewSchema })
export type SavedView = z.infer<typeof savedViewSchema>
