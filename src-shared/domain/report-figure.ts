import { z } from 'zod'
import { criterionNames } from './selection-results'

/* What a figure of a report shows: its layers with every number, and the question whose answer they are. */

export const reportCurveSchema = z.object({
  label: z.string(),
  /** Position along the horizontal axis and the height there; null where there is none, which breaks a line. */
  step: z.array(z.number()),
  value: z.array(z.number().nullable()),
  /** How it is drawn; without a word, a line. Bars lie: `step` is their length, `value` counts the names of the vertical axis. */
  kind: z.enum(['line', 'points', 'bars']).optional(),
  /** Place in the palette and kind of dashes; without one, its place in the figure. */
  colour: z.int().min(0).optional(),
  dash: z.int().min(0).optional(),
})
export type ReportCurve = z.infer<typeof reportCurveSchema>

export const reportFigureSchema = z.object({
  /** Names files and anchors: letters, digits, dashes. */
  name: z.string().regex(/^[\w-]+$/),
  title: z.string(),
  xLabel: z.string(),
  yLabel: z.string(),
  curves: z.array(reportCurveSchema),
  /** Of the vertical axis where it counts names: 0 is the first. */
  names: z.array(z.string()).optional(),
  logX: z.boolean().optional(),
  logY: z.boolean().optional(),
  /** Both axes in the same units. */
  square: z.boolean().optional(),
})
export type ReportFigure = z.infer<typeof reportFigureSchema>

/** A chart of a screen as it was when it was taken: the picture and its numbers, and where it stood. */
export const pinnedChartSchema = z.object({
  chart: z.string(),
  title: z.string().max(1000),
  summary: z.string().max(10_000),
  /** Address of the screen within the workbench. */
  path: z.string().max(10_000),
  svg: z.string().max(8_000_000),
  table: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.union([z.number(), z.string(), z.null()]))).max(200_000) }),
})
export type PinnedChart = z.infer<typeof pinnedChartSchema>

const run = z.string().min(1)
/** Figures that the host draws from what is stored, so that they follow it until they are frozen. Without a run: the first of the report. */
export const figureQuerySchema = z.discriminatedUnion('kind', [
  /** One metric of all runs over their steps. */
  z.strictObject({ kind: z.literal('metric'), metric: z.string().min(1) }),
  /** One metric of groups of runs that differ in their seed only: mean, lowest and highest; without a metric, the usual one of the model. */
  z.strictObject({ kind: z.literal('envelope'), metric: z.string().min(1).optional() }),
  /** End figures, or numbers of the specification, against each other: one point a run. */
  z.strictObject({ kind: z.literal('scatter'), x: z.string().min(1), y: z.string().min(1) }),
  /** A criterion over the sizes of a grid of models. */
  z.strictObject({ kind: z.literal('selection'), selection: z.string().min(1), criterion: z.enum(criterionNames).default('bic') }),
  /** Log-likelihood and lower bound over the iterations of EM. */
  z.strictObject({ kind: z.literal('bound'), run: run.optional() }),
  /** Rows, means and ellipses of a mixture after an iteration; without one, the last. */
  z.strictObject({ kind: z.literal('mixture'), run: run.optional(), iteration: z.int().min(0).optional(), x: z.int().min(0).default(0), y: z.int().min(0).default(1) }),
  /** How every restart climbed. */
  z.strictObject({ kind: z.literal('restarts'), run: run.optional() }),
  /** Two dimensions of the latent means, coloured by class. */
  z.strictObject({ kind: z.literal('latent'), run: run.optional(), x: z.int().min(0).default(0), y: z.int().min(0).default(1) }),
  /** Mean KL of every latent dimension. */
  z.strictObject({ kind: z.literal('latent-kl'), run: run.optional() }),
  /** Estimates of log p(x) over the number of samples. */
  z.strictObject({ kind: z.literal('evidence') }),
  /** Observations of a hidden Markov model over time, and the most probable state. */
  z.strictObject({ kind: z.literal('states'), run: run.optional(), feature: z.int().min(0).default(0) }),
  /** Values of the trials of the report's sweep, and the best so far. */
  z.strictObject({ kind: z.literal('sweep-history') }),
  z.strictObject({ kind: z.literal('sweep-importance') }),
  /** Values of trials over one parameter. */
  z.strictObject({ kind: z.literal('sweep-slice'), parameter: z.string().min(1) }),
  /** Two objectives against each other. */
  z.strictObject({ kind: z.literal('sweep-front') }),
  /** When each trial ran. */
  z.strictObject({ kind: z.literal('sweep-timeline') }),
  /** All parameters and the value, side by side. */
  z.strictObject({ kind: z.literal('sweep-parallel') }),
  /** Value by two parameters. */
  z.strictObject({ kind: z.literal('sweep-contour'), x: z.string().min(1), y: z.string().min(1) }),
])
export type FigureQuery = z.infer<typeof figureQuerySchema>
