import { z } from 'zod'
import { directionSchema } from './inside'
import { criterionNames } from './selection-results'

/*
 * The question a live figure answers: a kind, the ids of what is stored, and parameters. The host draws it from the store each time, until it is
 * frozen. A new kind has a row here, one in `reports/figure-kinds` that draws it, one in the captions of `reports/words` and one in the names of
 * `i18n/figures`; the chart of the screen names it in `:live`.
 */

const text = z.string().min(1)
/** Without a run: the first of the report. */
const run = text.optional()
/** Without any: all of the report. */
const runs = z.array(text).max(1000).optional()
/** Without a sweep: that of the report. */
const sweep = text.optional()
/** Without one: the newest answer of its kind about the run. */
const inquiry = text.optional()
/** Of data and parameters. Without a word: those of the file where they go back whole, else the model's. */
const units = z.enum(['file', 'model']).optional()
const place = z.int().min(0)
const x = place.default(0)
const y = place.default(1)
/** After which iteration of EM; without one, the last. */
const iteration = place.optional()

const ofRuns = [
  /** Metrics of runs over their steps. */
  z.strictObject({
    ...{ kind: z.literal('metric'), metric: text, beside: z.array(text).max(100).optional(), runs },
    /** Over another metric and not over steps. */
    over: text.optional(),
    logY: z.boolean().optional(),
  }),
  /** One metric of groups of runs that differ in their seed only: mean, lowest and highest; without a metric, the usual one of the model. */
  z.strictObject({ kind: z.literal('envelope'), metric: text.optional(), runs }),
  /** End figures, or numbers of the specification, against each other: one point a run. */
  z.strictObject({ kind: z.literal('scatter'), x: text, y: text, runs }),
  /** Every two of some end figures and fields. */
  z.strictObject({ kind: z.literal('scatter-matrix'), columns: z.array(text).min(2).max(8), runs }),
  /** All fields that differ, and what the runs ended with, side by side. */
  z.strictObject({ kind: z.literal('parallel'), metric: text.optional(), runs }),
] as const

const ofSelections = [
  /** A criterion over the sizes of a grid of models. */
  z.strictObject({ kind: z.literal('selection'), selection: text, criterion: z.enum(criterionNames).default('bic') }),
  /** The same as a table of shades. */
  z.strictObject({ kind: z.literal('selection-map'), selection: text, criterion: z.enum(criterionNames).default('bic') }),
  /** Likelihood ratios of bootstrap draws and that of the data; without a size, the first that was tested. */
  z.strictObject({ kind: z.literal('ratio'), selection: text, components: z.int().min(1).optional() }),
] as const

const ofOneRun = [
  /** Log-likelihood and lower bound over the iterations of EM. */
  z.strictObject({ kind: z.literal('bound'), run }),
  /** Log-likelihood and lower bound along a direction of the parameters. */
  z.strictObject({ kind: z.literal('direction'), run, iteration, direction: directionSchema.default({ kind: 'step' }) }),
  /** Rows, means and ellipses of a mixture; of one feature, the densities. */
  z.strictObject({
    ...{ kind: z.literal('mixture'), run, iteration, x, y, units },
    /** k-means as the mixture of spheres it is the limit of, with this standard deviation; in the model's units. */
    softness: z.number().min(0).optional(),
  }),
  /** The same with components merged into so many clusters; without a number, where the entropy bends. */
  z.strictObject({ kind: z.literal('clusters'), run, count: z.int().min(1).optional(), x, y, units }),
  /** Entropy of the classification by the number of clusters. */
  z.strictObject({ kind: z.literal('merging'), run }),
  /** How every restart climbed. */
  z.strictObject({ kind: z.literal('restarts'), run }),
  /** The class that each place of the plane is decided for. */
  z.strictObject({ kind: z.literal('decisions'), run, x, y, units }),
  /** p(target | given) of one or two columns. */
  z.strictObject({ kind: z.literal('conditional'), run, target: z.array(text).min(1).max(2), given: z.array(z.strictObject({ column: text, value: z.number() })).default([]) }),
  /** Rows with entries that were filled in, with their deviations. */
  z.strictObject({ kind: z.literal('filling'), run, x, y }),
  /** A coordinate of a posterior by expectation propagation, beside the exact one. */
  z.strictObject({ kind: z.literal('posterior'), run, coordinate: place.default(0) }),
  /** Sites of expectation propagation by a feature, over their precision or another feature. */
  z.strictObject({ kind: z.literal('sites'), run, x, y: place.optional() }),
  /** Observations of a hidden Markov model over time, and the most probable state. */
  z.strictObject({ kind: z.literal('states'), run, feature: place.default(0) }),
  /** The rows by two latent dimensions, principal components of the codes, or UMAP. */
  z.strictObject({
    ...{ kind: z.literal('latent'), run, x, y },
    by: z.enum(['dimensions', 'pca', 'umap']).optional(),
    colour: z.enum(['label', 'component', 'density', 'error', 'none']).optional(),
  }),
  /** Mean KL of every latent dimension. */
  z.strictObject({ kind: z.literal('latent-kl'), run }),
  /** How the codes are spread along each dimension, against the prior. */
  z.strictObject({ kind: z.literal('aggregate'), run }),
  /** Features of a row and of its reconstruction. */
  z.strictObject({ kind: z.literal('row'), run, row: place, units }),
  /** Features of some rows. */
  z.strictObject({ kind: z.literal('rows'), run, rows: z.array(place).min(1).max(1024), units }),
  /** Features of draws from the model. */
  z.strictObject({ kind: z.literal('samples'), run, count: z.int().min(1).max(10_000).default(40), seed: place.default(0), fitted: z.int().min(1).max(1000).optional(), units }),
  /** Features that latent vectors decode to. */
  z.strictObject({ kind: z.literal('decoded'), run, latent: z.array(z.array(z.number())).min(1).max(1024), condition: z.array(z.number()).min(1).optional(), units }),
  /** Features of rows, their reconstructions and samples of an epoch; without one, the last. */
  z.strictObject({ kind: z.literal('profiles'), run, step: z.number().optional(), units }),
] as const

const ofInquiries = [
  /** Estimates of log p(x) over the number of samples. */
  z.strictObject({ kind: z.literal('evidence'), run }),
  /** Single estimates of p(x) and log p(x) of one row. */
  z.strictObject({ kind: z.literal('estimates'), run, inquiry, row: place.optional() }),
  /** Scatter and bias of estimators of a gradient. */
  z.strictObject({ kind: z.literal('estimators'), run, inquiry }),
  /** How a probe of the codes learns. */
  z.strictObject({ kind: z.literal('probe'), run, inquiry }),
  /** A part of the gap between bound and log p(x), row by row. */
  z.strictObject({ kind: z.literal('gap'), run, inquiry, part: z.enum(['amortization', 'approximation']).default('amortization') }),
] as const

const ofSweeps = [
  /** Values of the trials, and the best so far. */
  z.strictObject({ kind: z.literal('sweep-history'), sweep }),
  z.strictObject({ kind: z.literal('sweep-importance'), sweep }),
  /** Values of trials over one parameter. */
  z.strictObject({ kind: z.literal('sweep-slice'), parameter: text, sweep }),
  /** Two objectives against each other. */
  z.strictObject({ kind: z.literal('sweep-front'), sweep }),
  /** When each trial ran. */
  z.strictObject({ kind: z.literal('sweep-timeline'), sweep }),
  /** All parameters and the value, side by side. */
  z.strictObject({ kind: z.literal('sweep-parallel'), sweep }),
  /** Value by two parameters. */
  z.strictObject({ kind: z.literal('sweep-contour'), x: text, y: text, sweep }),
] as const

export const figureQuerySchema = z.discriminatedUnion('kind', [...ofRuns, ...ofOneRun, ...ofInquiries, ...ofSelections, ...ofSweeps])
export type FigureQuery = z.infer<typeof figureQuerySchema>
export type FigureKind = FigureQuery['kind']
/** What a screen knows: defaults may be left out. */
export type LiveFigure = z.input<typeof figureQuerySchema>
export const figureKinds = figureQuerySchema.options.map((option) => option.shape.kind.value)
