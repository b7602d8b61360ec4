import { z } from 'zod'

/* Expectation maximization and its relatives. */

/**
 * Where fits begin. auto: short runs from many kinds of starts, the best of them continued, then split-and-merge moves around the best.
 * short-runs: the same without moves. split-and-merge: k-means++ and moves. annealed: responsibilities that sharpen step by step. labels: the
 * classes of the dataset. parameters, responsibilities: those that `start` gives.
 */
export const initializationSchema = z.enum([
  'auto', 'short-runs', 'split-and-merge', 'annealed', 'kmeans++', 'k-means', 'random', 'settled', 'hierarchical', 'whitened', 'projected', 'labels',
  'parameters', 'responsibilities',
])
const searches = ['auto', 'short-runs', 'split-and-merge', 'annealed'] as const

/** Parameters as JSON, as `latent params` tells them, or a table of responsibilities (or of component numbers), a line for each row. */
const start = z.string().max(50_000_000).optional()

const restarts = z.int().min(1).max(10000)
/** Stop when Aitken's estimate of the log-likelihood still to be gained falls below this, in nats per row. */
const tolerance = z.number().min(0).max(1).default(1e-8)
const maxIterations = z.int().min(1).max(1000000)

export const emSpecSchema = z.strictObject({
  kind: z.literal('em'),
  restarts: restarts.default(10),
  initialization: initializationSchema.default('auto'),
  start,
  tolerance,
  maxIterations: maxIterations.default(10000),
})
export type EmSpec = z.infer<typeof emSpecSchema>

const variant = {
  restarts: restarts.default(5),
  initialization: initializationSchema.exclude([...searches]).default('kmeans++'),
  start,
}

/** Every row belongs wholly to its best component (classification EM, Celeux & Govaert 1992). */
export const hardEmSpecSchema = z.strictObject({ kind: z.literal('hard-em'), ...variant, tolerance, maxIterations: maxIterations.default(1000) })

/** Responsibilities are tempered at first and sharpen as the iterations go on (Ueda & Nakano 1998). */
export const annealedEmSpecSchema = z.strictObject({
  kind: z.literal('annealed-em'),
  ...variant,
  /** Power of the joint density in the responsibilities at the start; 1 is EM. */
  inverseTemperature: z.number().min(0.01).max(1).default(0.3),
  /** What it is multiplied by after every iteration, until it is 1. */
  growth: z.number().min(1.001).max(2).default(1.05),
  tolerance,
  maxIterations: maxIterations.default(1000),
})

/** The M-step goes only a part of the way: a natural-gradient step, which raises the bound without maximizing it. */
export const generalizedEmSpecSchema = z.strictObject({
  kind: z.literal('generalized-em'),
  ...variant,
  /** Part of the way to the maximum; 1 is EM. */
  stepSize: z.number().min(0.001).max(1).default(0.5),
  tolerance,
  maxIterations: maxIterations.default(5000),
})

/** Components are drawn from their responsibilities (stochastic EM with one draw; Wei & Tanner 1990 with several). */
export const monteCarloEmSpecSchema = z.strictObject({
  kind: z.literal('monte-carlo-em'),
  ...variant,
  /** Draws for each row. */
  samples: z.int().min(1).max(1000).default(1),
  maxIterations: maxIterations.default(200),
})

/** Statistics are a running mean over minibatches (Cappé & Moulines 2009). An iteration is one pass over the data. */
export const onlineEmSpecSchema = z.strictObject({
  kind: z.literal('online-em'),
  ...variant,
  batchSize: z.int().min(1).max(1000000).default(100),
  /** The step size of minibatch t is (t + 2)^−decay. */
  decay: z.number().gt(0.5).max(1).default(0.6),
  maxIterations: maxIterations.default(50),
})

export const emVariantSchemas = [
  hardEmSpecSchema,
  annealedEmSpecSchema,
  generalizedEmSpecSchema,
  monteCarloEmSpecSchema,
  onlineEmSpecSchema,
] as const
export type EmVariantSpec = z.infer<(typeof emVariantSchemas)[number]>
export type EmFamilySpec = EmSpec | EmVariantSpec
export const emKinds = ['em', 'hard-em', 'annealed-em', 'generalized-em', 'monte-carlo-em', 'online-em'] as const

export const isEm = (inference: { kind: string }): inference is EmFamilySpec => (emKinds as readonly string[]).includes(inference.kind)
export const toleranceOf = (inference: EmFamilySpec): number => ('tolerance' in inference ? inference.tolerance : 0)
