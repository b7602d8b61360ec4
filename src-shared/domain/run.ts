import { z } from 'zod'
import { heldOutSchema } from './held-out'
import { type Notice, noticeSchema } from './notice'
import { runSpecSchema } from './spec'
import { float32Array, float64Array, int32Array } from './typed-arrays'

export const runStatusSchema = z.enum(['queued', 'running', 'paused', 'completed', 'failed', 'cancelled', 'interrupted'])
export type RunStatus = z.infer<typeof runStatusSchema>

export { type Notice, noticeSchema }

/** Where a run is kept: in sight, put away, or on its way out. */
export const shelfSchema = z.enum(['current', 'archive', 'trash'])
export type Shelf = z.infer<typeof shelfSchema>

export const isTerminal = (status: RunStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'interrupted'

export const progressSchema = z.object({
  /** 0 … 1 */
  fraction: z.number(),
  /** e.g. restarts, iterations, epochs */
  phase: z.string(),
  done: z.number(),
  total: z.number(),
  /** Time left with a range, from the rate so far; null while it can't be told. */
  etaMs: z.number().nullable(),
  etaLowMs: z.number().nullable(),
  etaHighMs: z.number().nullable(),
})
export type Progress = z.infer<typeof progressSchema>

export const runSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  /** Full and resolved: every default filled in. */
  spec: runSpecSchema,
  datasetId: z.string(),
  datasetName: z.string(),
  datasetSha256: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  progress: progressSchema.nullable(),
  device: z.string().nullable(),
  runtime: z.string().nullable(),
  /** EM family only. */
  converged: z.boolean().nullable(),
  iterations: z.int().nullable(),
  /** Gradient family only. */
  epochs: z.int().nullable(),
  /** The model's figures at the end (at the best epoch where a best checkpoint was kept); the last point of each key while it runs. */
  metrics: z.record(z.string(), z.number().nullable()),
  /** Of the figures of log p(x) of held-out rows: how they were estimated, and how far they are known. */
  heldOut: z.record(z.string(), heldOutSchema).default({}),
  warnings: z.array(noticeSchema),
  error: noticeSchema.nullable(),
  tags: z.array(z.string()),
  notes: z.string(),
  shelf: shelfSchema,
  environment: z.record(z.string(), z.string()),
  /** A checkpoint exists from which the run can go on. */
  resumable: z.boolean(),
})
export type Run = z.infer<typeof runSchema>

/** Points of one metric in the order they were reported. Steps may repeat after a resume only if the earlier ones were removed. */
export const seriesSchema = z.object({ step: z.array(z.number()), value: z.array(z.number().nullable()) })
export type Series = z.infer<typeof seriesSchema>
export const seriesByKeySchema = z.record(z.string(), seriesSchema)
export type SeriesByKey = z.infer<typeof seriesByKeySchema>

export const artifactSchema = z.object({
  name: z.string(),
  /** em-trace: one per run, rewritten; pictures: one per epoch. */
  kind: z.enum(['em-trace', 'pictures']),
  step: z.number().nullable(),
  bytes: z.int(),
})
export type Artifact = z.infer<typeof artifactSchema>

/** One iteration of EM, for the picture: parameters of the mixture in the units the model saw. */
export const emFrameSchema = z.object({
  iteration: z.int(),
  iterations: z.int(),
  weights: z.array(z.number()),
  means: z.array(z.array(z.number())),
  covariances: z.array(z.array(z.array(z.number()))),
  /** Rows × components, row-major. */
  responsibilities: float32Array,
  /** Mean per row, nats; before the M-step that led here, the bound after it, KL it reopened, and after. Null at iteration 0. */
  bound: z
    .object({ logLikelihoodBefore: z.number(), lowerBound: z.number(), kl: z.number(), logLikelihood: z.number() })
    .nullable(),
})
export type EmFrame = z.infer<typeof emFrameSchema>

/** The points of a fitted run as the model saw them (after preprocessing), for maps and scatter plots. */
export const modelDataSchema = z.object({
  featureNames: z.array(z.string()),
  /** Rows of the dataset, [rows]. */
  rowIndex: int32Array,
  /** Row-major [rows, features]. */
  features: float32Array,
  labels: int32Array.nullable(),
  classes: z.array(z.string()).nullable(),
  /** Training rows there are: more than are shown where the data are too large to be held. */
  total: z.int(),
})
export type ModelData = z.infer<typeof modelDataSchema>

export const imageShapeSchema = z.tuple([z.int(), z.int(), z.int()])
export type ImageShape = z.infer<typeof imageShapeSchema>

/** Inputs, their reconstructions and samples from the prior after an epoch; values in the model's units, row-major [count, features]. */
export const picturesSchema = z.object({
  step: z.number(),
  imageShape: imageShapeSchema.nullable(),
  inputs: float32Array,
  reconstructions: float32Array,
  samples: float32Array,
  features: z.int(),
})
export type Pictures = z.infer<typeof picturesSchema>

/**
 * What a map of a model's latents is over: `codes` of a continuous latent, `shares` of topics, or, where the latent is a class or a state, the
 * `rows` themselves.
 */
export const latentSpaceSchema = z.enum(['codes', 'shares', 'rows'])
export type LatentSpace = z.infer<typeof latentSpaceSchema>

/** A mixture of Gaussians fitted to codes of training rows, in place of a prior. Nats, mean over these codes. */
export const codeDensityFiguresSchema = z.object({
  components: z.int(),
  rows: z.int(),
  logDensity: z.number(),
  /** log p of the same codes under a standard normal prior; null where the prior is another, or there is none. */
  logPrior: z.number().nullable(),
})
export type CodeDensityFigures = z.infer<typeof codeDensityFiguresSchema>

export const latentSummarySchema = z.object({
  space: latentSpaceSchema,
  latent: z.int(),
  /** What each dimension is: [latent] */
  axisNames: z.array(z.string()),
  /** Can any point be decoded? */
  decodes: z.boolean(),
  /** Are codes held to a standard normal prior? */
  standardPrior: z.boolean(),
  /** Wide rows are shown along their first principal components, whose directions come from so many rows; else null. */
  projectedFrom: z.int().nullable(),
  /** p(component | row), row-major [rows, components]: of a mixture, states, topics or classes. */
  components: z.object({ kind: z.enum(['component', 'state', 'topic', 'class']), names: z.array(z.string()), probabilities: float32Array }).nullable(),
  /** Rows there are; more than are shown where the data are too large to be held. */
  total: z.int(),
  features: z.int(),
  imageShape: imageShapeSchema.nullable(),
  featureNames: z.array(z.string()),
  /** Mean KL of each dimension from the standard normal over the rows encoded, nats; null where codes have no distribution. */
  klPerDimension: z.array(z.number()).nullable(),
  /** Mean and standard deviation of each dimension under the aggregate posterior. */
  mean: z.array(z.number()),
  standardDeviation: z.array(z.number()),
  /** Dimension j is active when Var_x(E_q[z_j|x]) > 0.01 (Burda et al. 2016). */
  active: z.array(z.boolean()),
  /** Map of all rows: latent means, row-major [rows, latent], and the rows of the dataset they belong to. */
  latentMeans: float32Array,
  rowIndex: int32Array,
  labels: int32Array.nullable(),
  classes: z.array(z.string()).nullable(),
  /** Which checkpoint is looked at. */
  checkpoint: z.enum(['best', 'last']),
  epoch: z.int(),
  /** Of a model that is told more than the row: what its numbers mean, and those to begin with. */
  condition: z.object({ kind: z.enum(['classes', 'columns']), names: z.array(z.string()), start: z.array(z.number()) }).optional(),
})
export type LatentSummary = z.infer<typeof latentSummarySchema>

export const latentItemSchema = z.object({
  row: z.int(),
  label: z.string().nullable(),
  input: float32Array,
  reconstruction: float32Array,
  latentMean: z.array(z.number()),
  /** Null where a code has no distribution. */
  latentLogVariance: z.array(z.number()).nullable(),
  /** p(component | row), by the names of the components. */
  probabilities: z.array(z.object({ name: z.string(), value: z.number() })).nullable(),
})
export type LatentItem = z.infer<typeof latentItemSchema>

/** Rows near one row, or near what a latent decodes to, in the model's units of x. */
export const neighboursSchema = z.object({ rows: int32Array, distances: float64Array })
export type Neighbours = z.infer<typeof neighboursSchema>

/** Rows as the model sees them: [rows, features], row-major. */
export const modelRowsSchema = z.object({ rows: int32Array, features: z.int(), values: float32Array, imageShape: imageShapeSchema.nullable() })
export type ModelRows = z.infer<typeof modelRowsSchema>

/** How far each row is from its reconstruction: mean squared difference of the features, [rows]. */
export const reconstructionErrorsSchema = z.object({ errors: float32Array })
export type ReconstructionErrors = z.infer<typeof reconstructionErrorsSchema>

/** Topics with their most probable terms. */
export const topicSummarySchema = z.object({
  topics: z.array(z.object({ weight: z.number(), words: z.array(z.object({ word: z.string(), probability: z.number() })) })),
  /** Rows of the dataset, [documents]. */
  rowIndex: int32Array,
  /** p(topic | document): [documents, topics] */
  documents: float64Array,
  /** p(term | topic): [topics, terms], which are pictures where the terms are pixels. */
  probabilities: float64Array,
  imageShape: imageShapeSchema.nullable(),
})
export type TopicSummary = z.infer<typeof topicSummarySchema>

/** Parameters to decode with in place of the fitted ones; of counts the rates, of symbols the probabilities in their ascending order. */
export const chainParametersSchema = z.strictObject({
  initial: z.array(z.number().min(0).max(1)),
  transitions: z.array(z.array(z.number().min(0).max(1))),
  rates: z.array(z.number().min(0)).optional(),
  probabilities: z.array(z.array(z.number().min(0).max(1))).optional(),
})
export type ChainParameters = z.infer<typeof chainParametersSchema>

/** Hidden states over time. Rows are those of all sequences, one sequence after another. */
export const stateSequencesSchema = z.object({
  states: z.int(),
  featureNames: z.array(z.string()),
  /** Mean observation of each state: [K][D], in the units the model saw. */
  means: z.array(z.array(z.number())),
  /** Where each sequence begins in the rows, and how many it has. */
  sequences: z.array(z.object({ name: z.string(), start: z.int(), rows: z.int() })),
  /** Rows of the dataset, [rows]. */
  rowIndex: int32Array,
  /** [rows, D] */
  observations: float64Array,
  /** p(state | all observations): [rows, K] */
  posteriors: float64Array,
  /** The most probable path, from 0: [rows] */
  path: int32Array,
  /** log p(path, observations) and log p(observations), total, nats. */
  pathLogProbability: z.number(),
  logLikelihood: z.number(),
  /** After the end of each sequence: [horizon][K] and the mean observation [horizon][D]. */
  forecast: z.array(z.object({ stateProbabilities: z.array(z.array(z.number())), means: z.array(z.array(z.number())) })),
})
export type StateSequences = z.infer<typeof stateSequencesSchema>

export const applyOutputSchema = z.enum(['responsibilities', 'assignments', 'logDensity', 'encode', 'reconstruct', 'impute', 'imputations', 'conditional'])
export type ApplyOutput = z.infer<typeof applyOutputSchema>

/** A matrix of results with named columns, row-major [rows, columns.length]. */
export const matrixSchema = z.object({ columns: z.array(z.string()), rows: z.int(), values: float64Array })
export type Matrix = z.infer<typeof matrixSchema>
