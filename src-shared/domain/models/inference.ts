import { z } from 'zod'

/* Ways of fitting that belong to single families of models. */

/** The optimum by a formula. */
export const closedFormSpecSchema = z.strictObject({ kind: z.literal('closed-form') })
export type ClosedFormSpec = z.infer<typeof closedFormSpecSchema>

/** Coordinate ascent on the evidence lower bound. */
export const variationalBayesSpecSchema = z.strictObject({
  kind: z.literal('variational-bayes'),
  restarts: z.int().min(1).max(10000).default(20),
  /** Stop when Aitken's estimate of the bound still to be gained falls below this, in nats per row. */
  tolerance: z.number().min(0).max(1).default(1e-8),
  maxIterations: z.int().min(1).max(1000000).default(2000),
})
export type VariationalBayesSpec = z.infer<typeof variationalBayesSpecSchema>
