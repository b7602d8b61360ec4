import { z } from 'zod'
import { createdArchiveSchema, importedArchiveSchema } from '../../domain/archive'
import { figureQuerySchema } from '../../domain/figure-query'
import {
  composedReportSchema,
  exportFormatSchema,
  figureFormatSchema,
  figureLookSchema,
  reportBlockSchema,
  reportFormatSchema,
  reportLanguageSchema,
  reportManifestSchema,
  reportPlanSchema,
  reportSchema,
  reportTemplateSchema,
} from '../../domain/report'
import { noticeSchema } from '../../domain/run'
import { uint8Array } from '../../domain/typed-arrays'
import { id, method, none, nothing } from './words'

/** Which report: the template that fits, unless one is named. */
const reportChoice = { language: reportLanguageSchema, template: reportTemplateSchema.optional(), sweep: z.string().nullable().default(null) }

/** Of reports, and of what leaves and comes in. */
export const reportMethods = {
  /** Writes a run for other programs: parameters (.json, .npz, .safetensors), metrics (.csv), a TensorBoard or an MLflow folder. */
  'exports.write': method(z.strictObject({ id: z.string(), format: exportFormatSchema, out: z.string().min(1) }), z.object({ out: z.array(z.string()) })),
  /** All runs that match (one row each, with specification and end figures), or every point of their metrics; out ends in .csv or .parquet. */
  'exports.table': method(
    z.strictObject({ what: z.enum(['runs', 'metrics']), query: z.string().default(''), out: z.string().min(1) }),
    z.object({ out: z.string(), rows: z.int(), runs: z.int() }),
  ),
  /** A report of runs, or a saved one; out ends in .html, .pdf, .md or .tex. Notices: what a reviewer would ask for. */
  'reports.write': method(
    z.strictObject({ ...reportChoice, report: z.string().optional(), runs: z.array(z.string()).max(1000).default([]), out: z.string().min(1) }),
    z.object({ out: z.string(), bytes: z.int(), notices: z.array(noticeSchema) }),
  ),
  /** The HTML of a report that nobody saved. */
  'reports.preview': method(
    z.strictObject({ ...reportChoice, runs: z.array(z.string()).min(1).max(1000) }),
    z.object({ html: z.string(), notices: z.array(noticeSchema) }),
  ),
  /** What a report of these runs (ids, beginnings, `latest`) would begin with; runs and sweep by their whole ids. */
  'reports.template': method(z.strictObject({ ...reportChoice, runs: z.array(z.string()).max(1000) }), reportPlanSchema),
  'reports.list': method(none, z.array(reportSchema.omit({ plan: true }).extend({ title: z.string(), runs: z.int(), language: reportLanguageSchema }))),
  'reports.get': method(id, reportSchema),
  /** Without an id: a new one. */
  'reports.save': method(z.strictObject({ id: z.string().optional(), plan: reportPlanSchema }), reportSchema),
  'reports.remove': method(id, nothing),
  /** Every block as it will stand in the HTML. */
  'reports.compose': method(z.strictObject({ plan: reportPlanSchema }), composedReportSchema),
  /** A figure's block with what it shows now kept in it. */
  'reports.freeze': method(z.strictObject({ plan: reportPlanSchema, index: z.int().min(0) }), reportBlockSchema),
  /** Figures that these runs and this sweep have numbers for. */
  'reports.figures': method(z.strictObject({ runs: z.array(z.string()).max(1000), sweep: z.string().nullable().default(null) }), z.array(figureQuerySchema)),
  /** The report as one file, or as a zip where it is several. */
  'reports.render': method(z.strictObject({ plan: reportPlanSchema, format: reportFormatSchema }), z.object({ name: z.string(), bytes: uint8Array })),
  /** One block's figure by itself; several are a zip. */
  'reports.renderFigure': method(
    z.strictObject({ plan: reportPlanSchema, index: z.int().min(0), format: figureFormatSchema, look: figureLookSchema.prefault({}) }),
    z.object({ name: z.string(), bytes: uint8Array }),
  ),
  /** A figure of runs by itself; out ends in .svg, .png, .pdf or .csv. */
  'reports.writeFigure': method(
    z.strictObject({
      ...{ runs: z.array(z.string()).max(1000), sweep: z.string().nullable().default(null), language: reportLanguageSchema },
      ...{ figure: figureQuerySchema, look: figureLookSchema.prefault({}), out: z.string().min(1) },
    }),
    z.object({ out: z.string(), bytes: z.int() }),
  ),
  /** What runs have to be compared with, where they are run again. */
  'reports.manifest': method(z.strictObject({ runs: z.array(z.string()).min(1).max(1000) }), reportManifestSchema),
  /** Where a new archive may lie: a path with nothing at it yet. */
  'archives.place': method(none, z.object({ out: z.string() })),
  /** Runs with their data, sweeps with their runs, or (neither) everything as one zip with hashes. */
  'archives.create': method(
    z.strictObject({ out: z.string().min(1), runs: z.array(z.string()).max(100_000).default([]), sweeps: z.array(z.string()).max(10_000).default([]) }),
    createdArchiveSchema,
  ),
  /** Verifies, then merges: what is there already is neither added twice nor replaced. */
  'archives.import': method(z.strictObject({ path: z.string().min(1) }), importedArchiveSchema),
  /** Runs that TensorBoard or MLflow wrote: an event file, a folder of such, a folder of MLflow runs or its database. */
  'imports.runs': method(
    z.strictObject({ path: z.string().min(1) }),
    z.object({
      runs: z.array(
        z.object({ id: z.string(), name: z.string(), program: z.enum(['tensorboard', 'mlflow']), source: z.string(), isNew: z.boolean(), warnings: z.array(noticeSchema) }),
      ),
    }),
  ),
  /** Ends what is being written to or read from a path; it ends with archive/cancelled and leaves nothing. */
  'archives.cancel': method(z.strictObject({ path: z.string() }), nothing),
}
