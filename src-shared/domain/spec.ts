import { z } from 'zod'
import { deviceKinds } from './devices'
import { executorSchema } from './executor'
import { bayesianGaussianMixtureSpecSchema } from './models/bayesian'
import { factorAnalysisSpecSchema, mixtureOfFactorAnalyzersSpecSchema, ppcaSpecSchema } from './models/factors'
import { closedFormSpecSchema, expectationPropagationSpecSchema, variationalBayesSpecSchema } from './models/inference'
import { gradientSpecSchema } from './models/gradient'
import { categoricalVaeSpecSchema, semiSupervisedVaeSpecSchema, vqVaeSpecSchema } from './models/discrete'
import { emKinds, emSpecSchema, emVariantSchemas } from './models/em'
import { bayesClassifierSpecSchema, mixtureKinds, mixtureSpecSchemas } from './models/mixtures'
import { clutterSpecSchema, probitRegressionSpecSchema } from './models/propagation'
import { hmmSpecSchema } from './models/sequences'
import { ldaSpecSchema, plsaSpecSchema } from './models/topics'
import { autoencoderSpecSchema, vaeSpecSchema } from './models/vae'

export type { BayesianGaussianMixtureSpec } from './models/bayesian'
export type { HmmSpec } from './models/sequences'
export * from './models/gradient'
export * from './models/networks'
export * from './models/vae'

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
    /** Stratified: every class has the same share of every part. In order: what is held out comes last. Runs of earlier versions drew at random. */
    draw: z.enum(['random', 'stratified', 'in-order']).optional(),
    seed: z.int().min(0).max(4294967295).default(0),
  })
  .refine((split) => Math.abs(split.train + split.validation + (split.test ?? 0) - 1) < 1e-9, {
    message: 'the fractions of train, validation and test must add up to 1',
  })
export type Split = z.infer<typeof splitSchema>

export const preprocessStepSchema = z.union([
  z.literal('standardize'),
  /** Whole numbers x become x + u with u uniform in [0, 1), anew for every batch: then a density of them is a sound thing to climb. */
  z.literal('dequantize'),
  z.literal('scale'),
  z.strictObject({ scale: z.strictObject({ to: z.tuple([z.number(), z.number()]).default([0, 1]) }) }),
  /** log(x + add). */
  z.literal('log'),
  z.strictObject({ log: z.strictObject({ add: z.number().min(0).default(0) }) }),
  /** Every column of names becomes a column of 0 and 1 for each of its categories. */
  z.literal('one-hot'),
  /** Rotated and scaled so that columns are uncorrelated with variance 1, as near to the columns they were as can be (ZCA). */
  z.literal('whiten'),
  /** The first principal components of the training rows, with their variances, or each scaled to variance 1. */
  z.strictObject({ pca: z.strictObject({ components: z.int().min(1).max(4096).default(2), variances: z.enum(['kept', 'one']).default('kept') }) }),
  z.strictObject({
    binarize: z.union([z.literal('stochastic'), z.strictObject({ threshold: z.number() })]),
  }),
])
export type PreprocessStep = z.infer<typeof preprocessStepSchema>

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
  autoencoderSpecSchema,
  vaeSpecSchema,
  categoricalVaeSpecSchema,
  semiSupervisedVaeSpecSchema,
  vqVaeSpecSchema,
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
  'autoencoder',
  'vae',
  'categorical-vae',
  'semi-supervised-vae',
  'vq-vae',
] as const satisfies readonly ModelKind[]

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
  /** Without it: this machine. */
  executor: executorSchema.optional(),
})
export type RunSpec = z.infer<typeof runSpecSchema>

/** Has it latents that a map of its rows can show: codes, shares, components or states? */
/** Runs of other programs are of no model of this workbench. */
export const hasLatents = (kind: ModelKind): boolean => kind in inferenceKindsOf && kind !== 'clutter' && kind !== 'probit-regression'

/** Kinds whose encoder gives every row a code that a decoder turns back. */
export const hasCodes = (kind: ModelKind): boolean => inferenceKindsOf[kind][0] === 'gradient'

/** Are codes continuous, so that a density can be fitted to them afterwards? */
export const hasDensityOfCodes = (kind: ModelKind): boolean => kind === 'vae' || kind === 'autoencoder'

/** The kind of inference that fits each kind of model; the first one is the default. */
export const inferenceKindsOf: Record<ModelKind, readonly [InferenceSpec['kind'], ...InferenceSpec['kind'][]]> = {
  'gaussian-mixture': emKinds,
  'student-t-mixture': emKinds,
  'bernoulli-mixture': emKinds,
  'categorical-mixture': emKinds,
  'poisson-mixture': emKinds,
  'mixed-mixture': emKinds,
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
  autoencoder: ['gradient'],
  vae: ['gradient'],
  'categorical-vae': ['gradient'],
  'semi-supervised-vae': ['gradient'],
  'vq-vae': ['gradient'],
}
