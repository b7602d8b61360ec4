import { z } from 'zod'
import {
  datasetFileSchema,
  datasetPageSchema,
  datasetSchema,
  galleryEntrySchema,
  importOptionsSchema,
  importPreviewSchema,
  seenRowsSchema,
} from '../domain/dataset'
import { commonPicturesSchema, comparedCurveSchema, comparisonRequestSchema, comparisonSchema, envelopeSchema, groupedRunsSchema } from '../domain/comparison'
import { conditionalPictureSchema, conditionalRequestSchema } from '../domain/conditional'
import { alignedRestartsSchema, alignmentSchema, mergeTreeSchema } from '../domain/merging'
import {
  applyOutputSchema,
  chainParametersSchema,
  artifactSchema,
  emFrameSchema,
  latentItemSchema,
  codeDensityFiguresSchema,
  latentSummarySchema,
  modelRowsSchema,
  neighboursSchema,
  reconstructionErrorsSchema,
  matrixSchema,
  modelDataSchema,
  noticeSchema,
  picturesSchema,
  runSchema,
  seriesByKeySchema,
  shelfSchema,
  stateSequencesSchema,
  topicSummarySchema,
  imageShapeSchema,
} from '../domain/run'
import { createdArchiveSchema, importedArchiveSchema } from '../domain/archive'
import { exampleSchema } from '../domain/example'
import { generatorSpecSchema, truthSchema } from '../domain/generator'
import { boundCurveSchema, completionSchema, directionSchema, imputationSchema, propagationSchema } from '../domain/inside'
import { inquiryAnswerSchema, inquiryQuestionSchema, inquirySchema } from '../domain/inquiry'
import { columnKeySchema, columnValuesSchema, runSummarySchema, savedViewSchema } from '../domain/run-table'
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
} from '../domain/report'
import { figureQuerySchema } from '../domain/figure-query'
import { selectionRequestSchema, selectionSchema, selectionUnitSchema } from '../domain/selection'
import { preparationSchema } from '../domain/preparation'
import { runSpecSchema } from '../domain/spec'
import { truthScoreSchema } from '../domain/truth-score'
import { parameterValueSchema } from '../domain/search-space'
import { sweepPlanSchema, sweepSchema, trialSchema } from '../domain/sweep'
import { uint8Array } from '../domain/typed-arrays'
import { wayBackSchema } from '../domain/way-back'
import { deviceKindSchema, runtimeNameSchema, settingsSchema } from '../domain/devices'
import { runtimeInfoSchema, systemInfoSchema } from '../domain/system'

/** The only list of methods and events there is. Both transports, the router and the client are made from it. */

const id = z.strictObject({ id: z.string() })
const iteration = z.int().min(0).optional()
/** What a conditional model is told besides a latent: a class, or numbers in the order of its names. */
const condition = z.union([z.string(), z.array(z.number()).min(1).max(10000)])
const none = z.strictObject({})
const nothing = z.null()
const method = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })

const devicesStateSchema = z.object({
  runtimes: z.array(runtimeInfoSchema),
  /** The self-test that is under way. */
  checking: z.object({ runtime: runtimeNameSchema, device: deviceKindSchema, done: z.int(), total: z.int() }).nullable(),
})
export type DevicesState = z.infer<typeof devicesStateSchema>

/** Which report: the template that fits, unless one is named. */
const reportChoice = { language: reportLanguageSchema, template: reportTemplateSchema.optional(), sweep: z.string().nullable().default(null) }

export const methods = {
  'system.info': method(none, systemInfoSchema),

  /** What is known of the devices of this machine; nothing is tried. */
  'devices.list': method(none, devicesStateSchema),
  /** Runs every self-test now, each in a process of its own; resolves when all are done. */
  'devices.probe': method(none, devicesStateSchema),
  'settings.get': method(none, settingsSchema),
  'settings.set': method(settingsSchema, settingsSchema),

  'datasets.list': method(none, z.array(datasetSchema)),
  /** By id or by name. */
  'datasets.get': method(z.strictObject({ dataset: z.string() }), datasetSchema),
  'datasets.page': method(
    z.strictObject({ dataset: z.string(), offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    datasetPageSchema,
  ),
  'datasets.gallery': method(none, z.array(galleryEntrySchema)),
  'datasets.addBundled': method(z.strictObject({ name: z.string() }), datasetSchema),
  /** What a file is taken for; nothing is stored. */
  'datasets.sniff': method(z.strictObject({ path: z.string(), options: importOptionsSchema.prefault({}) }), importPreviewSchema),
  'datasets.import': method(z.strictObject({ path: z.string(), options: importOptionsSchema.prefault({}) }), datasetSchema),
  /** Stops imports of this path that are under way or wait; they end with dataset/import-cancelled and leave nothing. */
  'datasets.cancelImport': method(z.strictObject({ path: z.string() }), nothing),
  /** Data made by known rules, with the truth beside them. */
  'datasets.generate': method(z.strictObject({ spec: generatorSpecSchema, name: z.string().max(200).optional() }), datasetSchema),
  /** What is known of generated data; null for all others. */
  'datasets.truth': method(z.strictObject({ dataset: z.string() }), truthSchema.nullable()),
  /** A stored dataset as a file for other programs, piece by piece: `offset` 0 is its beginning, `next` null its end. */
  'datasets.export': method(
    z.strictObject({ dataset: z.string(), format: datasetFileSchema, offset: z.int().min(0).default(0) }),
    z.object({ bytes: uint8Array, next: z.int().nullable(), rows: z.int() }),
  ),
  /** Stored rows as a model would see them after these steps; nothing is stored. */
  'datasets.seen': method(z.strictObject({ dataset: z.string(), preparation: preparationSchema }), seenRowsSchema),
  'datasets.update': method(
    z.strictObject({
      ...{ dataset: z.string(), name: z.string().min(1).max(200).optional(), description: z.string().max(100_000).optional() },
      tags: z.array(z.string().min(1).max(100)).max(100).optional(),
      preparation: preparationSchema.optional(),
    }),
    datasetSchema,
  ),
  /** Refuses while runs need it, and says which; with `force` they stay without their data. */
  'datasets.remove': method(z.strictObject({ dataset: z.string(), force: z.boolean().default(false) }), nothing),

  /** Ready-made experiments on bundled data. */
  'examples.list': method(none, z.array(exampleSchema)),

  /** Checks a specification as it is being written, against its dataset too. */
  'runs.validate': method(
    z.strictObject({ spec: z.unknown() }),
    z.object({
      /** Resolved, with all defaults; null while it cannot be parsed. */
      spec: runSpecSchema.nullable(),
      issues: z.array(noticeSchema.extend({ path: z.string() })),
    }),
  ),
  'runs.start': method(z.strictObject({ spec: z.unknown() }), runSchema),
  'runs.list': method(
    z.strictObject({
      query: z.string().default(''),
      shelf: shelfSchema.or(z.literal('all')).default('all'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10000).default(10000),
    }),
    z.object({ runs: z.array(runSchema), total: z.int(), matching: z.int() }),
  ),
  'runs.get': method(id, runSchema),
  /** A snapshot: everything stored up to `sequence`; events after it continue it. */
  'runs.open': method(id, z.object({ run: runSchema, series: seriesByKeySchema, sequence: z.int(), artifacts: z.array(artifactSchema) })),
  'runs.metrics': method(z.strictObject({ id: z.string(), key: z.string().optional() }), seriesByKeySchema),
  'runs.cancel': method(id, runSchema),
  'runs.kill': method(id, runSchema),
  'runs.pause': method(id, runSchema),
  /** Lets a paused run go on, or continues an interrupted, failed or cancelled one from its last checkpoint; calmer: with half the learning rate and clipping. */
  'runs.resume': method(z.strictObject({ id: z.string(), calmer: z.boolean().optional() }), runSchema),
  'runs.remove': method(id, nothing),
  'runs.update': method(
    z.strictObject({ id: z.string(), name: z.string().max(200).optional(), tags: z.array(z.string()).optional(), notes: z.string().optional() }),
    runSchema,
  ),
  /** To the archive, to the trash, or back; says where each was, so that it can be undone. */
  'runs.shelve': method(
    z.strictObject({ ids: z.array(z.string()).max(1000000), shelf: shelfSchema }),
    z.object({ moved: z.array(z.object({ id: z.string(), from: shelfSchema })) }),
  ),
  /** Tags of several runs at once. */
  'runs.tag': method(
    z.strictObject({ ids: z.array(z.string()).max(1000000), add: z.array(z.string()).default([]), remove: z.array(z.string()).default([]) }),
    z.array(z.object({ id: z.string(), tags: z.array(z.string()) })),
  ),
  'runs.artifacts': method(id, z.array(artifactSchema)),
  'runs.pictures': method(z.strictObject({ id: z.string(), step: z.number() }), picturesSchema),

  /** What lists and tables need of all runs there are, newest first. */
  'table.summaries': method(none, z.array(runSummarySchema)),
  /** Ids of the runs that match, newest first. */
  'table.match': method(
    z.strictObject({ query: z.string().default(''), shelf: shelfSchema.or(z.literal('all')).default('current') }),
    z.object({ ids: z.array(z.string()) }),
  ),
  /** Columns over all runs there are, oldest first: one value for each id. */
  'table.columns': method(
    z.strictObject({ keys: z.array(columnKeySchema).max(10000) }),
    z.object({ ids: z.array(z.string()), columns: z.array(columnValuesSchema) }),
  ),
  /** Names of the metrics and fields that any run has. */
  'table.names': method(none, z.object({ metrics: z.array(z.string()), parameters: z.array(z.string()) })),
  /** Those of them that are not the same in all runs that match. */
  'table.varying': method(
    z.strictObject({ query: z.string().default(''), shelf: shelfSchema.or(z.literal('all')).default('current') }),
    z.object({ metrics: z.array(z.string()), parameters: z.array(z.string()) }),
  ),
  'views.list': method(none, z.array(savedViewSchema)),
  /** In the place of one of the same name. */
  'views.save': method(savedViewSchema, z.array(savedViewSchema)),
  'views.remove': method(z.strictObject({ name: z.string() }), z.array(savedViewSchema)),

  /** Many fits that answer one question: a grid of models, a test of the number of components, a bootstrap. */
  'selections.start': method(selectionRequestSchema, selectionSchema),
  'selections.list': method(none, z.array(selectionSchema)),
  'selections.get': method(id, selectionSchema),
  /** With what every fit gave; events continue it. */
  'selections.open': method(id, z.object({ selection: selectionSchema, units: z.array(selectionUnitSchema) })),
  'selections.cancel': method(id, selectionSchema),
  /** Fits what is missing of one that did not come to its end. */
  'selections.resume': method(id, selectionSchema),
  'selections.remove': method(id, nothing),

  /** Checks a specification with a sweep as it is being written. */
  'sweeps.validate': method(
    z.strictObject({ spec: z.unknown() }),
    z.object({
      /** With all defaults; null while it cannot be read. */
      plan: sweepPlanSchema.nullable(),
      issues: z.array(noticeSchema.extend({ path: z.string() })),
      /** Different points of the space; null where a range is continuous. */
      points: z.int().nullable(),
      /** Runs of all trials together. */
      runs: z.int().nullable(),
      /** From runs of the same kind on the same data; null where there are none. */
      estimateMs: z.number().nullable(),
    }),
  ),
  'sweeps.start': method(z.strictObject({ spec: z.unknown() }), sweepSchema),
  'sweeps.list': method(none, z.array(sweepSchema)),
  'sweeps.get': method(id, sweepSchema),
  /** With all trials in the order they were proposed; events continue it. */
  'sweeps.open': method(id, z.object({ sweep: sweepSchema, trials: z.array(trialSchema) })),
  /** Lets trials that go on come to their end, and begins no other. */
  'sweeps.pause': method(id, sweepSchema),
  /** Ends trials that go on after their checkpoint; resume continues them. */
  'sweeps.stop': method(id, sweepSchema),
  /** Goes on exactly where it was; with `trials`, so many more. */
  'sweeps.resume': method(z.strictObject({ id: z.string(), trials: z.int().min(0).max(1000000).default(0) }), sweepSchema),
  /** A point of a person, to be tried next. */
  'sweeps.enqueue': method(z.strictObject({ id: z.string(), parameters: z.record(z.string(), parameterValueSchema) }), sweepSchema),
  /** The best trial (or one by its index) once more, with other seeds, as runs of their own. */
  'sweeps.rerun': method(
    z.strictObject({ id: z.string(), trial: z.int().min(0).optional(), seeds: z.array(z.int().min(0).max(4294967295)).min(1).max(100).default([1, 2, 3, 4, 5]) }),
    z.array(runSchema),
  ),
  /** The sweep with its trials; their runs stay. */
  'sweeps.remove': method(id, nothing),

  /** Runs grouped by everything except their seed: what differs, how they end, tests across seeds. */
  'compare.runs': method(comparisonRequestSchema, comparisonSchema),
  /** One metric of several runs, every point, or extremes where a run has more than `most`; runs that lack it are left out. */
  'compare.curves': method(
    z.strictObject({ runs: z.array(z.string()).max(100000), key: z.string(), most: z.int().min(16).optional() }),
    z.array(comparedCurveSchema),
  ),
  /** One metric of groups of runs, over every point of every run. */
  'compare.envelopes': method(z.strictObject({ groups: z.array(z.array(z.string())).max(100000), key: z.string() }), z.array(envelopeSchema)),
  'compare.pictures': method(z.strictObject({ runs: z.array(z.string()).max(100000) }), commonPicturesSchema),
  /** What they show at such an epoch (without one, the last), as a PNG for each run: inputs, reconstructions and samples in rows. */
  'compare.sheets': method(
    z.strictObject({ runs: z.array(z.string()).max(1000), step: z.number().optional() }),
    z.object({ step: z.number(), sheets: z.array(z.object({ id: z.string(), png: uint8Array })) }),
  ),
  /** All runs that match, by the values of some fields, or (null) by everything except the seed. Newest first. */
  'compare.groups': method(
    z.strictObject({
      query: z.string().default(''),
      shelf: shelfSchema.or(z.literal('all')).default('current'),
      by: z.array(z.string()).min(1).nullable().default(null),
      /** Figures that are wanted; without it, all. */
      metrics: z.array(z.string()).optional(),
      confidence: z.number().gt(0).lt(1).default(0.95),
    }),
    z.array(groupedRunsSchema),
  ),

  /** Questions about a fitted run that take long; each is answered by a process of its own, and the answer is kept. */
  'inquiries.start': method(z.strictObject({ run: z.string(), question: inquiryQuestionSchema }), inquirySchema),
  'inquiries.list': method(z.strictObject({ run: z.string().optional() }), z.array(inquirySchema)),
  /** Answer: null until there is one. */
  'inquiries.get': method(id, z.object({ inquiry: inquirySchema, answer: inquiryAnswerSchema.nullable() })),
  'inquiries.cancel': method(id, inquirySchema),
  'inquiries.remove': method(id, nothing),

  /** Looking inside a fitted run; computed by one warm worker process. Checkpoint: the best where there is one. */
  /** iteration: what the model would have told had the fit ended there. */
  'inspect.params': method(z.strictObject({ id: z.string(), iteration }), z.record(z.string(), z.unknown())),
  /** The iterations whose parameters are kept, ascending, each with its bound; none of what was not fitted by iterations. Mixtures have frames instead. */
  'inspect.iterations': method(id, z.array(z.object({ iteration: z.int(), bound: emFrameSchema.shape.bound }))),
  /** A fit held against the truth of its generated data. */
  'inspect.score': method(id, truthScoreSchema),
  'inspect.data': method(id, modelDataSchema),
  /** From the units that the model saw to those of the file. */
  'inspect.wayBack': method(id, wayBackSchema),
  'inspect.emFrame': method(z.strictObject({ id: z.string(), iteration: z.int().min(0) }), emFrameSchema),
  'inspect.restarts': method(
    id,
    z.array(
      z.object({
        index: z.int(),
        /** What kind of start it had; absent where there is one kind only. */
        origin: z.string().optional(),
        iterations: z.int(),
        logLikelihood: z.number().nullable(),
        converged: z.boolean(),
        spurious: z.boolean(),
        chosen: z.boolean(),
        trace: z.array(z.number().nullable()),
      }),
    ),
  ),
  /** Starts of a mixture that were compared after some iterations and did not go on to the end, and moves that led nowhere. */
  'inspect.givenUp': method(
    id,
    z.array(
      z.object({
        origin: z.string(),
        /** It fell behind; stood as high as a restart that went on; collapsed; or became spurious. */
        fate: z.enum(['behind', 'same', 'collapsed', 'spurious']),
        /** The restart that it stood as high as. */
        restart: z.int().nullable(),
        trace: z.array(z.number().nullable()),
      }),
    ),
  ),
  /** log p and its lower bound along a line through the parameters of an iteration of EM. */
  'inspect.boundCurve': method(z.strictObject({ id: z.string(), iteration: z.int().min(0), direction: directionSchema }), boundCurveSchema),
  /** The rows of the run's dataset that lack entries, filled in. */
  'inspect.imputation': method(id, imputationSchema),
  /** Rows of the run's dataset whose entries `hidden` the model has to guess. */
  'inspect.completion': method(
    z.strictObject({ id: z.string(), rows: z.array(z.int().min(0)).min(1).max(64), hidden: z.array(z.int().min(0)) }),
    completionSchema,
  ),
  'inspect.propagation': method(id, propagationSchema),
  'inspect.latents': method(id, latentSummarySchema),
  'inspect.modelRows': method(z.strictObject({ id: z.string(), rows: z.array(z.int().min(0)).min(1).max(4096) }), modelRowsSchema),
  'inspect.neighbours': method(
    z.strictObject({
      id: z.string(),
      of: z.union([z.strictObject({ row: z.int().min(0) }), z.strictObject({ latent: z.array(z.number()) })]),
      count: z.int().min(1).max(1000).default(8),
    }),
    neighboursSchema,
  ),
  'inspect.reconstructionErrors': method(id, reconstructionErrorsSchema),
  'inspect.item': method(z.strictObject({ id: z.string(), row: z.int().min(0) }), latentItemSchema),
  'inspect.decode': method(
    z.strictObject({ id: z.string(), latent: z.array(z.array(z.number())).min(1).max(4096), condition: condition.optional() }),
    z.object({ rows: matrixSchema, imageShape: imageShapeSchema.nullable() }),
  ),
  /** Topics with as many of their most probable terms as asked for. */
  'inspect.topics': method(z.strictObject({ id: z.string(), words: z.int().min(1).max(100000).default(10), iteration }), topicSummarySchema),
  /** Hidden states over time, and a forecast; dataset: id or name, without it the run's own. */
  'inspect.states': method(
    z.strictObject({
      id: z.string(),
      dataset: z.string().optional(),
      horizon: z.int().min(0).max(10000).default(10),
      parameters: chainParametersSchema.optional(),
      iteration,
    }),
    stateSequencesSchema,
  ),
  'inspect.sample': method(
    z.strictObject({
      id: z.string(),
      count: z.int().min(1).max(1000000),
      seed: z.int().min(0).max(4294967295).default(0),
      condition: condition.optional(),
      /** Codes from a mixture of so many Gaussians, fitted to the codes of the training rows, and not from the prior. */
      fitted: z.int().min(1).max(1000).optional(),
    }),
    z.object({ rows: matrixSchema, imageShape: imageShapeSchema.nullable(), density: codeDensityFiguresSchema.optional() }),
  ),
  /** Writes encoder and decoder, or the density, as ONNX files in the units the model saw; out: a file ending in .onnx, or a folder. */
  'inspect.exportOnnx': method(z.strictObject({ id: z.string(), out: z.string().min(1) }), z.object({ out: z.array(z.string()) })),
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
  /** dataset: id or name; without it, the run's own. */
  'inspect.apply': method(
    z.strictObject({
      id: z.string(),
      dataset: z.string().optional(),
      output: applyOutputSchema,
      /** Of `conditional`: the columns that are known, and those that are asked about; without these, all others. */
      given: z.array(z.string()).optional(),
      target: z.array(z.string()).optional(),
      iteration,
    }),
    matrixSchema,
  ),
  /** Density of one or two columns of a mixture over their range, given values of others. */
  'inspect.conditional': method(conditionalRequestSchema, conditionalPictureSchema),
  /** Components merged into clusters, one pair at a time, by the entropy of the classification. */
  'inspect.merges': method(id, mergeTreeSchema),
  /** Components of two fitted mixtures side by side. */
  'inspect.alignment': method(z.strictObject({ id: z.string(), other: z.string() }), alignmentSchema),
  /** Restarts whose ends are kept, with components in the order of the chosen one. */
  'inspect.alignedRestarts': method(id, alignedRestartsSchema),
} as const

const point = z.object({ key: z.string(), step: z.number(), value: z.number().nullable() })
export type MetricPoint = z.infer<typeof point>

export const events = {
  'run.changed': z.object({ run: runSchema }),
  'run.removed': z.object({ id: z.string() }),
  /** Several runs at once were put on another shelf. */
  'runs.shelved': z.object({ ids: z.array(z.string()), shelf: shelfSchema }),
  /** Stored before it is told. `sequence` counts the batches of a run from 1. */
  'run.metrics': z.object({ id: z.string(), sequence: z.int(), points: z.array(point) }),
  /** A resume dropped the points of these keys with a step above afterStep; counts as a batch. */
  'run.rewound': z.object({ id: z.string(), sequence: z.int(), keys: z.array(z.string()), afterStep: z.number() }),
  'run.artifact': z.object({ id: z.string(), artifact: artifactSchema }),
  'selection.changed': z.object({ selection: selectionSchema }),
  'selection.removed': z.object({ id: z.string() }),
  /** Stored before it is told. */
  'selection.units': z.object({ id: z.string(), units: z.array(selectionUnitSchema) }),
  'sweep.changed': z.object({ sweep: sweepSchema }),
  'sweep.removed': z.object({ id: z.string() }),
  /** Stored before it is told. */
  'trial.changed': z.object({ sweep: z.string(), trial: trialSchema }),
  'inquiry.changed': z.object({ inquiry: inquirySchema }),
  'inquiry.removed': z.object({ id: z.string() }),
  'report.changed': z.object({ report: reportSchema }),
  'report.removed': z.object({ id: z.string() }),
  'dataset.changed': z.object({ dataset: datasetSchema }),
  'dataset.removed': z.object({ id: z.string() }),
  'devices.changed': devicesStateSchema,
  'settings.changed': z.object({ settings: settingsSchema }),
  'import.progress': z.object({ path: z.string(), fraction: z.number(), etaMs: z.number().nullable() }),
} as const

export type Methods = typeof methods
export type MethodName = keyof Methods
export type MethodInput<M extends MethodName> = z.input<Methods[M]['input']>
export type MethodOutput<M extends MethodName> = z.output<Methods[M]['output']>

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>
export type HostEvent = { [E in EventName]: { name: E; payload: EventPayload<E> } }[EventName]
