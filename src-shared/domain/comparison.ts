import { z } from 'zod'
import { type HeldOut, heldOutSchema } from './held-out'
import { noticeSchema, runStatusSchema } from './run'
import { float64Array, int32Array } from './typed-arrays'

const specValueSchema: z.ZodType<string | number | boolean | null | unknown[]> = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown())])
const intervalSchema = z.object({ low: z.number(), high: z.number() })

/** Runs that differ in nothing but their seed (and name). */
export const runGroupSchema = z.object({
  /** Of what differs between the groups. */
  label: z.string(),
  parameters: z.record(z.string(), specValueSchema),
  runs: z.array(z.string()),
  /** Seed of each run; one that occurs twice counts once, with the mean of its runs. */
  seeds: z.array(z.number()),
})
export type RunGroup = z.infer<typeof runGroupSchema>

/** One figure of one group over its seeds. */
export const groupSummarySchema = z.object({
  group: z.int(),
  n: z.int(),
  mean: z.number().nullable(),
  /** Sample standard deviation; null of fewer than two. */
  deviation: z.number().nullable(),
  /** Of the mean, by Student's t; null of fewer than two. */
  interval: intervalSchema.nullable(),
})
export type GroupSummary = z.infer<typeof groupSummarySchema>

/** Two groups by one figure; differences are first minus second. */
export const pairComparisonSchema = z.object({
  groups: z.tuple([z.int(), z.int()]),
  /** Null where a side has too few seeds, or nothing varies. */
  test: z.enum(['wilcoxon-signed-rank', 'welch-t']).nullable(),
  /** Seeds of each group; of a paired test those that both have, and then the same. */
  n: z.tuple([z.int(), z.int()]),
  /** The sum of positive ranks (V), or t. */
  statistic: z.number().nullable(),
  degreesOfFreedom: z.number().nullable(),
  /** Two-sided. */
  pValue: z.number().nullable(),
  /** By Holm, over all pairs of this figure. */
  adjustedPValue: z.number().nullable(),
  difference: z.number().nullable(),
  /** Percentile bootstrap of the difference of means. */
  interval: intervalSchema.nullable(),
  effectSize: z.object({ kind: z.enum(['rank-biserial', 'cohen-d']), value: z.number().nullable() }).nullable(),
  /** How often the first is better than the second, by seed where they are paired, else each run against each; null where no way is better. */
  wins: z.object({ first: z.int(), second: z.int(), ties: z.int() }).nullable(),
  warnings: z.array(noticeSchema),
})
export type PairComparison = z.infer<typeof pairComparisonSchema>

export const metricComparisonSchema = z.object({
  better: z.enum(['higher', 'lower', 'neither']),
  summaries: z.array(groupSummarySchema),
  comparisons: z.array(pairComparisonSchema),
})
export type MetricComparison = z.infer<typeof metricComparisonSchema>

export const comparedRunSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  seed: z.number(),
  /** Index into the groups. */
  group: z.int(),
})
export type ComparedRun = z.infer<typeof comparedRunSchema>

export const comparisonSchema = z.object({
  runs: z.array(comparedRunSchema),
  /** Path → run → value; a run without such a field is absent. Everything that is not listed is the same in all. */
  differingParameters: z.record(z.string(), z.record(z.string(), specValueSchema)),
  /** Figure → run → value at the end. */
  metrics: z.record(z.string(), z.record(z.string(), z.number().nullable())),
  /** Figure of held-out rows → run → how it was estimated. */
  heldOut: z.record(z.string(), z.record(z.string(), heldOutSchema)),
  statistics: z.object({
    confidence: z.number(),
    resamples: z.int(),
    seed: z.int(),
    groups: z.array(runGroupSchema),
    metrics: z.record(z.string(), metricComparisonSchema),
    warnings: z.array(noticeSchema),
  }),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** What is known of a figure of the runs of a group. */
export const heldOutOfGroup = ({ heldOut, statistics }: Pick<Comparison, 'heldOut' | 'statistics'>, key: string, group: number): HeldOut[] =>
  statistics.groups[group]!.runs.flatMap((id) => heldOut[key]?.[id] ?? [])

export const comparisonRequestSchema = z.strictObject({
  runs: z.array(z.string()).min(1).max(100000),
  /** Figures whose statistics are wanted; without it, all that the runs have. */
  metrics: z.array(z.string()).optional(),
  confidence: z.number().gt(0).lt(1).default(0.95),
  resamples: z.int().min(100).max(1000000).default(10000),
  /** Of the bootstrap. */
  seed: z.int().min(0).max(4294967295).default(0),
  /** Only the pairs with this group, by its index, or with the best by each figure; without it, every pair. */
  against: z.union([z.int().min(0), z.literal('best')]).optional(),
})
export type ComparisonRequest = z.infer<typeof comparisonRequestSchema>

/**
 * A metric of a run over its steps; NaN where it was not finite. Complete, unless fewer points were asked for: then the lowest and the highest
 * of every `bucket` points in turn, in the order in which they lie, and `points` says how many there are.
 */
export const comparedCurveSchema = z.object({ id: z.string(), step: float64Array, value: float64Array, points: z.int(), bucket: z.int() })
export type ComparedCurve = z.infer<typeof comparedCurveSchema>

/** Curves of one group: at every step that any run has, lowest, mean and highest over the runs that have it. */
export const envelopeSchema = z.object({ step: float64Array, low: float64Array, mean: float64Array, high: float64Array, count: int32Array, curves: z.int() })
export type GroupEnvelope = z.infer<typeof envelopeSchema>

/** Epochs at which all of the runs that make pictures have some, and which runs those are. */
export const commonPicturesSchema = z.object({ steps: z.array(z.number()), runs: z.array(z.string()) })
export type CommonPictures = z.infer<typeof commonPicturesSchema>

/** Runs that agree in some fields, with every figure of them. */
export const groupedRunsSchema = z.object({
  label: z.string(),
  parameters: z.record(z.string(), specValueSchema),
  runs: z.array(z.string()),
  /** Over the completed runs of the group that have the figure: one value a seed where groups are "all except seed", else one a run. */
  metrics: z.record(z.string(), z.object({ n: z.int(), mean: z.number(), interval: intervalSchema.nullable() })),
})
export type GroupedRuns = z.infer<typeof groupedRunsSchema>
