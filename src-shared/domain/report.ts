import { z } from 'zod'
import { figureQuerySchema } from './figure-query'
import { pinnedChartSchema, reportFigureSchema } from './report-figure'
import { noticeSchema } from './run'

/** Formats of other programs that the host writes; ONNX is the worker's. */
export const exportFormatSchema = z.enum(['params', 'csv', 'parquet', 'tensorboard', 'mlflow'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

export const reportLanguageSchema = z.enum(['en', 'zh'])
export type ReportLanguage = z.infer<typeof reportLanguageSchema>

export const reportFormatSchema = z.enum(['html', 'pdf', 'md', 'tex'])
export type ReportFormat = z.infer<typeof reportFormatSchema>

export const figureFormatSchema = z.enum(['svg', 'png', 'pdf', 'csv'])
export type FigureFormat = z.infer<typeof figureFormatSchema>

/** Widths that journals print figures in, millimetres: one column, one and a half, two. */
export const journalWidths = { single: 85, 'one-and-a-half': 114, double: 175 } as const
export const figureLookSchema = z.strictObject({
  widthMm: z.number().min(20).max(1000).default(journalWidths.double),
  /** Of PNG. */
  dpi: z.number().min(36).max(2400).default(300),
})
export type FigureLook = z.infer<typeof figureLookSchema>

/** What stood in a figure when it was frozen. */
const frozenSchema = z.object({ at: z.string(), figures: z.array(reportFigureSchema), caption: z.string() })
export type FrozenFigure = z.infer<typeof frozenSchema>

const metrics = z.array(z.string()).optional()
const ofRun = z.string().min(1).optional()
export const reportBlockSchema = z.discriminatedUnion('kind', [
  /** Markdown with formulas between dollar signs. */
  z.strictObject({ kind: z.literal('text'), text: z.string().max(200_000) }),
  /** What a reviewer would ask for. */
  z.strictObject({ kind: z.literal('preflight') }),
  z.strictObject({ kind: z.literal('card') }),
  /** Of one run its specification; of several what differs. */
  z.strictObject({ kind: z.literal('specification') }),
  /** Groups of runs that differ in their seed only: mean ± half-width of the interval, then every run. Without metrics: all. */
  z.strictObject({ kind: z.literal('results'), metrics }),
  /** Tests of all pairs of groups; without a metric, the usual one of the model. */
  z.strictObject({ kind: z.literal('statistics'), metric: z.string().min(1).optional() }),
  /** A figure for each metric with more than one point. */
  z.strictObject({ kind: z.literal('curves'), metrics }),
  z.strictObject({ kind: z.literal('figure'), figure: figureQuerySchema, frozen: frozenSchema.nullable().default(null) }),
  /** A chart of a screen, with its numbers. */
  z.strictObject({ kind: z.literal('pinned'), pinned: pinnedChartSchema, at: z.string() }),
  /** Inputs, reconstructions and samples; without a step, the last of each run. */
  z.strictObject({ kind: z.literal('pictures'), run: ofRun, step: z.number().optional() }),
  /** One row of decoded pictures per latent dimension, from −3 to 3 standard deviations. */
  z.strictObject({ kind: z.literal('traversals'), run: ofRun }),
  /** The mixture after some iterations of EM, side by side. */
  z.strictObject({ kind: z.literal('em-steps'), run: ofRun, x: z.int().min(0).default(0), y: z.int().min(0).default(1) }),
  /** Plan, trials and best of the report's sweep. */
  z.strictObject({ kind: z.literal('sweep'), trials: z.int().min(1).max(100_000).default(10) }),
  /** How log p(x) was estimated, and what came out. */
  z.strictObject({ kind: z.literal('evidence') }),
  z.strictObject({ kind: z.literal('methods') }),
  z.strictObject({ kind: z.literal('environment') }),
  z.strictObject({ kind: z.literal('reproduction') }),
  z.strictObject({ kind: z.literal('references') }),
])
export type ReportBlock = z.infer<typeof reportBlockSchema>
export type ReportBlockKind = ReportBlock['kind']
export const reportBlockKinds = reportBlockSchema.options.map((option) => option.shape.kind.value)

export const reportTemplateSchema = z.enum(['run', 'comparison', 'sweep', 'em', 'vae'])
export type ReportTemplate = z.infer<typeof reportTemplateSchema>

/** What a report is before anything is computed: the same for the screen, the command line and the store. */
export const reportPlanSchema = z.strictObject({
  /** Without one: made of the runs. */
  title: z.string().max(300).default(''),
  language: reportLanguageSchema,
  runs: z.array(z.string().min(1)).max(1000),
  sweep: z.string().min(1).nullable().default(null),
  blocks: z.array(reportBlockSchema).max(500),
})
export type ReportPlan = z.infer<typeof reportPlanSchema>

export const reportSchema = z.object({
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  plan: reportPlanSchema,
})
export type Report = z.infer<typeof reportSchema>

/** As the screen shows it: each block as it will stand in the HTML. */
export const composedReportSchema = z.object({
  title: z.string(),
  subtitle: z.string(),
  css: z.string(),
  /** In the order of the plan; `problem` in place of what could not be made. */
  blocks: z.array(z.object({ html: z.string(), problem: noticeSchema.nullable() })),
  notices: z.array(noticeSchema),
  /** All metrics of the runs. */
  metrics: z.array(z.string()),
})
export type ComposedReport = z.infer<typeof composedReportSchema>

/** What a report carries so that its runs can be run again and compared. */
export const reportManifestSchema = z.object({
  format: z.literal('latent-report'),
  version: z.literal(1),
  app: z.string(),
  createdAt: z.string(),
  runs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      spec: z.unknown(),
      dataset: z.object({ name: z.string(), sha256: z.string() }),
      device: z.string().nullable(),
      runtime: z.string().nullable(),
      environment: z.record(z.string(), z.string()),
      metrics: z.record(z.string(), z.number().nullable()),
      /** Of every point of every metric. */
      seriesSha256: z.string(),
    }),
  ),
})
export type ReportManifest = z.infer<typeof reportManifestSchema>
