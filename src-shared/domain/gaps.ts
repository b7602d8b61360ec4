import { z } from 'zod'
import { noticeSchema } from './run'

/*
 * Where a bound loses what it lacks to log p(x): q* is the best diagonal Gaussian for one row, found by ascent from what the encoder gives.
 * log p − ELBO(q) = [log p − ELBO(q*)] + [ELBO(q*) − ELBO(q)]: approximation gap and amortization gap.     Cremer et al. 2018
 */

export const gapsOptionsSchema = z.strictObject({
  /** Samples of z for each row and each bound; log p(x) is estimated from as many of q*, or by annealed chains. */
  samples: z.int().min(2).max(1_000_000).default(1000),
  /** Steps of each row's own ascent. */
  refineSteps: z.int().min(1).max(100_000).default(500),
  estimator: z.enum(['importance', 'ais']).default('importance'),
  chains: z.int().min(1).max(10_000).default(16),
  temperatures: z.int().min(2).max(100_000).default(100),
  leapfrogSteps: z.int().min(1).max(1000).default(5),
  part: z.enum(['train', 'validation', 'test']).optional(),
  /** Only the first so many rows of the part. */
  rows: z.int().min(1).optional(),
  seed: z.int().min(0).max(4294967295).default(0),
})
export type GapsOptions = z.infer<typeof gapsOptionsSchema>

/** Nats, mean per row; the standard error is that of sampling z. */
const figureSchema = z.object({ value: z.number(), standardError: z.number() })
export type GapFigure = z.infer<typeof figureSchema>

export const gapsSchema = z.object({
  part: z.string(),
  rows: z.int(),
  samples: z.int(),
  estimator: z.enum(['importance', 'ais']),
  elbo: figureSchema,
  refinedElbo: figureSchema,
  logLikelihood: figureSchema,
  amortizationGap: figureSchema,
  approximationGap: figureSchema,
  perRow: z.array(z.object({ row: z.int(), elbo: z.number(), refinedElbo: z.number(), logLikelihood: z.number() })),
  durationMs: z.number(),
  verdict: z.array(noticeSchema),
})
export type Gaps = z.infer<typeof gapsSchema>
