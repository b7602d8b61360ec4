import { z } from 'zod'
import { conditionalPictureSchema, conditionalRequestSchema } from '../../domain/conditional'
import { inquiryAnswerSchema, inquiryQuestionSchema, inquirySchema } from '../../domain/inquiry'
import { boundCurveSchema, completionSchema, directionSchema, imputationSchema, propagationSchema } from '../../domain/inside'
import { alignedRestartsSchema, alignmentSchema, mergeTreeSchema } from '../../domain/merging'
import {
  applyOutputSchema,
  chainParametersSchema,
  codeDensityFiguresSchema,
  emFrameSchema,
  imageShapeSchema,
  latentItemSchema,
  latentSummarySchema,
  matrixSchema,
  modelDataSchema,
  modelRowsSchema,
  neighboursSchema,
  reconstructionErrorsSchema,
  stateSequencesSchema,
  topicSummarySchema,
} from '../../domain/run'
import { truthScoreSchema } from '../../domain/truth-score'
import { wayBackSchema } from '../../domain/way-back'
import { id, method, nothing } from './words'

const iteration = z.int().min(0).optional()
/** What a conditional model is told besides a latent: a class, or numbers in the order of its names. */
const condition = z.union([z.string(), z.array(z.number()).min(1).max(10000)])

/** Of what is inside a run: questions that take long, and those answered at once. */
export const insideMethods = {
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
}
