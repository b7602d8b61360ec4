import { z } from 'zod'
import { imageShapeSchema } from './run'
import { float64Array, int32Array } from './typed-arrays'

/** What the views into fitted models ask for besides parameters, data and results for all rows. */

/** The rows of a run's dataset that lack entries, with what the model puts in their places. */
export const imputationSchema = z.object({
  featureNames: z.array(z.string()),
  /** file: the units of the imported file; model: those after preprocessing, where it cannot be undone. */
  units: z.enum(['file', 'model']),
  /** Rows there are in the dataset. */
  total: z.int(),
  /** Rows of the dataset that lack entries, ascending: [rows]. */
  rowIndex: int32Array,
  /** [rows, features]: what was observed, and expectations of what was not. */
  values: float64Array,
  /** Standard deviations of what stands in each place (of a column of codes, the probability that it is wrong), [rows, features]: NaN where it was observed. */
  deviations: float64Array,
  /** Columns of codes. */
  codes: z.array(z.boolean()),
  /** Rows that lack nothing, at even distances if there are many: [some, features]. */
  complete: float64Array,
})
export type Imputation = z.infer<typeof imputationSchema>

/** Rows with some entries hidden from the model, and what it makes of them; in the units the model saw. */
export const completionSchema = z.object({
  featureNames: z.array(z.string()),
  imageShape: imageShapeSchema.nullable(),
  /** Rows of the dataset, [rows]. */
  rowIndex: int32Array,
  /** Features that were hidden. */
  hidden: int32Array,
  /** [rows, features] each. */
  original: float64Array,
  completed: float64Array,
  /** NaN where the model saw the entry. */
  deviations: float64Array,
  /** Root mean square error over the hidden entries of all rows, and that of the training means in their place. */
  error: z.number(),
  errorOfMeans: z.number(),
})
export type Completion = z.infer<typeof completionSchema>

/** Coordinates of a mixture's parameters, each without bounds: logit of a weight, a mean, log-variance, log of a rate, logit of a probability, log ν. */
const coordinateNameSchema = z.enum(['weight', 'mean', 'logVariance', 'logit', 'logRate', 'logTails'])
export type CoordinateName = z.infer<typeof coordinateNameSchema>

/** A direction through the parameters of a mixture: that of the M-step, that of most change in the last steps, or one coordinate. */
export const directionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('step') }),
  z.strictObject({ kind: z.literal('principal') }),
  z.strictObject({ kind: z.literal('coordinate'), name: coordinateNameSchema, component: z.int().min(0), column: z.int().min(0) }),
])
export type Direction = z.infer<typeof directionSchema>

/** log p(θ) and the bound L(q, θ) along a line through θ(t), with q the posterior at θ(t). Nats, mean per row. */
export const boundCurveSchema = z.object({
  /** t: the kept iteration nearest to the one asked for. */
  iteration: z.int(),
  /** Which coordinates there are to choose from; 0 components or columns: one for all of them together. */
  choices: z.array(z.object({ name: coordinateNameSchema, components: z.int(), columns: z.int() })),
  columnNames: z.array(z.string()),
  /** The direction that was taken: where a fit stands still, it has no next step, and that of the last steps is taken. */
  taken: z.enum(['step', 'principal', 'coordinate']),
  /** Places on the line, ascending: of a coordinate its value; of a line through several, 0 at θ(t) and 1 as far on as the M-step goes. */
  at: z.array(z.number()),
  /** Null where the mixture is no density. */
  logLikelihood: z.array(z.number().nullable()),
  bound: z.array(z.number().nullable()),
  /** θ(t), what the M-step makes of it, and where on the line the bound is largest. */
  here: z.number(),
  next: z.number(),
  best: z.number(),
  /** log p(θ(t)) = L(q, θ(t)), and both at the best place. */
  touch: z.number(),
  boundAtBest: z.number(),
  logLikelihoodAtBest: z.number(),
})
export type BoundCurve = z.infer<typeof boundCurveSchema>

const marginalSchema = z.object({
  name: z.string(),
  /** Moments of the approximation, and of the exact posterior. */
  mean: z.number(),
  deviation: z.number(),
  exactMean: z.number().nullable(),
  exactDeviation: z.number().nullable(),
  /** Densities over `at`; exact ones are empty where they could not be had. */
  at: float64Array,
  density: float64Array,
  exact: float64Array,
})

/** A posterior found by expectation propagation: its sites, and the exact posterior beside it. */
export const propagationSchema = z.object({
  /** Rows of the dataset that have a site, [sites]. */
  rowIndex: int32Array,
  /** Precision of each site, ≥ 0 where it tells something and < 0 where it takes certainty away: [sites]. */
  precision: float64Array,
  /** Of clutter: how probable it is that the row is none. Of probit: p(label | row). [sites] */
  agreement: float64Array,
  /** log of the mass of each factor under the rest, nats: [sites]. */
  logMass: float64Array,
  logEvidence: z.number(),
  exactLogEvidence: z.number().nullable(),
  marginals: z.array(marginalSchema),
  /** How the exact posterior was had: by quadrature on a grid, or by importance sampling from q with an effective sample size. */
  exactBy: z.enum(['quadrature', 'importance-sampling', 'none']),
  effectiveSamples: z.number().nullable(),
  samples: z.int().nullable(),
})
export type Propagation = z.infer<typeof propagationSchema>
