import { z } from 'zod'
import { disentanglingOptionsSchema, disentanglingSchema } from './disentangling'
import { estimatorBenchOptionsSchema, estimatorBenchSchema } from './estimator-bench'
import { embeddingOptionsSchema, embeddingSchema } from './embedding'
import { evidenceOptionsSchema, evidenceSchema } from './evidence'
import { gapsOptionsSchema, gapsSchema } from './gaps'
import { probeOptionsSchema, probingSchema } from './probing'
import { noticeSchema, progressSchema } from './run'

/*
 * An inquiry is a question about a fitted run that takes long to answer: it has a process of its own, progress, and an answer that is kept.
 * A new kind of question has a row in both unions here, and one in `worker/inquire`.
 */

export const inquiryQuestionSchema = z.discriminatedUnion('kind', [
  /** How well log p(x) is known; dataset: id or name, without it the run's own. */
  z.strictObject({ kind: z.literal('evidence'), dataset: z.string().optional(), options: evidenceOptionsSchema }),
  /** What the run's codes give away of the classes. */
  z.strictObject({ kind: z.literal('probe'), dataset: z.undefined().optional(), options: probeOptionsSchema }),
  /** Where the bound loses what it lacks to log p(x). */
  z.strictObject({ kind: z.literal('gaps'), dataset: z.undefined().optional(), options: gapsOptionsSchema }),
  /** Do the run's codes stand each for one factor; dataset: its columns are the factors of the run's rows, without it the classes are one. */
  z.strictObject({ kind: z.literal('disentangle'), dataset: z.string().optional(), options: disentanglingOptionsSchema }),
  /** Bias and scatter of gradient estimators on the run's model. */
  z.strictObject({ kind: z.literal('estimators'), dataset: z.undefined().optional(), options: estimatorBenchOptionsSchema }),
  /** A flat picture of the run's codes that keeps neighbours together. */
  z.strictObject({ kind: z.literal('embedding'), dataset: z.undefined().optional(), options: embeddingOptionsSchema }),
])
export type InquiryQuestion = z.infer<typeof inquiryQuestionSchema>
export type InquiryKind = InquiryQuestion['kind']

export const inquiryAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('evidence'), evidence: evidenceSchema }),
  z.object({ kind: z.literal('probe'), probing: probingSchema }),
  z.object({ kind: z.literal('gaps'), gaps: gapsSchema }),
  z.object({ kind: z.literal('disentangle'), disentangling: disentanglingSchema }),
  z.object({ kind: z.literal('estimators'), bench: estimatorBenchSchema }),
  z.object({ kind: z.literal('embedding'), embedding: embeddingSchema }),
])
export type InquiryAnswer = z.infer<typeof inquiryAnswerSchema>

export const inquiryStatusSchema = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted'])
export type InquiryStatus = z.infer<typeof inquiryStatusSchema>

export const inquirySchema = z.object({
  id: z.string(),
  runId: z.string(),
  runName: z.string(),
  datasetName: z.string(),
  question: inquiryQuestionSchema,
  status: inquiryStatusSchema,
  progress: progressSchema.nullable(),
  error: noticeSchema.nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
})
export type Inquiry = z.infer<typeof inquirySchema>

export const isOver = ({ status }: Pick<Inquiry, 'status'>): boolean => status !== 'queued' && status !== 'running'
