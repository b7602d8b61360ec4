import { z } from 'zod'

/* Data made by rules that are known, so that a fit can be held against the truth. */

const seed = z.int().min(0).max(4294967295).default(0)
const rows = (fallback: number): z.ZodDefault<z.ZodInt> => z.int().min(1).max(10_000_000).default(fallback)
/** Standard deviation of the normal noise that is added to every coordinate. */
const noise = (fallback: number): z.ZodDefault<z.ZodNumber> => z.number().min(0).max(100).default(fallback)
const weights = z.enum(['equal', 'random']).default('equal')

export const generatorSchemas = {
  mixture: z.strictObject({
    kind: z.literal('mixture'),
    rows: rows(1000),
    components: z.int().min(1).max(100).default(3),
    dimensions: z.int().min(1).max(500).default(2),
    /** Standard deviation of the means, where components have at most 1. */
    separation: z.number().min(0).max(1000).default(4),
    covariance: z.enum(['spherical', 'diagonal', 'full']).default('full'),
    weights,
    seed,
  }),
  ring: z.strictObject({ kind: z.literal('ring'), rows: rows(1000), rings: z.int().min(1).max(20).default(1), noise: noise(0.1), seed }),
  pinwheel: z.strictObject({
    kind: z.literal('pinwheel'),
    rows: rows(1000),
    arms: z.int().min(1).max(50).default(5),
    /** Standard deviations along and across an arm, before it is turned. */
    radial: z.number().min(0).max(100).default(0.3),
    tangential: z.number().min(0).max(100).default(0.1),
    /** Turns of an arm, in radians: exp(radius) times this. */
    rate: z.number().min(-10).max(10).default(0.25),
    seed,
  }),
  moons: z.strictObject({ kind: z.literal('moons'), rows: rows(1000), noise: noise(0.1), seed }),
  spiral: z.strictObject({
    kind: z.literal('spiral'),
    rows: rows(1000),
    arms: z.int().min(1).max(20).default(2),
    turns: z.number().min(0.1).max(20).default(1.5),
    noise: noise(0.05),
    seed,
  }),
  'swiss-roll': z.strictObject({ kind: z.literal('swiss-roll'), rows: rows(1000), noise: noise(0.1), seed }),
  hmm: z.strictObject({
    kind: z.literal('hmm'),
    sequences: z.int().min(1).max(100_000).default(10),
    length: z.int().min(1).max(10_000_000).default(200),
    states: z.int().min(1).max(50).default(3),
    emissions: z.enum(['gaussian', 'categorical', 'poisson']).default('gaussian'),
    /** Columns of Gaussian and Poisson emissions; symbols of categorical ones. */
    dimensions: z.int().min(1).max(100).default(2),
    /** Chance of staying in a state; the others share the rest. */
    stay: z.number().min(0).max(1).default(0.9),
    separation: z.number().min(0).max(1000).default(3),
    seed,
  }),
  topics: z.strictObject({
    kind: z.literal('topics'),
    documents: z.int().min(1).max(1_000_000).default(300),
    terms: z.int().min(1).max(20_000).default(60),
    topics: z.int().min(1).max(200).default(4),
    /** Words of each document. */
    length: z.int().min(1).max(1_000_000).default(100),
    /** Of the Dirichlet distributions of topics in documents and of terms in topics. */
    topicConcentration: z.number().min(0.001).max(1000).default(0.2),
    termConcentration: z.number().min(0.001).max(1000).default(0.1),
    seed,
  }),
  /** Pictures of a figure with five independent factors; every combination comes equally often. */
  sprites: z.strictObject({
    kind: z.literal('sprites'),
    rows: rows(2304),
    /** Height and width in pixels. */
    side: z.int().min(8).max(128).default(16),
    /** Values of each factor: square, ellipse and heart; sizes; angles in a quarter turn; places in each direction. */
    shapes: z.int().min(1).max(3).default(3),
    sizes: z.int().min(1).max(100).default(3),
    angles: z.int().min(1).max(100).default(4),
    positions: z.int().min(1).max(100).default(8),
    seed,
  }),
}
export const generatorKinds = Object.keys(generatorSchemas) as GeneratorKind[]
export type GeneratorKind = keyof typeof generatorSchemas

const { mixture, ring, pinwheel, moons, spiral, hmm, topics, sprites } = generatorSchemas
export const generatorSpecSchema = z.discriminatedUnion('kind', [mixture, ring, pinwheel, moons, spiral, generatorSchemas['swiss-roll'], hmm, topics, sprites])
export type GeneratorSpecs = { [K in GeneratorKind]: z.output<(typeof generatorSchemas)[K]> }
export type GeneratorSpec = GeneratorSpecs[GeneratorKind]

/** What is known of generated data. */
export const truthSchema = z.object({
  generator: z.unknown().transform((value) => value as GeneratorSpec),
  /** Parameters by name, row-major, with what each dimension counts. */
  parameters: z.array(z.object({ name: z.string(), shape: z.array(z.int()), values: z.array(z.number()) })),
  /** Latent quantities of every row, e.g. an angle; levels of factors that take a few values only. */
  factors: z.array(z.object({ name: z.string(), values: z.array(z.number()) })),
  /** Mean per row under the distribution that the data come from, nats; null where it has no closed form. */
  logLikelihood: z.number().nullable(),
})
export type Truth = z.infer<typeof truthSchema>

/** The part of it that every list of datasets carries. */
export const truthSummarySchema = truthSchema.pick({ generator: true, logLikelihood: true }).extend({ factors: z.array(z.string()) })
export type TruthSummary = z.infer<typeof truthSummarySchema>
