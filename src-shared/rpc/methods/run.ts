import { z } from 'zod'
import { artifactSchema, noticeSchema, picturesSchema, runSchema, seriesByKeySchema, shelfSchema } from '../../domain/run'
import { columnKeySchema, columnValuesSchema, runSummarySchema, savedViewSchema } from '../../domain/run-table'
import { runSpecSchema } from '../../domain/spec'
import { id, method, none, nothing } from './words'

/** Of runs, the table that lists them, and its kept views. */
export const runMethods = {
  /** Checks a specification as it is being written, against its dataset too. */
  'runs.validate': method(
    z.strictObject({ spec: z.unknown() }),
    z.object({
      /** Resolved, with all defaults; null while it cannot be parsed. */
      spec: runSpecSchema.nullable(),
      issues: z.array(noticeSchema.extend({ path: z.string() })),
    }),
  ),
  'runs.start': method(z.strictObject({ spec: z.unknown() }), runSchema),
  'runs.list': method(
    z.strictObject({
      query: z.string().default(''),
      shelf: shelfSchema.or(z.literal('all')).default('all'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10000).default(10000),
    }),
    z.object({ runs: z.array(runSchema), total: z.int(), matching: z.int() }),
  ),
  'runs.get': method(id, runSchema),
  /** A snapshot: everything stored up to `sequence`; events after it continue it. */
  'runs.open': method(id, z.object({ run: runSchema, series: seriesByKeySchema, sequence: z.int(), artifacts: z.array(artifactSchema) })),
  'runs.metrics': method(z.strictObject({ id: z.string(), key: z.string().optional() }), seriesByKeySchema),
  'runs.cancel': method(id, runSchema),
  'runs.kill': method(id, runSchema),
  'runs.pause': method(id, runSchema),
  /** Lets a paused run go on, or continues an interrupted, failed or cancelled one from its last checkpoint; calmer: with half the learning rate and clipping. */
  'runs.resume': method(z.strictObject({ id: z.string(), calmer: z.boolean().optional() }), runSchema),
  'runs.remove': method(id, nothing),
  'runs.update': method(
    z.strictObject({ id: z.string(), name: z.string().max(200).optional(), tags: z.array(z.string()).optional(), notes: z.string().optional() }),
    runSchema,
  ),
  /** To the archive, to the trash, or back; says where each was, so that it can be undone. */
  'runs.shelve': method(
    z.strictObject({ ids: z.array(z.string()).max(1000000), shelf: shelfSchema }),
    z.object({ moved: z.array(z.object({ id: z.string(), from: shelfSchema })) }),
  ),
  /** Tags of several runs at once. */
  'runs.tag': method(
    z.strictObject({ ids: z.array(z.string()).max(1000000), add: z.array(z.string()).default([]), remove: z.array(z.string()).default([]) }),
    z.array(z.object({ id: z.string(), tags: z.array(z.string()) })),
  ),
  'runs.artifacts': method(id, z.array(artifactSchema)),
  'runs.pictures': method(z.strictObject({ id: z.string(), step: z.number() }), picturesSchema),

  /** What lists and tables need of all runs there are, newest first. */
  'table.summaries': method(none, z.array(runSummarySchema)),
  /** Ids of the runs that match, newest first. */
  'table.match': method(
    z.strictObject({ query: z.string().default(''), shelf: shelfSchema.or(z.literal('all')).default('current') }),
    z.object({ ids: z.array(z.string()) }),
  ),
  /** Columns over all runs there are, oldest first: one value for each id. */
  'table.columns': method(
    z.strictObject({ keys: z.array(columnKeySchema).max(10000) }),
    z.object({ ids: z.array(z.string()), columns: z.array(columnValuesSchema) }),
  ),
  /** Names of the metrics and fields that any run has. */
  'table.names': method(none, z.object({ metrics: z.array(z.string()), parameters: z.array(z.string()) })),
  /** Those of them that are not the same in all runs that match. */
  'table.varying': method(
    z.strictObject({ query: z.string().default(''), shelf: shelfSchema.or(z.literal('all')).default('current') }),
    z.object({ metrics: z.array(z.string()), parameters: z.array(z.string()) }),
  ),
  'views.list': method(none, z.array(savedViewSchema)),
  /** In the place of one of the same name. */
  'views.save': method(savedViewSchema, z.array(savedViewSchema)),
  'views.remove': method(z.strictObject({ name: z.string() }), z.array(savedViewSchema)),
}
