import { z } from 'zod'

/* Models that are fitted by gradients on a bound: what is climbed, and how a gradient becomes a step. */

/** Samples z ~ q(z|x) per row. */
const samples = (value: number) => z.int().min(1).max(10000).default(value)

const partWeight = (value: number) => z.number().min(0).max(10000).default(value)

/** How the weight of the KL changes over training, as a factor of the objective's own. */
export const klScheduleSchema = z.union([
  z.literal('constant'),
  /** From `from` to 1 over the first epochs. Bowman et al. 2016 */
  z.strictObject({ warmup: z.strictObject({ epochs: z.number().positive().max(100000).default(10), from: z.number().min(0).max(1).default(0) }) }),
  /** From 0 to 1 over the first part of every cycle, then 1 to its end. Fu et al. 2019 */
  z.strictObject({
    cycles: z.strictObject({ epochs: z.number().positive().max(100000).default(10), rising: z.number().min(0).max(1).default(0.5) }),
  }),
])
export type KlSchedule = z.infer<typeof klScheduleSchema>
const klSchedule = klScheduleSchema.default('constant')

export const objectiveSchema = z.union([
  z.strictObject({
    elbo: z.strictObject({
      samples: samples(1),
      /** Weight of the KL in what is climbed; the reported elbo always has weight 1. */
      beta: z.number().min(0).max(1000).default(1),
      klSchedule,
      /** Nats of KL per dimension that are free: below them the KL of a dimension is not pressed down. Kingma et al. 2016 */
      freeBits: z.number().min(0).max(100).default(0),
    }),
  }),
  /** log of the mean importance weight of K samples. Burda et al. 2016 */
  z.strictObject({ iwae: z.strictObject({ samples: samples(5) }) }),
  /** The KL is held at a capacity that rises over training. Burgess et al. 2018 */
  z.strictObject({
    capacity: z.strictObject({
      samples: samples(1),
      weight: z.number().min(0).max(1e6).default(100),
      /** Nats, at the start and after so many epochs. */
      from: z.number().min(0).max(1000).default(0),
      to: z.number().min(0).max(1000).default(25),
      epochs: z.number().positive().max(100000).default(20),
    }),
  }),
  /** β-TCVAE: the KL in three parts, each with its weight. Chen et al. 2018 */
  z.strictObject({
    totalCorrelation: z.strictObject({
      samples: samples(1),
      beta: partWeight(6),
      mutualInformation: partWeight(1),
      dimensions: partWeight(1),
      klSchedule,
    }),
  }),
  /** FactorVAE: the total correlation from a discriminator. Kim & Mnih 2018 */
  z.strictObject({
    factor: z.strictObject({
      samples: samples(1),
      weight: partWeight(10),
      /** Hidden layers of the discriminator. */
      mlp: z.array(z.int().min(1).max(16384)).min(1).max(16).default([256, 256]),
    }),
  }),
  /** DIP-VAE: covariances of the latents are drawn to the identity. Kumar et al. 2018 */
  z.strictObject({
    dip: z.strictObject({ samples: samples(1), kind: z.enum(['I', 'II']).default('II'), offDiagonal: partWeight(10), diagonal: partWeight(10) }),
  }),
  /** InfoVAE: draws of q(z) are compared with draws of p(z) by a kernel. Zhao et al. 2019 */
  z.strictObject({
    mmd: z.strictObject({
      samples: samples(1),
      klWeight: partWeight(0),
      weight: z.number().min(0).max(1e6).default(500),
      /** Width of the kernel, in units of √latent. */
      bandwidth: z.number().positive().max(1000).default(1),
    }),
  }),
])
export type ObjectiveSpec = z.infer<typeof objectiveSchema>

const learningRate = z.number().positive().max(10).default(1e-3)
const decayRate = (value: number) => z.number().min(0).max(0.999999).default(value)
const adamFields = { learningRate, beta1: decayRate(0.9), beta2: decayRate(0.999), epsilon: z.number().positive().max(1).default(1e-8) }
export const optimizerSchema = z.union([
  z.strictObject({ adam: z.strictObject(adamFields) }),
  z.strictObject({ adamw: z.strictObject({ ...adamFields, weightDecay: z.number().min(0).max(10).default(0.01) }) }),
  z.strictObject({ sgd: z.strictObject({ learningRate, momentum: decayRate(0.9) }) }),
  z.strictObject({ rmsprop: z.strictObject({ learningRate, decay: decayRate(0.99), epsilon: z.number().positive().max(1).default(1e-8) }) }),
])
export type OptimizerSpec = z.infer<typeof optimizerSchema>

/** Factors of the learning rate by the part of the model that a weight belongs to; a part at 0 stays as it is. */
const rateFactor = z.number().min(0).max(1000).default(1)
export const ratesSchema = z.strictObject({
  encoder: rateFactor,
  decoder: rateFactor,
  /** Prior, likelihood and what the objective has of its own. */
  other: rateFactor,
})

/** How the learning rate changes over training, as a factor of the optimizer's. */
export const scheduleSchema = z.union([
  z.literal('constant'),
  /** Half a cosine, from 1 to `final`. */
  z.strictObject({ cosine: z.strictObject({ final: z.number().min(0).max(1).default(0) }) }),
  /** No training: steps at a rate that rises from one end to the other, to see which rate to choose. Smith 2017 */
  z.strictObject({
    search: z.strictObject({
      from: z.number().positive().max(10).default(1e-6),
      to: z.number().positive().max(100).default(1),
      steps: z.int().min(20).max(100000).default(200),
    }),
  }),
  /** Multiplied by `factor` after every so many epochs. */
  z.strictObject({ step: z.strictObject({ every: z.int().min(1).max(100000).default(10), factor: z.number().positive().max(1).default(0.5) }) }),
])
export type Schedule = z.infer<typeof scheduleSchema>

export const gradientSpecSchema = z.strictObject({
  kind: z.literal('gradient'),
  objective: objectiveSchema.prefault({ elbo: {} }),
  /** q(z|x) from an encoder; by ascent of each row's bound; or by ascent from what an encoder gives. */
  mode: z.enum(['amortized', 'svi', 'semi-amortized']).default('amortized'),
  /** That ascent: its steps, and how far each goes along the natural gradient. */
  inner: z.strictObject({ steps: z.int().min(1).max(1000).default(20), rate: z.number().positive().max(1).default(0.5) }).prefault({}),
  optimizer: optimizerSchema.prefault({ adam: {} }),
  rates: ratesSchema.prefault({}),
  schedule: scheduleSchema.default('constant'),
  /** Epochs over which the learning rate rises from 0. */
  warmup: z.number().min(0).max(100000).default(0),
  /** Gradients longer than this are shortened to it; 0 leaves them as they are. */
  clip: z.number().min(0).max(1e9).default(0),
  batchSize: z.int().min(1).max(65536).default(128),
  epochs: z.int().min(1).max(100000).default(20),
  /** Stop when validation/elbo has not risen for this many epochs; 0 is never. Needs a validation part. */
  earlyStopping: z.int().min(0).max(100000).default(0),
  /** Draws of z for each row when a part is evaluated; auto: more of them the smaller the part, so that its figures are less a matter of luck. */
  evaluationDraws: z.union([z.literal('auto'), z.int().min(1).max(1000)]).default('auto'),
})
export type GradientSpec = z.infer<typeof gradientSpecSchema>
