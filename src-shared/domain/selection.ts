import { z } from 'zod'
import { covarianceStructureSchema } from './models/mixtures'
import { noticeSchema, progressSchema } from './run'
import { type ModelKind, type RunSpec, runSpecSchema } from './spec'

/*
 * A selection is one question that takes many fits to answer: which of a grid of models (a criterion in every cell), how many components
 * (bootstrapped likelihood ratios), how sure the parameters are (bootstrap). It is cut into units that are fitted apart and stored apart.
 */

const sizes = z.array(z.int().min(1).max(1000)).min(1).max(100)
const structures = z.array(covarianceStructureSchema)
const restarts = z.int().min(1).max(1000).default(3)
const replicates = z.int().min(1).max(100_000)

const gridFields = {
  kind: z.literal('grid'),
  /** Components, hidden states or latent dimensions. */
  components: sizes,
  /** Empty for families that have no structure. */
  structures: structures.default([]),
  /** Fits that go on to the end, in each cell. */
  restarts,
  /** Parts of a cross-validation of the log-likelihood; 0 is none. */
  folds: z.int().min(0).max(100).default(0),
}
const ratioFields = {
  kind: z.literal('ratio-test'),
  /** K against K + 1 is tested from the smallest of these on, until K is not rejected. */
  components: sizes,
  structures: structures.max(1).default([]),
  restarts,
  replicates: replicates.default(99),
  /** A p-value above it ends the tests. */
  level: z.number().positive().max(1).default(0.05),
}
export const resamplingSchema = z.enum(['nonparametric', 'parametric'])
export type Resampling = z.infer<typeof resamplingSchema>
const bootstrapFields = {
  kind: z.literal('bootstrap'),
  /** Rows drawn with replacement, or rows drawn from the fitted model. */
  resampling: resamplingSchema.default('nonparametric'),
  replicates: replicates.default(999),
  /** Of the percentile intervals. */
  confidence: z.number().min(0.5).max(0.999).default(0.95),
}

export const selectionRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...gridFields, spec: z.unknown() }),
  z.strictObject({ ...ratioFields, spec: z.unknown() }),
  /** Of the parameters of a finished run. */
  z.strictObject({ ...bootstrapFields, run: z.string() }),
])
export type SelectionRequest = z.infer<typeof selectionRequestSchema>
export type SelectionRequestInput = z.input<typeof selectionRequestSchema>

/** With all that is needed to fit. */
export const selectionQuestionSchema = z.discriminatedUnion('kind', [
  z.object({ ...gridFields, spec: runSpecSchema }),
  z.object({ ...ratioFields, spec: runSpecSchema }),
  z.object({ ...bootstrapFields, spec: runSpecSchema, run: z.string() }),
])
export type SelectionQuestion = z.infer<typeof selectionQuestionSchema>
export type GridQuestion = Extract<SelectionQuestion, { kind: 'grid' }>
export type RatioQuestion = Extract<SelectionQuestion, { kind: 'ratio-test' }>
export type BootstrapQuestion = Extract<SelectionQuestion, { kind: 'bootstrap' }>
export type SelectionKind = SelectionQuestion['kind']

/** The field of a model that says how large it is; null where nothing of the kind is chosen by a likelihood. */
export const sizeFieldOf: Partial<Record<ModelKind, 'components' | 'states' | 'latent'>> = {
  'gaussian-mixture': 'components',
  'student-t-mixture': 'components',
  'bernoulli-mixture': 'components',
  'categorical-mixture': 'components',
  'poisson-mixture': 'components',
  'mixed-mixture': 'components',
  'mixture-of-factor-analyzers': 'components',
  hmm: 'states',
  ppca: 'latent',
  'factor-analysis': 'latent',
}

/** The specification of one cell: an ordinary run has the same. */
export const cellSpec = (spec: RunSpec, components: number, structure: string | null): RunSpec => ({
  ...spec,
  model: { ...spec.model, [sizeFieldOf[spec.model.kind] ?? 'components']: components, ...(structure === null ? {} : { covariance: structure }) } as RunSpec['model'],
})

const place = { components: z.int(), structure: covarianceStructureSchema.nullable() }

/** What one fit of a grid, or of a part of its rows, gave. `reason` says why there is nothing. */
export const selectionUnitSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cell'),
    ...place,
    rows: z.int(),
    /** Total, nats. */
    logLikelihood: z.number().nullable(),
    freeParameters: z.int(),
    /** Σ log max_k r, nats; null for models without responsibilities. */
    certainty: z.number().nullable(),
    converged: z.boolean(),
    spurious: z.boolean(),
    reason: noticeSchema.nullable(),
  }),
  z.object({
    kind: z.literal('fold'),
    ...place,
    fold: z.int(),
    /** Of the rows left out: how many, the sum of their log-densities and, where rows are told apart, of the squares of these. */
    rows: z.int(),
    sum: z.number().nullable(),
    squares: z.number().nullable(),
    reason: noticeSchema.nullable(),
  }),
  /** log p of the data (replicate 0) or of rows drawn from the fit with K components, under K and under K + 1. */
  z.object({
    kind: z.literal('ratio'),
    components: z.int(),
    replicate: z.int(),
    smaller: z.number().nullable(),
    larger: z.number().nullable(),
    reason: noticeSchema.nullable(),
  }),
  /** Parameters fitted to the data (index 0) or to a resample, components in the order of the fit to the data. */
  z.object({ kind: z.literal('replicate'), index: z.int(), parameters: z.record(z.string(), z.unknown()).nullable(), reason: noticeSchema.nullable() }),
])
export type SelectionUnit = z.infer<typeof selectionUnitSchema>
export type UnitOf<K extends SelectionUnit['kind']> = Extract<SelectionUnit, { kind: K }>

export const selectionStatusSchema = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted'])
export type SelectionStatus = z.infer<typeof selectionStatusSchema>

export const selectionSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: selectionStatusSchema,
  question: selectionQuestionSchema,
  datasetId: z.string(),
  datasetName: z.string(),
  datasetSha256: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  progress: progressSchema.nullable(),
  error: noticeSchema.nullable(),
})
export type Selection = z.infer<typeof selectionSchema>
