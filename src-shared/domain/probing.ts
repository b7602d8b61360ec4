import { z } from 'zod'

/* How much a representation gives away of the classes of its rows. */

export const probeKindSchema = z.enum(['logistic', 'ridge', 'mlp'])

export const probeOptionsSchema = z.strictObject({
  /** Of ridge, the names of the classes must be numbers. */
  kind: probeKindSchema.default('logistic'),
  folds: z.int().min(2).max(100).default(5),
  penalty: z.number().min(0).max(1e6).default(1e-3),
  /** Hidden units of an MLP. */
  hidden: z.int().min(1).max(4096).default(64),
  /** At most so many labelled rows, drawn by the seed. */
  rows: z.int().min(10).default(5000),
  seed: z.int().min(0).max(4294967295).default(0),
})
export type ProbeOptions = z.infer<typeof probeOptionsSchema>

const scoreSchema = z.object({ score: z.number(), standardError: z.number(), folds: z.array(z.number()) })

export const probingSchema = z.object({
  kind: probeKindSchema,
  /** Of classes: the share of right answers; of numbers: R². */
  measure: z.enum(['accuracy', 'r2']),
  rows: z.int(),
  labelled: z.int(),
  folds: z.int(),
  classes: z.array(z.string()),
  /** Share of the most frequent class: what a probe without eyes reaches. */
  chance: z.number(),
  representations: z.array(
    z.object({
      /** code: the model's own; pca: as many principal components of x; x: all of it. */
      name: z.enum(['code', 'pca', 'x']),
      columns: z.int(),
      ...scoreSchema.shape,
      /** With fewer rows to learn from. */
      curve: z.array(z.object({ rows: z.int(), score: z.number(), standardError: z.number() })),
    }),
  ),
  durationMs: z.number(),
})
export type Probing = z.infer<typeof probingSchema>
