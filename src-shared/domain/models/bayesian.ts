import { z } from 'zod'

/** A Gaussian mixture with priors on everything, fitted by mean-field variational Bayes. */
export const bayesianGaussianMixtureSpecSchema = z.strictObject({
  kind: z.literal('bayesian-gaussian-mixture'),
  /** The most there can be; those the data do not need die. */
  components: z.int().min(1).max(1000).default(8),
  weightPrior: z.enum(['dirichlet-process', 'dirichlet']).default('dirichlet-process'),
  /** Concentration of the prior of the weights; small values leave few components. Without a value: 1/components. */
  weightConcentration: z.number().positive().max(1e6).optional(),
  /** How many rows the prior of each mean is worth. */
  meanPrecision: z.number().positive().max(1e6).default(1),
  /** How many rows the prior of each covariance is worth; more than columns − 1. Without a value: the number of columns. */
  degreesOfFreedom: z.number().positive().max(1e6).optional(),
})
export type BayesianGaussianMixtureSpec = z.infer<typeof bayesianGaussianMixtureSpecSchema>
