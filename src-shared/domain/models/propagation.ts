import { z } from 'zod'

/* Models whose posterior is approximated by expectation propagation. */

const priorVariance = z.number().positive().max(1e12)

/** Rows of N(θ, I) among rows of N(0, clutterVariance·I); what is θ? Minka 2001. */
export const clutterSpecSchema = z.strictObject({
  kind: z.literal('clutter'),
  /** Share of rows that are clutter. */
  clutterWeight: z.number().min(0).max(0.999).default(0.5),
  clutterVariance: z.number().positive().max(1e12).default(10),
  priorVariance: priorVariance.default(100),
})
export type ClutterSpec = z.infer<typeof clutterSpecSchema>

/** p(second class | x) = Φ(xᵀβ), β ~ N(0, priorVariance·I). */
export const probitRegressionSpecSchema = z.strictObject({
  kind: z.literal('probit-regression'),
  /** A column of ones beside the features. */
  intercept: z.enum(['constant', 'none']).default('constant'),
  priorVariance: priorVariance.default(10),
})
export type ProbitRegressionSpec = z.infer<typeof probitRegressionSpecSchema>
