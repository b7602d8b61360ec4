import { z } from 'zod'

/** How well a logistic regression of the codes of the training part tells the classes of each part. */
export const linearProbeSchema = z.object({
  classes: z.int(),
  iterations: z.int(),
  converged: z.boolean(),
  parts: z.array(
    z.object({
      part: z.enum(['train', 'validation', 'test']),
      /** Those with a label. */
      rows: z.int(),
      accuracy: z.number(),
      /** Mean −log p(class), nats. */
      crossEntropy: z.number(),
      /** Accuracy of always saying the training part's most common class. */
      largestClass: z.number(),
    }),
  ),
})
export type LinearProbeResult = z.infer<typeof linearProbeSchema>
