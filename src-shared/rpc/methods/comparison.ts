import { z } from 'zod'
import {
  commonPicturesSchema,
  comparedCurveSchema,
  comparisonRequestSchema,
  comparisonSchema,
  envelopeSchema,
  groupedRunsSchema,
} from '../../domain/comparison'
import { shelfSchema } from '../../domain/run'
import { uint8Array } from '../../domain/typed-arrays'
import { method } from './words'

/** Of runs side by side. */
export const comparisonMethods = {
  /** Runs grouped by everything except their seed: what differs, how they end, tests across seeds. */
  'compare.runs': method(comparisonRequestSchema, comparisonSchema),
  /** One metric of several runs, every point, or extremes where a run has more than `most`; runs that lack it are left out. */
  'compare.curves': method(
    z.strictObject({ runs: z.array(z.string()).max(100000), key: z.string(), most: z.int().min(16).optional() }),
    z.array(comparedCurveSchema),
  ),
  /** One metric of groups of runs, over every point of every run. */
  'compare.envelopes': method(z.strictObject({ groups: z.array(z.array(z.string())).max(100000), key: z.string() }), z.array(envelopeSchema)),
  'compare.pictures': method(z.strictObject({ runs: z.array(z.string()).max(100000) }), commonPicturesSchema),
  /** What they show at such an epoch (without one, the last), as a PNG for each run: inputs, reconstructions and samples in rows. */
  'compare.sheets': method(
    z.strictObject({ runs: z.array(z.string()).max(1000), step: z.number().optional() }),
    z.object({ step: z.number(), sheets: z.array(z.object({ id: z.string(), png: uint8Array })) }),
  ),
  /** All runs that match, by the values of some fields, or (null) by everything except the seed. Newest first. */
  'compare.groups': method(
    z.strictObject({
      query: z.string().default(''),
      shelf: shelfSchema.or(z.literal('all')).default('current'),
      by: z.array(z.string()).min(1).nullable().default(null),
      /** Figures that are wanted; without it, all. */
      metrics: z.array(z.string()).optional(),
      confidence: z.number().gt(0).lt(1).default(0.95),
    }),
    z.array(groupedRunsSchema),
  ),
}
