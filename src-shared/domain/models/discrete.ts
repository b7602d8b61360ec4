import { z } from 'zod'
import { networkSchema } from './networks'
import { likelihoodSchema } from './vae'

/* Models with discrete codes, and how the gradient of an expectation over them is estimated. */

const draws = (least: number, value: number) => z.int().min(least).max(10000).default(value)
const temperature = z.number().positive().max(100).default(0.67)

export const estimatorSchema = z.union([
  /** No draws: every code, weighted by its probability. For small spaces. */
  z.literal('enumeration'),
  /** f·∇log q, less a baseline. Williams 1992; learned: NVIL, Mnih & Gregor 2014 */
  z.strictObject({ reinforce: z.strictObject({ baseline: z.enum(['none', 'running', 'learned']).default('running'), samples: draws(1, 1) }) }),
  /** Each draw's baseline is the mean of the others. Salimans & Knowles 2014, Kool et al. 2019 */
  z.strictObject({ leaveOneOut: z.strictObject({ samples: draws(2, 4) }) }),
  /** The same for the importance-weighted bound, which is then what is climbed. Mnih & Rezende 2016 */
  z.strictObject({ vimco: z.strictObject({ samples: draws(2, 5) }) }),
  /** Codes are softened, so that gradients flow through them. Biased. Maddison et al. 2017, Jang et al. 2017 */
  z.strictObject({ gumbelSoftmax: z.strictObject({ temperature, samples: draws(1, 1) }) }),
  /** Codes forwards, their probabilities backwards. Biased. Bengio et al. 2013 */
  z.strictObject({ straightThrough: z.strictObject({ samples: draws(1, 1) }) }),
])
export type EstimatorSpec = z.infer<typeof estimatorSchema>

export type EstimatorName = 'enumeration' | 'none' | 'running' | 'learned' | 'leaveOneOut' | 'vimco' | 'gumbelSoftmax' | 'straightThrough'

/** Those whose mean is not the gradient. */
export const isBiased = (spec: EstimatorSpec): boolean => typeof spec !== 'string' && ('gumbelSoftmax' in spec || 'straightThrough' in spec)

/** More codes than this are not enumerated. */
export const mostEnumerated = 4096

export const categoricalVaeSpecSchema = z.strictObject({
  kind: z.literal('categorical-vae'),
  /** Parts of a code; each takes one of so many categories. */
  variables: z.int().min(1).max(1024).default(10),
  categories: z.int().min(2).max(1024).default(10),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
  likelihood: likelihoodSchema.default('bernoulli'),
  /** Of the categories: all alike, or with probabilities that are trained. */
  codePrior: z.enum(['uniform', 'trained']).default('uniform'),
  estimator: estimatorSchema.prefault({ leaveOneOut: {} }),
})
export type CategoricalVaeSpec = z.infer<typeof categoricalVaeSpecSchema>

/** A VAE below (M1), trained first; M2 then models its codes in place of the rows. */
const belowSchema = z.strictObject({
  latent: z.int().min(1).max(4096).default(16),
  /** Epochs of its own; those that are left are M2's. */
  epochs: z.int().min(1).max(100000).default(20),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
})
export type BelowSpec = z.infer<typeof belowSchema>

/** A class y and a continuous rest w, of which some rows tell the class: M2 of Kingma et al. 2014. */
export const semiSupervisedVaeSpecSchema = z.strictObject({
  kind: z.literal('semi-supervised-vae'),
  /** Of w. */
  latent: z.int().min(1).max(4096).default(8),
  /** Training rows whose label is told, drawn from the seed, as many of each class; 0: none. */
  labelled: z.int().min(0).max(1e9).default(100),
  /** Without labels: values of y. 0: the dataset's classes. */
  classes: z.int().min(0).max(1000).default(0),
  /** Weight of log q(y|x) of the labelled rows beside the bound. */
  labelWeight: z.number().min(0).max(1e6).default(1),
  /** none: M2 alone. vae: M1 + M2. */
  below: z.union([z.literal('none'), z.strictObject({ vae: belowSchema })]).default('none'),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
  likelihood: likelihoodSchema.default('bernoulli'),
})
export type SemiSupervisedVaeSpec = z.infer<typeof semiSupervisedVaeSpecSchema>

/** Vectors of an encoder, each replaced by the nearest entry of a codebook. van den Oord et al. 2017 */
export const vqVaeSpecSchema = z.strictObject({
  kind: z.literal('vq-vae'),
  /** Parts of a code; each is an entry of the codebook that they share. */
  variables: z.int().min(1).max(1024).default(8),
  entries: z.int().min(2).max(8192).default(64),
  /** Numbers of an entry. */
  width: z.int().min(1).max(4096).default(4),
  codebook: z
    .union([
      /** Each entry is the mean of what chose it lately; one that is used less than `revive` of an even share begins anew. */
      z.strictObject({
        movingAverage: z.strictObject({ decay: z.number().min(0).max(0.999999).default(0.99), revive: z.number().min(0).max(1).default(0.05) }),
      }),
      z.strictObject({ gradient: z.strictObject({}) }),
    ])
    .prefault({ movingAverage: {} }),
  /** Weight of the squared distance of the encoder's vectors from their entries. */
  commitment: z.number().min(0).max(10000).default(0.25),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
  likelihood: likelihoodSchema.default('bernoulli'),
})
export type VqVaeSpec = z.infer<typeof vqVaeSpecSchema>
