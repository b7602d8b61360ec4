import { z } from 'zod'
import { deviceKinds } from './devices'
import { bayesianGaussianMixtureSpecSchema } from './models/bayesian'
import { factorAnalysisSpecSchema, mixtureOfFactorAnalyzersSpecSchema, ppcaSpecSchema } from './models/factors'
import { closedFormSpecSchema, expectationPropagationSpecSchema, variationalBayesSpecSchema } from './models/inference'
import { emKinds, emSpecSchema, emVariantSchemas } from './models/em'
import { bayesClassifierSpecSchema, mixtureKinds, mixtureSpecSchemas } from './models/mixtures'
import { clutterSpecSchema, probitRegressionSpecSchema } from './models/propagation'
import { hmmSpecSchema } from './models/sequences'
import { ldaSpecSchema, plsaSpecSchema } from './models/topics'

export type { BayesianGaussianMixtureSpec } from './models/bayesian'
export type { HmmSpec } from './models/sequences'

/*
 * The experiment specification. One schema drives files, forms, flags and documentation: every field has a default that makes sense,
 * a range, and a title key under `spec.` in the dictionaries of the renderer.
 */

export { emSpecSchema, type EmSpec } from './models/em'
export { covarianceSchema, type Covariance, gaussianMixtureSpecSchema, type GaussianMixtureSpec } from './models/mixtures'

export const splitSchema = z
  .strictObject({
    train: z.number().min(0).max(1).default(1),
    validation: z.number().min(0).max(1).default(0),
    /** Without a value: the dataset's own test part where it has one, else none. */
    test: z.number().min(0).max(1).optional(),
    seed: z.int().min(0).max(4294967295).default(0),
  })
  .refine((split) => Math.abs(split.train + split.validation + (split.test ?? 0) - 1) < 1e-9, {
    message: 'the fractions of train, validation and test must add up to 1',
  })
export type Split = z.infer<typeof splitSchema>

export const preprocessStepSchema = z.union([
  z.literal('standardize'),
  z.literal('scale'),
  z.strictObject({ scale: z.strictObject({ to: z.tuple([z.number(), z.number()]).default([0, 1]) }) }),
  z.strictObject({
    binarize: z.union([z.literal('stochastic'), z.strictObject({ threshold: z.number() })]),
  }),
])
export type PreprocessStep = z.infer<typeof preprocessStepSchema>

export const activationSchema = z.enum(['relu', 'tanh', 'softplus', 'sigmoid', 'identity'])
export type Activation = z.infer<typeof activationSchema>

export const networkSchema = z.strictObject({
  /** Filters of convolutional layers, from the picture inwards; without any, all layers are dense. Pictures only. */
  channels: z.array(z.int().min(1).max(4096)).max(12).default([]),
  /** Side of a filter, in pixels, and how far it moves from one place to the next. */
  kernel: z.int().min(1).max(31).default(3),
  stride: z.int().min(1).max(8).default(2),
  /** Widths of the dense hidden layers, from the input side to the output side. */
  mlp: z.array(z.int().min(1).max(16384)).max(16).default([512]),
  activation: activationSchema.default('relu'),
})
export type Network = z.infer<typeof networkSchema>

export const likelihoodSchema = z.union([
  z.literal('bernoulli'),
  z.strictObject({
    gaussian: z.strictObject({
      /** A number: fixed. shared: one trained for all outputs. learned: one per output and latent, from the decoder. */
      variance: z.union([z.enum(['shared', 'learned']), z.number().positive()]).default('shared'),
    }),
  }),
])
export type Likelihood = z.infer<typeof likelihoodSchema>

export const vaeSpecSchema = z.strictObject({
  kind: z.literal('vae'),
  latent: z.int().min(1).max(4096).default(8),
  encoder: networkSchema.prefault({}),
  decoder: networkSchema.prefault({}),
  likelihood: likelihoodSchema.default('bernoulli'),
})
export type VaeSpec = z.infer<typeof vaeSpecSchema>

export const modelSpecSchema = z.discriminatedUnion('kind', [
  ...mixtureSpecSchemas,
  bayesClassifierSpecSchema,
  bayesianGaussianMixtureSpecSchema,
  ppcaSpecSchema,
  factorAnalysisSpecSchema,
  mixtureOfFactorAnalyzersSpecSchema,
  hmmSpecSchema,
  plsaSpecSchema,
  ldaSpecSchema,
  clutterSpecSchema,
  probitRegressionSpecSchema,
  vaeSpecSchema,
])
export type ModelSpec = z.infer<typeof modelSpecSchema>
export type ModelKind = ModelSpec['kind']
export const modelKinds = [
  ...mixtureKinds,
  'bayes-classifier',
  'bayesian-gaussian-mixture',
  'ppca',
  'factor-analysis',
  'mixture-of-factor-analyzers',
  'hmm',
  'plsa',
  'lda',
  'clutter',
  'probit-regression',
  'vae',
] as const satisfies readonly ModelKind[]

export const objectiveSchema = z.strictObject({
  elbo: z.strictObject({
    /** Samples z ~ q(z|x) per row. */
    samples: z.int().min(1).max(10000).default(1),
    /** Weight of the KL in what is climbed; the reported elbo always has weight 1. */
    beta: z.number().min(0).max(1000).default(1),
  }),
})
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

/** How the learning rate changes over training, as a factor of the optimizer's. */
export const scheduleSchema = z.union([
  z.literal('constant'),
  /** Half a cosine, from 1 to `final`. */
  z.strictObject({ cosine: z.strictObject({ final: z.number().min(0).max(1).default(0) }) }),
  /** Multiplied by `factor` after every so many epochs. */
  z.strictObject({ step: z.strictObject({ every: z.int().min(1).max(100000).default(10), factor: z.number().positive().max(1).default(0.5) }) }),
])
export type Schedule = z.infer<typeof scheduleSchema>

export const gradientSpecSchema = z.strictObject({
  kind: z.literal('gradient'),
  objective: objectiveSchema.prefault({ elbo: {} }),
  optimizer: optimizerSchema.prefault({ adam: {} }),
  schedule: scheduleSchema.default('constant'),
  /** Epochs over which the learning rate rises from 0. */
  warmup: z.number().min(0).max(100000).default(0),
  /** Gradients longer than this are shortened to it; 0 leaves them as they are. */
  clip: z.number().min(0).max(1e9).default(0),
  batchSize: z.int().min(1).max(65536).default(128),
  epochs: z.int().min(1).max(100000).default(20),
  /** Stop when validation/elbo has not risen for this many epochs; 0 is never. Needs a validation part. */
  earlyStopping: z.int().min(0).max(100000).default(0),
})
export type GradientSpec = z.infer<typeof gradientSpecSchema>

export const inferenceSpecSchema = z.discriminatedUnion('kind', [
  emSpecSchema,
  ...emVariantSchemas,
  closedFormSpecSchema,
  variationalBayesSpecSchema,
  expectationPropagationSpecSchema,
  gradientSpecSchema,
])
export type InferenceSpec = z.infer<typeof inferenceSpecSchema>

export const runSpecSchema = z.strictObject({
  name: z.string().max(200).default(''),
  dataset: z.string().min(1),
  split: splitSchema.prefault({}),
  preprocess: z.array(preprocessStepSchema).default([]),
  model: modelSpecSchema,
  inference: inferenceSpecSchema,
  seed: z.int().min(0).max(4294967295).default(1),
  device: z.enum(['auto', ...deviceKinds]).default('auto'),
  runtime: z.enum(['auto', 'onnx', 'tensorflow']).default('auto'),
  /** Threads of one run; 0 leaves the choice to the program. */
  threads: z.int().min(0).max(256).default(0),
  /** What to do when the device is lost or out of memory: end, or go on from the last checkpoint on the CPU. */
  onDeviceFailure: z.enum(['stop', 'cpu']).default('stop'),
})
export type RunSpec = z.infer<typeof runSpecSchema>

/** The kind of inference that fits each kind of model; the first one is the default. */
export const inferenceKindsOf: Record<ModelKind, readonly [InferenceSpec['kind'], ...InferenceSpec['kind'][]]> = {
  'gaussian-mixture': emKinds,
  'student-t-mixture': emKinds,
  'bernoulli-mixture': emKinds,
  'categorical-mixture': emKinds,
  'poisson-mixture': emKinds,
  'k-means': ['em'],
  'bayes-classifier': ['em'],
  'bayesian-gaussian-mixture': ['variational-bayes'],
  ppca: ['closed-form', 'em'],
  'factor-analysis': ['em'],
  'mixture-of-factor-analyzers': ['em'],
  hmm: ['em'],
  plsa: ['em'],
  lda: ['variational-bayes'],
  clutter: ['expectation-propagation'],
  'probit-regression': ['expectation-propagation'],
  vae: ['gradient'],
}
