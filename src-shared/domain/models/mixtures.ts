import { z } from 'zod'
import { mixedMixtureSpecSchema } from './mixed'
import { rowFields } from './row-fields'

/* Mixtures of exponential families: p(x) = Σ_k weights_k p(x | parameters_k). */

const components = z.int().min(1).max(1000)

/**
 * Volume, shape and orientation of the covariances λ_k D_k A_k D_kᵀ: equal, varying, or the identity for the axes.
 * Banfield & Raftery 1993; Celeux & Govaert 1995.
 */
export const covarianceStructureSchema = z.enum([
  'EII', 'VII', 'EEI', 'VEI', 'EVI', 'VVI', 'EEE', 'VEE', 'EVE', 'VVE', 'EEV', 'VEV', 'EVV', 'VVV',
])
export type CovarianceStructure = z.infer<typeof covarianceStructureSchema>
export const covarianceStructures = covarianceStructureSchema.options

/** full, tied, diagonal and spherical are other names of VVV, EEE, VVI and VII. */
export const covarianceSchema = z.enum(['full', 'tied', 'diagonal', 'spherical', ...covarianceStructures])
export type Covariance = z.infer<typeof covarianceSchema>

export const structureOf = (covariance: Covariance): CovarianceStructure => {
  switch (covariance) {
    case 'full':
      return 'VVV'
    case 'tied':
      return 'EEE'
    case 'diagonal':
      return 'VVI'
    case 'spherical':
      return 'VII'
    default:
      return covariance
  }
}

export const gaussianMixtureSpecSchema = z.strictObject({
  kind: z.literal('gaussian-mixture'),
  components: components.default(3),
  covariance: covarianceSchema.default('full'),
  /** Besides the components: rows that none of them explains, spread evenly over a box around the data. */
  noiseComponent: z.enum(['none', 'uniform']).default('none'),
  /** Added to the diagonals of covariances, as a fraction of the mean variance of the columns. */
  regularization: z.number().min(0).max(1).default(1e-6),
  ...rowFields,
})
export type GaussianMixtureSpec = z.infer<typeof gaussianMixtureSpecSchema>

/** Columns of 0 and 1, independent within a component. */
export const bernoulliMixtureSpecSchema = z.strictObject({
  kind: z.literal('bernoulli-mixture'),
  components: components.default(3),
  /** Probabilities stay in [clamp, 1 − clamp]. */
  clamp: z.number().positive().max(0.1).default(1e-10),
  ...rowFields,
})
export type BernoulliMixtureSpec = z.infer<typeof bernoulliMixtureSpecSchema>

/** Columns of codes 0, 1, 2, …, independent within a component. */
export const categoricalMixtureSpecSchema = z.strictObject({
  kind: z.literal('categorical-mixture'),
  components: components.default(3),
  /** No probability falls below this. */
  clamp: z.number().positive().max(0.1).default(1e-10),
  ...rowFields,
})
export type CategoricalMixtureSpec = z.infer<typeof categoricalMixtureSpecSchema>

/** Columns of counts, independent within a component. */
export const poissonMixtureSpecSchema = z.strictObject({
  kind: z.literal('poisson-mixture'),
  components: components.default(2),
  ...rowFields,
})
export type PoissonMixtureSpec = z.infer<typeof poissonMixtureSpecSchema>

/** Gaussians with heavier tails: each component has its own degrees of freedom ν. */
export const studentTMixtureSpecSchema = z.strictObject({
  kind: z.literal('student-t-mixture'),
  components: components.default(3),
  regularization: z.number().min(0).max(1).default(1e-6),
  ...rowFields,
})
export type StudentTMixtureSpec = z.infer<typeof studentTMixtureSpecSchema>

/** The limit σ → 0 of the spherical mixture with equal weights; with a softness σ > 0, that mixture. */
export const kMeansSpecSchema = z.strictObject({
  kind: z.literal('k-means'),
  components: components.default(3),
  /** σ of every component; 0 is k-means itself. */
  softness: z.number().min(0).max(1e6).default(0),
  ...rowFields,
})
export type KMeansSpec = z.infer<typeof kMeansSpecSchema>

/** p(x | y) by one Gaussian or a mixture for each class, and p(y | x) from it. */
export const bayesClassifierSpecSchema = z.strictObject({
  kind: z.literal('bayes-classifier'),
  /** Of each class. */
  components: components.default(1),
  /** Over the classes where each has one component, else over the components of a class. */
  covariance: covarianceSchema.default('full'),
  regularization: z.number().min(0).max(1).default(1e-6),
})
export type BayesClassifierSpec = z.infer<typeof bayesClassifierSpecSchema>

export const mixtureKinds = [
  'gaussian-mixture',
  'student-t-mixture',
  'bernoulli-mixture',
  'categorical-mixture',
  'poisson-mixture',
  'mixed-mixture',
  'k-means',
] as const
export type MixtureKind = (typeof mixtureKinds)[number]

export const mixtureSpecSchemas = [
  gaussianMixtureSpecSchema,
  studentTMixtureSpecSchema,
  bernoulliMixtureSpecSchema,
  categoricalMixtureSpecSchema,
  poissonMixtureSpecSchema,
  mixedMixtureSpecSchema,
  kMeansSpecSchema,
] as const

/** Has it a noise component besides its others? Specifications of earlier versions do not say. */
export const hasNoise = (model: { kind: string; noiseComponent?: string }): boolean => model.noiseComponent === 'uniform'

/** Can it be fitted to rows of which entries are absent? */
export const takesMissing = (model: { kind: string; covariance?: Covariance; noiseComponent?: string }): boolean =>
  model.kind === 'gaussian-mixture'
    ? ['VVV', 'VVI'].includes(structureOf(model.covariance ?? 'full')) && !hasNoise(model)
    : ['ppca', 'factor-analysis', 'bernoulli-mixture', 'categorical-mixture', 'poisson-mixture', 'mixed-mixture'].includes(model.kind)

export const isMixture = <M extends { kind: string }>(model: M): model is Extract<M, { kind: MixtureKind }> =>
  (mixtureKinds as readonly string[]).includes(model.kind)
