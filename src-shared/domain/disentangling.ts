import { z } from 'zod'

/* Do the dimensions of a code stand each for one factor that the data were made from? */

export const disentanglingOptionsSchema = z.strictObject({
  /** Intervals of equal width that a dimension is cut into for its mutual information. */
  bins: z.int().min(2).max(1000).default(20),
  /** Of the lasso whose coefficients are the importances. */
  penalty: z.number().min(0).max(1e3).default(0.01),
  seed: z.int().min(0).max(4294967295).default(0),
})
export type DisentanglingOptions = z.infer<typeof disentanglingOptionsSchema>

export const disentanglingSchema = z.object({
  rows: z.int(),
  latents: z.int(),
  factors: z.array(z.object({ name: z.string(), values: z.int(), kind: z.enum(['numbers', 'names']) })),
  mig: z.number(),
  sap: z.number(),
  /** Null of a single factor, of which any code would be right. */
  factorVae: z.number().nullable(),
  disentanglement: z.number().nullable(),
  completeness: z.number(),
  /** [latents][factors] */
  importance: z.array(z.array(z.number())),
  durationMs: z.number(),
})
export type Disentangling = z.infer<typeof disentanglingSchema>
