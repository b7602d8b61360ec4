import { z } from 'zod'

/** A hidden Markov chain of states, each with its own density of observations. */
export const hmmSpecSchema = z.strictObject({
  kind: z.literal('hmm'),
  states: z.int().min(1).max(500).default(2),
  emissions: z.enum(['gaussian', 'categorical', 'poisson']).default('gaussian'),
  /** Of Gaussian emissions. */
  covariance: z.enum(['full', 'diagonal']).default('full'),
  /** Added to the variances of Gaussian emissions, as a fraction of the columns' own. */
  regularization: z.number().min(0).max(1).default(1e-6),
  /** Column that tells which sequence a row belongs to; without it, all rows are one sequence in their order. */
  sequence: z.string().min(1).optional(),
})
export type HmmSpec = z.infer<typeof hmmSpecSchema>
