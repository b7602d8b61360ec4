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

/** Gaussian sites, refined in turns until their moments agree. */
export const expectationPropagationSpecSchema = z.strictObject({
  kind: z.literal('expectation-propagation'),
  /** Share of a site that is kept when it is refined. */
  damping: z.number().min(0).max(0.99).default(0),
  /** A sweep that changes the posterior by less, in units of its own spread, has converged. */
  tolerance: z.number().min(0).max(1).default(1e-10),
  maxIterations: z.int().min(1).max(100000).default(500),
})
export type ExpectationPropagationSpec = z.infer<typeof expectationPropagationSpecSchema>
