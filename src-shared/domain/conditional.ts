import { z } from 'zod'
import { columnFamilyNameSchema } from './models/mixed'
import { float64Array } from './typed-arrays'

/* Density of some columns given others, under a fitted mixture; in the units the model saw. */

export const conditionalRequestSchema = z.strictObject({
  id: z.string(),
  /** What is known: columns with their values; without any, the density is the marginal one. */
  given: z.array(z.strictObject({ column: z.string(), value: z.number() })).default([]),
  /** One or two columns. */
  target: z.array(z.string()).min(1).max(2),
})
export type ConditionalRequest = z.output<typeof conditionalRequestSchema>

/** A column as a choice: what it can be. */
export const conditionalColumnSchema = z.object({
  name: z.string(),
  family: columnFamilyNameSchema,
  /** Over the training rows that are held. */
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  categories: z.array(z.string()).nullable(),
})
export type ConditionalColumn = z.infer<typeof conditionalColumnSchema>

export const conditionalPictureSchema = z.object({
  columns: z.array(conditionalColumnSchema),
  target: z.array(z.string()),
  /** Values of each target at which the density is told. */
  axes: z.array(z.array(z.number())),
  /** p(target | given) at each point of the axes, the last one running fastest; and p(target) there. */
  density: float64Array,
  marginal: float64Array,
  /** p(component | given) and p(component). */
  weights: z.array(z.number()),
  priorWeights: z.array(z.number()),
  /** log p(given). */
  logDensityOfGiven: z.number(),
  /** Of the targets given what is known: [targets] and [targets][targets]. */
  mean: z.array(z.number()),
  covariance: z.array(z.array(z.number())),
})
export type ConditionalPicture = z.infer<typeof conditionalPictureSchema>
