import { z } from 'zod'
import { datasetSchema } from './dataset'
import { inquiryAnswerSchema, inquirySchema } from './inquiry'
import { reportSchema } from './report'
import { artifactSchema, runSchema, seriesByKeySchema } from './run'
import { selectionSchema, selectionUnitSchema } from './selection'
import { sweepSchema, trialSchema } from './sweep'

/*
 * An archive is a zip with `archive.json`, which names every other file in it with its size and SHA-256:
 *   datasets/ID/dataset.json and the arrays beside it      runs/ID/run.json, checkpoints and artifacts
 *   sweeps/ID.json    selections/ID.json    reports/ID.json
 */

export const archiveManifestSchema = z.object({
  format: z.literal('latent-archive'),
  version: z.int(),
  app: z.string(),
  createdAt: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
})
export type ArchiveManifest = z.infer<typeof archiveManifestSchema>
/** The one that is written; a higher one is of a newer workbench. */
export const archiveVersion = 1

const readableSpec = z.looseObject({ dataset: z.string(), seed: z.number(), model: z.looseObject({ kind: z.string() }) })
// A specification of another version may lack fields that came later; the rest of a run is checked. Its fields stay in the order they were written in.
export const archivedRunSchema = z.object({
  run: runSchema.extend({ spec: z.custom<z.output<typeof readableSpec>>((spec) => readableSpec.safeParse(spec).success) }),
  series: seriesByKeySchema,
  artifacts: z.array(artifactSchema),
  inquiries: z.array(z.object({ inquiry: inquirySchema, answer: inquiryAnswerSchema.nullable() })),
})
export const archivedDatasetSchema = datasetSchema
export const archivedSweepSchema = z.object({ sweep: sweepSchema.omit({ counts: true, best: true, bestValue: true, etaMs: true }), trials: z.array(trialSchema) })
export const archivedSelectionSchema = z.object({ selection: selectionSchema, units: z.array(selectionUnitSchema) })
export const archivedReportSchema = reportSchema

const counts = z.object({ datasets: z.int(), runs: z.int(), sweeps: z.int(), selections: z.int(), reports: z.int() })
export type ArchiveCounts = z.infer<typeof counts>

export const createdArchiveSchema = z.object({
  out: z.string(),
  bytes: z.int(),
  contents: counts,
  /** Runs that go on and are therefore not in it. */
  leftOut: z.array(z.string()),
})
export type CreatedArchive = z.infer<typeof createdArchiveSchema>

export const importedArchiveSchema = z.object({
  added: counts,
  /** What was there already, byte for byte the same experiment. */
  present: counts,
  /** Runs, in the order of the archive, with the id they have here: another one where theirs was taken by another run. */
  runs: z.array(z.object({ id: z.string(), from: z.string(), isNew: z.boolean() })),
})
export type ImportedArchive = z.infer<typeof importedArchiveSchema>
