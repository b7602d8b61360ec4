import { z } from 'zod'
import {
  datasetFileSchema,
  datasetPageSchema,
  datasetSchema,
  galleryEntrySchema,
  importOptionsSchema,
  importPreviewSchema,
  seenRowsSchema,
} from '../../domain/dataset'
import { generatorSpecSchema, truthSchema } from '../../domain/generator'
import { preparationSchema } from '../../domain/preparation'
import { uint8Array } from '../../domain/typed-arrays'
import { method, none, nothing } from './words'

/** Of stored data. */
export const datasetMethods = {
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
}
