import { z } from 'zod'
import { noticeSchema, runSchema } from '../../domain/run'
import { parameterValueSchema } from '../../domain/search-space'
import { selectionRequestSchema, selectionSchema, selectionUnitSchema } from '../../domain/selection'
import { sweepPlanSchema, sweepSchema, trialSchema } from '../../domain/sweep'
import { id, method, none, nothing } from './words'

/** Of selections and sweeps. */
export const searchMethods = {
  /** Many fits that answer one question: a grid of models, a test of the number of components, a bootstrap. */
  'selections.start': method(selectionRequestSchema, selectionSchema),
  'selections.list': method(none, z.array(selectionSchema)),
  'selections.get': method(id, selectionSchema),
  /** With what every fit gave; events continue it. */
  'selections.open': method(id, z.object({ selection: selectionSchema, units: z.array(selectionUnitSchema) })),
  'selections.cancel': method(id, selectionSchema),
  /** Fits what is missing of one that did not come to its end. */
  'selections.resume': method(id, selectionSchema),
  'selections.remove': method(id, nothing),

  /** Checks a specification with a sweep as it is being written. */
  'sweeps.validate': method(
    z.strictObject({ spec: z.unknown() }),
    z.object({
      /** With all defaults; null while it cannot be read. */
      plan: sweepPlanSchema.nullable(),
      issues: z.array(noticeSchema.extend({ path: z.string() })),
      /** Different points of the space; null where a range is continuous. */
      points: z.int().nullable(),
      /** Runs of all trials together. */
      runs: z.int().nullable(),
      /** From runs of the same kind on the same data; null where there are none. */
      estimateMs: z.number().nullable(),
    }),
  ),
  'sweeps.start': method(z.strictObject({ spec: z.unknown() }), sweepSchema),
  'sweeps.list': method(none, z.array(sweepSchema)),
  'sweeps.get': method(id, sweepSchema),
  /** With all trials in the order they were proposed; events continue it. */
  'sweeps.open': method(id, z.object({ sweep: sweepSchema, trials: z.array(trialSchema) })),
  /** Lets trials that go on come to their end, and begins no other. */
  'sweeps.pause': method(id, sweepSchema),
  /** Ends trials that go on after their checkpoint; resume continues them. */
  'sweeps.stop': method(id, sweepSchema),
  /** Goes on exactly where it was; with `trials`, so many more. */
  'sweeps.resume': method(z.strictObject({ id: z.string(), trials: z.int().min(0).max(1000000).default(0) }), sweepSchema),
  /** A point of a person, to be tried next. */
  'sweeps.enqueue': method(z.strictObject({ id: z.string(), parameters: z.record(z.string(), parameterValueSchema) }), sweepSchema),
  /** The best trial (or one by its index) once more, with other seeds, as runs of their own. */
  'sweeps.rerun': method(
    z.strictObject({ id: z.string(), trial: z.int().min(0).optional(), seeds: z.array(z.int().min(0).max(4294967295)).min(1).max(100).default([1, 2, 3, 4, 5]) }),
    z.array(runSchema),
  ),
  /** The sweep with its trials; their runs stay. */
  'sweeps.remove': method(id, nothing),
}
