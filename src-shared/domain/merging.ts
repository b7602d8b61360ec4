import { z } from 'zod'

/* Clusters as groups of components, and the components of two fits side by side. */

export const mergeTreeSchema = z.object({
  components: z.int(),
  /** Rows it was made from, of as many training rows. */
  rows: z.int(),
  total: z.int(),
  /** Entropy of the classification with 1, 2, …, K groups, nats over these rows. */
  entropies: z.array(z.number()),
  /** From K − 1 groups down to one. */
  merges: z.array(
    z.object({ clusters: z.int(), merged: z.tuple([z.array(z.int()), z.array(z.int())]), drop: z.number(), rows: z.number() }),
  ),
  /** Component numbers of each group with 1, 2, …, K groups. */
  groups: z.array(z.array(z.array(z.int()))),
  /** Adjusted Rand index with the labels, with 1, 2, …, K groups; null without labels. */
  agreement: z.array(z.number()).nullable(),
  /** Where the entropy bends; null for fewer than three components. */
  elbow: z.int().nullable(),
})
export type MergeTreeAnswer = z.infer<typeof mergeTreeSchema>

const sideSchema = z.object({
  /** Component number in its own fit. */
  component: z.int(),
  weight: z.number(),
  /** Mean and standard deviation of each feature within it. */
  mean: z.array(z.number()),
  standardDeviation: z.array(z.number()),
})

export const alignmentSchema = z.object({
  featureNames: z.array(z.string()),
  rows: z.int(),
  total: z.int(),
  /** Components that belong together, by falling overlap; one side is null where the fits differ in their number. */
  pairs: z.array(
    z.object({
      left: sideSchema.nullable(),
      right: sideSchema.nullable(),
      /** Σ min(r_left, r_right) over the rows as a share of the larger of both: 1 for the same rows. */
      overlap: z.number(),
    }),
  ),
  /** Mean over rows of Σ_k |r_left − r_right| / 2 after aligning: 0 for the same classification. */
  distance: z.number(),
  adjustedRandIndex: z.number(),
  /** Mean log-density per row of these rows under each, nats; null in the limit of k-means. */
  logDensity: z.tuple([z.number().nullable(), z.number().nullable()]),
})
export type Alignment = z.infer<typeof alignmentSchema>

/** Restarts of one run with their components in the order of the chosen one. */
export const alignedRestartsSchema = z.object({
  featureNames: z.array(z.string()),
  restarts: z.array(
    z.object({
      index: z.int(),
      logLikelihood: z.number(),
      chosen: z.boolean(),
      /** Component of this restart that stands in each place. */
      order: z.array(z.int()),
      weights: z.array(z.number()),
      means: z.array(z.array(z.number())),
      adjustedRandIndex: z.number(),
    }),
  ),
})
export type AlignedRestarts = z.infer<typeof alignedRestartsSchema>
