import { z } from 'zod'

/* Linear-Gaussian latent variables: x = mean + loadings·z + noise, z ~ N(0, I). */

const latent = z.int().min(1).max(1000)
/** Least noise variance of a column, as a fraction of its variance. */
const noiseFloor = z.number().min(0).max(0.5)

/** Noise of one variance for all columns. */
export const ppcaSpecSchema = z.strictObject({
  kind: z.literal('ppca'),
  latent: latent.default(2),
})
export type PpcaSpec = z.infer<typeof ppcaSpecSchema>

/** Noise of a variance per column, the uniqueness. */
export const factorAnalysisSpecSchema = z.strictObject({
  kind: z.literal('factor-analysis'),
  latent: latent.default(2),
  noiseFloor: noiseFloor.default(1e-6),
})
export type FactorAnalysisSpec = z.infer<typeof factorAnalysisSpecSchema>

export const mixtureOfFactorAnalyzersSpecSchema = z.strictObject({
  kind: z.literal('mixture-of-factor-analyzers'),
  components: z.int().min(1).max(1000).default(3),
  latent: latent.default(1),
  /** Uniquenesses of each component, or the same for all. */
  noise: z.enum(['separate', 'shared']).default('separate'),
  noiseFloor: noiseFloor.default(1e-4),
})
export type MixtureOfFactorAnalyzersSpec = z.infer<typeof mixtureOfFactorAnalyzersSpecSchema>
