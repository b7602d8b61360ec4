import { z } from 'zod'
import { noticeSchema } from './run'

/* How well log p(x) is known: an estimator, what it cost, and how far it can be trusted. Nats, means per row. */

export const estimatorSchema = z.enum(['exact', 'naive', 'importance', 'iwae', 'ais'])
export type Estimator = z.infer<typeof estimatorSchema>

/** Chains of annealed importance sampling, where nobody says how many. */
export const usualChains = 16

export const evidenceOptionsSchema = z.strictObject({
  estimator: estimatorSchema,
  /** Samples of z for each row; of annealed importance sampling: chains. */
  samples: z.int().min(1).max(1_000_000).default(1000),
  /** Independent repeats of the whole estimate. */
  repeats: z.int().min(1).max(1000).default(1),
  seed: z.int().min(0).max(4294967295).default(0),
  /** Where importance samples come from: the model's own q(z|x), or one refined for each row. */
  proposal: z.enum(['model', 'refined']).default('model'),
  /** Part of the run's dataset; without it test, else validation, else train. Of another dataset all rows are taken. */
  part: z.enum(['train', 'validation', 'test']).optional(),
  /** Only the first so many rows of the part. */
  rows: z.int().min(1).optional(),
  refineSteps: z.int().min(1).max(100_000).default(300),
  /** Where annealed chains start: a Gaussian refined for each row, or the prior, which takes ten times as many temperatures. */
  annealFrom: z.enum(['refined', 'prior']).default('refined'),
  temperatures: z.int().min(2).max(100_000).default(100),
  leapfrogSteps: z.int().min(1).max(1000).default(5),
  /** Annealing also backwards on simulated rows: bounds from both sides. */
  sandwich: z.boolean().default(false),
})
export type EvidenceOptions = z.infer<typeof evidenceOptionsSchema>

const curveSchema = z.object({ samples: z.array(z.number()), logLikelihood: z.array(z.number().nullable()) })

export const evidenceSchema = z.object({
  estimator: estimatorSchema,
  proposal: z.enum(['prior', 'uniform', 'model', 'refined', 'annealed']).nullable(),
  samples: z.int().nullable(),
  repeats: z.int(),
  seed: z.int(),
  part: z.string(),
  rows: z.int(),
  logLikelihood: z.number().nullable(),
  /** What sampling z leaves uncertain: the scatter of the repeats, and no less than their own weights say; 0 where exact. */
  standardError: z.number().nullable(),
  /** What the choice of the rows leaves uncertain: their standard deviation over √rows. */
  rowStandardError: z.number().nullable(),
  /** Median over rows, and the worst row. */
  effectiveSampleSize: z.number().nullable(),
  smallestEffectiveSampleSize: z.number().nullable(),
  /** Share of rows whose weights have a tail too heavy to be trusted (Pareto k above 0.7). */
  heavyTails: z.number().nullable(),
  /** The number of samples from which the expected curve stays within `settledWithin` of its end; null where it has not settled. */
  settledAt: z.int().nullable(),
  settledWithin: z.number(),
  /** One path of growing numbers of samples (the first repeat's). */
  curve: curveSchema.nullable(),
  /** The other repeats' paths: logLikelihood at the same numbers of samples. */
  paths: z.array(z.array(z.number().nullable())),
  /** What so many samples give on average. */
  expected: curveSchema.nullable(),
  /** log p of the same rows where the model can say it exactly. */
  exact: z.number().nullable(),
  /** Of simulated rows: forward and backward annealing. */
  sandwich: z.object({ lower: z.number(), upper: z.number(), rows: z.int() }).nullable(),
  acceptance: z.number().nullable(),
  /** Estimates of p and log p of single rows by groups of `groupSize` samples. */
  scatter: z.array(z.object({ row: z.int(), exact: z.number().nullable(), groupSize: z.int(), logEstimates: z.array(z.number()) })),
  /** log p̂ of each row. */
  perRow: z.array(z.number().nullable()),
  durationMs: z.number(),
  verdict: z.array(noticeSchema),
})
export type Evidence = z.infer<typeof evidenceSchema>
