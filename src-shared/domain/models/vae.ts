import { z } from 'zod'
import { conditionSchema } from './condition'
import { hierarchySchema } from './hierarchy'
import { columnFamilyFields } from './mixed'
import { networkSchema } from './networks'

/* Variational autoencoders: p(z), p(x|z) through a decoder, q(z|x) through an encoder. */

/** Least standard deviation or scale that is learned: it keeps the density of data that repeat exactly from growing without bound. */
const floor = z.number().positive().max(10).default(1e-3)

const levels = z.int().min(2).max(65536).default(256)

export const likelihoodSchema = z.union([
  z.literal('bernoulli'),
  z.strictObject({
    gaussian: z.strictObject({
      /** A number: fixed. shared: one trained for all outputs. learned: one per output and latent, from the decoder. */
      variance: z.union([z.enum(['shared', 'learned']), z.number().positive()]).default('shared'),
      floor,
    }),
  }),
  /** Heavier tails than the Gaussian's: rows far out weigh less. */
  z.strictObject({
    studentT: z.strictObject({
      /** A number: fixed. shared: one trained for all outputs. learned: from the decoder; then above 2. */
      degreesOfFreedom: z.union([z.enum(['shared', 'learned']), z.number().positive().max(1e6)]).default('learned'),
      scale: z.enum(['shared', 'learned']).default('learned'),
      floor,
    }),
  }),
  /** Whole numbers 0 … levels−1, each level with its own probability. */
  z.strictObject({ categorical: z.strictObject({ levels }) }),
  /** Whole numbers 0 … levels−1 whose neighbours are alike: a logistic distribution cut into levels. */
  z.strictObject({
    discretizedLogistic: z.strictObject({ levels, scale: z.enum(['shared', 'learned']).default('learned'), floor }),
  }),
  /** Columns of different types in one table. */
  z.strictObject({ mixed: z.strictObject({ ...columnFamilyFields, floor }) }),
])
export type LikelihoodSpec = z.infer<typeof likelihoodSchema>

export const priorSchema = z.union([
  z.literal('standard-normal'),
  /** Gaussians with diagonal covariances, trained with the rest. */
  z.strictObject({ mixture: z.strictObject({ components: z.int().min(1).max(10000).default(10) }) }),
  /** The posteriors of trained pseudo-inputs, mixed in equal shares. Tomczak & Welling 2018 */
  z.strictObject({ vamp: z.strictObject({ components: z.int().min(1).max(10000).default(50) }) }),
])
export type PriorSpec = z.infer<typeof priorSchema>

/** Encoder and decoder without a prior: every row has one code, and nothing says where codes lie. */
export const autoencoderSpecSchema = z.strictObject({
  kind: z.literal('autoencoder'),
  latent: z.int().min(1).max(4096).default(8),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
  /** What the reconstruction is measured by. */
  likelihood: likelihoodSchema.default('bernoulli'),
})
export type AutoencoderSpec = z.infer<typeof autoencoderSpecSchema>

/** The family that q(z|x) is chosen from. */
export const posteriorSchema = z.union([
  z.literal('diagonal'),
  /** A diagonal Gaussian, bent by steps that the encoder chooses. Rezende & Mohamed 2015 */
  z.strictObject({ planar: z.strictObject({ flows: z.int().min(1).max(100).default(8) }) }),
  /** A diagonal Gaussian pushed through networks in which each dimension sees those before it. Kingma et al. 2016 */
  z.strictObject({
    inverseAutoregressive: z.strictObject({
      flows: z.int().min(1).max(100).default(2),
      hidden: z.int().min(1).max(16384).default(64),
      /** Numbers that the encoder tells every step. */
      context: z.int().min(1).max(4096).default(16),
    }),
  }),
])
export type PosteriorSpec = z.infer<typeof posteriorSchema>

/** What becomes of entries that a row lacks. */
export const missingEntriesSchema = z.union([
  z.literal('refuse'),
  /** The bound is that of the entries that are there, and the encoder is told which those are. Mattei & Frellsen 2019 */
  z.strictObject({
    observed: z.strictObject({
      /** Share of the entries that each step hides besides, at random, so that the encoder learns to do without any of them. */
      hide: z.number().min(0).max(0.95).default(0),
    }),
  }),
])
export type MissingEntries = z.infer<typeof missingEntriesSchema>

export const vaeSpecSchema = z.strictObject({
  kind: z.literal('vae'),
  latent: z.int().min(1).max(4096).default(8),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
  likelihood: likelihoodSchema.default('bernoulli'),
  prior: priorSchema.default('standard-normal'),
  posterior: posteriorSchema.default('diagonal'),
  hierarchy: hierarchySchema.default('none'),
  missing: missingEntriesSchema.default('refuse'),
  condition: conditionSchema.default('none'),
})

/** Does a model learn from the entries that rows have, where they lack some? */
export const learnsFromObserved = (model: { kind: string; missing?: unknown }): boolean =>
  model.kind === 'vae' && model.missing !== undefined && model.missing !== 'refuse'
export type VaeSpec = z.infer<typeof vaeSpecSchema>
