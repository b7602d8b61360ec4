import { z } from 'zod'
import { noticeSchema } from './run'

/*
 * Estimators of the gradient of a bound, side by side on one fitted model: how far each one's mean lies from the gradient itself, and how much
 * it scatters. The gradient is that of the bound of a row with respect to the parameters of its q(z|x), which all weights of an encoder are
 * reached through.
 */

export const estimatorBenchOptionsSchema = z.strictObject({
  /** Independent estimates by each estimator. */
  replicates: z.int().min(100).max(1_000_000).default(4000),
  /** Draws of z that one estimate may use. */
  samples: z.int().min(2).max(1000).default(4),
  /** Of the softened codes: each is one more estimator. */
  temperatures: z.array(z.number().positive().max(100)).min(1).max(8).default([1, 0.5]),
  /** Only the first so many rows of the part. */
  rows: z.int().min(1).max(1000).default(4),
  part: z.enum(['train', 'validation', 'test']).optional(),
  seed: z.int().min(0).max(4294967295).default(0),
})
export type EstimatorBenchOptions = z.infer<typeof estimatorBenchOptionsSchema>

export const benchedNameSchema = z.enum([
  'enumeration',
  'reparameterization',
  'none',
  'running',
  'learned',
  'leaveOneOut',
  'vimco',
  'gumbelSoftmax',
  'straightThrough',
])
export type BenchedName = z.infer<typeof benchedNameSchema>

/** As the literature names them, in every language. */
export const benchedTitles: Readonly<Record<BenchedName, string>> = {
  enumeration: 'enumeration',
  reparameterization: 'reparameterization',
  none: 'REINFORCE',
  running: 'REINFORCE − running mean',
  learned: 'NVIL',
  leaveOneOut: 'leave-one-out',
  vimco: 'VIMCO',
  gumbelSoftmax: 'Gumbel-softmax',
  straightThrough: 'straight-through',
}
export const benchedTitle = ({ name, temperature }: { name: BenchedName; temperature: number | null }): string =>
  temperature === null ? benchedTitles[name] : `${benchedTitles[name]} τ = ${temperature}`

export const benchedEstimatorSchema = z.object({
  name: benchedNameSchema,
  /** Draws of z in one estimate; of an enumeration all codes. */
  samples: z.int(),
  temperature: z.number().nullable(),
  /** By its construction. */
  biased: z.boolean(),
  /** What it is the gradient of: the ELBO, or the importance-weighted bound of as many draws. */
  target: z.enum(['elbo', 'iwae']),
  /** Length of the gradient that is to be met, in nats per unit of the parameters, mean over rows of its square, root; null where it is not known. */
  exactNorm: z.number().nullable(),
  /** Length of (mean of the estimates − gradient), root mean square over rows. */
  distance: z.number().nullable(),
  /** The distance that the scatter of the estimates alone would leave. */
  chance: z.number().nullable(),
  /** Coordinates whose mean lies more than 4 standard errors away, of how many; and the farthest. */
  beyond: z.int().nullable(),
  coordinates: z.int(),
  farthest: z.number().nullable(),
  /** Of one estimate: the sum over the parameters of a row, mean over rows; and its standard error. */
  variance: z.number(),
  varianceError: z.number(),
})
export type BenchedEstimator = z.infer<typeof benchedEstimatorSchema>

export const estimatorBenchSchema = z.object({
  part: z.string(),
  rows: z.int(),
  replicates: z.int(),
  /** Codes that were enumerated; null where the latent is continuous and the reference is a mean of many reparameterized draws. */
  codes: z.int().nullable(),
  referenceDraws: z.int().nullable(),
  estimators: z.array(benchedEstimatorSchema),
  durationMs: z.number(),
  verdict: z.array(noticeSchema),
})
export type EstimatorBench = z.infer<typeof estimatorBenchSchema>
