import { z } from 'zod'

/* A flat picture of codes that keeps neighbours together: UMAP (McInnes et al. 2018). Distances between groups mean little in it. */

export const embeddingOptionsSchema = z.strictObject({
  /** How many neighbours of each row are kept together: few show fine structure, many the whole. */
  neighbours: z.int().min(2).max(200).default(15),
  /** How close points may lie, in units of the picture. */
  minDistance: z.number().min(0).max(1).default(0.1),
  /** At most so many rows, drawn by the seed; time grows with their square. */
  rows: z.int().min(10).max(200_000).default(10_000),
  seed: z.int().min(0).max(4294967295).default(0),
})
export type EmbeddingOptions = z.infer<typeof embeddingOptionsSchema>

export const embeddingSchema = z.object({
  /** Rows of the dataset that are in the picture, and all there are. */
  rows: z.array(z.int()),
  total: z.int(),
  /** [rows] each. */
  x: z.array(z.number()),
  y: z.array(z.number()),
  epochs: z.int(),
  durationMs: z.number(),
})
export type Embedding = z.infer<typeof embeddingSchema>
