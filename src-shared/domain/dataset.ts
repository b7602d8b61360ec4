import { z } from 'zod'
import { truthSummarySchema } from './generator'
import { noticeSchema } from './notice'
import { preparationSchema } from './preparation'
import { float32Array, uint8Array } from './typed-arrays'

export const columnTypeSchema = z.enum(['real', 'integer', 'category', 'text', 'pixels'])
export type ColumnType = z.infer<typeof columnTypeSchema>

export const columnRoleSchema = z.enum(['feature', 'label', 'id', 'ignore'])
export type ColumnRole = z.infer<typeof columnRoleSchema>

export const columnSchema = z.object({
  name: z.string(),
  type: columnTypeSchema,
  role: columnRoleSchema,
  /** Number of rows without a value. */
  missing: z.int().nonnegative(),
  /** Of a feature of category type: the names that its codes 0, 1, … stand for. */
  categories: z.array(z.string()).optional(),
  /** Present for numeric columns with at least one value. */
  summary: z
    .object({ minimum: z.number(), maximum: z.number(), mean: z.number(), standardDeviation: z.number(), histogram: z.array(z.int()) })
    .optional(),
})
export type Column = z.infer<typeof columnSchema>

/** A contiguous range of rows that came as one file, e.g. the test images of MNIST. */
export const datasetPartSchema = z.object({ name: z.enum(['train', 'test']), start: z.int(), rows: z.int() })
export type DatasetPart = z.infer<typeof datasetPartSchema>

/** How the bytes of a file were read. */
export const dataFormatSchema = z.enum(
  ['csv', 'tsv', 'idx', 'npy', 'npz', 'parquet', 'arrow', 'jsonl', 'arff', 'excel', 'matlab', 'hdf5', 'sqlite', 'images', 'text', 'generated'],
)
export type DataFormat = z.infer<typeof dataFormatSchema>

export const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  format: dataFormatSchema,
  kind: z.enum(['table', 'images']),
  rows: z.int(),
  columns: z.array(columnSchema),
  /** [rows, features] for tables; [rows, height, width, channels] for images. */
  shape: z.array(z.int()),
  parts: z.array(datasetPartSchema),
  /** Names of the classes of the label column, in the order of their codes 0, 1, …; null without labels. */
  classes: z.array(z.string()).nullable(),
  /** For images: the range of raw pixel values, e.g. [0, 255]; null for tables. */
  valueRange: z.tuple([z.number(), z.number()]).nullable(),
  /** Hash of the parsed arrays with names and roles: equal data has an equal hash, whatever file it came from. */
  sha256: z.string(),
  source: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
  /** Pictures of a folder that could not be read, with the reason; where the reason is one of ours, in a form that every language can say. */
  leftOut: z.array(z.object({ path: z.string(), why: z.string(), notice: noticeSchema.optional() })).optional(),
  /** Of generated data: what made them, and what is known of them. */
  truth: truthSummarySchema.optional(),
  tags: z.array(z.string()).optional(),
  preparation: preparationSchema.optional(),
  /** Name in the gallery of bundled data, or null. */
  bundled: z.string().nullable(),
  description: z.string(),
  createdAt: z.string(),
})
export type Dataset = z.infer<typeof datasetSchema>

export const importOptionsSchema = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  /** Kept with the dataset; what is stored of it stays as it was read. */
  preparation: preparationSchema.optional(),
  format: dataFormatSchema.exclude(['generated']).optional(),
  /** What of a file that holds several things: an array, a sheet, a table. */
  member: z.string().min(1).optional(),
  /** The thing in the same file that holds the classes of the rows; '' is none. */
  labels: z.string().optional(),
  /** Images: side of the square that pictures are brought to, by cropping to their middle; without it, all must have one size. */
  side: z.int().min(1).max(4096).optional(),
  /** Images: one channel of brightness instead of three of colour. */
  grey: z.boolean().optional(),
  delimiter: z.string().length(1).optional(),
  header: z.boolean().optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'gb18030']).optional(),
  decimal: z.enum(['point', 'comma']).optional(),
  /** Whether lines that begin with # are left out. */
  comments: z.boolean().optional(),
  /** Texts that mean a missing value, besides NA, N/A, NaN, null, ? and nothing. */
  /** Documents: terms of fewer documents are left out. */
  minDocuments: z.int().min(1).max(1_000_000).optional(),
  missingMarks: z.array(z.string().min(1).max(100)).max(100).optional(),
  /** Column that names the class of a row; '' is none, also where a column looks like one. */
  label: z.string().optional(),
  ignore: z.array(z.string()).optional(),
  /** Columns that only tell rows apart. */
  ids: z.array(z.string()).optional(),
  /** Column that says of each row whether it is of the train or of the test part; test rows are put last. */
  partColumn: z.string().min(1).optional(),
  /** Columns of names that are kept as features: codes 0, 1, … in the natural order of the names. */
  categorical: z.array(z.string()).optional(),
  /** Rows with missing values: keep them (as NaN) or drop them. Without a choice, missing values are an error. */
  missing: z.enum(['keep', 'drop']).optional(),
})
export type ImportOptions = z.infer<typeof importOptionsSchema>

/** The first training rows as a model would see them, fitted on as many rows as were looked at. */
export const seenRowsSchema = z.object({
  featureNames: z.array(z.string()),
  imageShape: z.tuple([z.int(), z.int(), z.int()]).nullable(),
  /** [rows, features], row-major. */
  values: float32Array,
  rows: z.int(),
  labels: z.array(z.string().nullable()).nullable(),
  /** Rows that the steps were fitted on, and whether these are all training rows. */
  fittedOn: z.int(),
  complete: z.boolean(),
  problem: noticeSchema.nullable(),
})
export type SeenRows = z.infer<typeof seenRowsSchema>

/** What a file was taken for, before it is imported. */
export const importPreviewSchema = z.object({
  path: z.string(),
  format: dataFormatSchema,
  kind: z.enum(['table', 'images']),
  /** What the file holds, where it can hold several things, and which of it is shown. */
  members: z.array(z.object({ name: z.string(), about: z.string() })),
  member: z.string().nullable(),
  delimiter: z.string().nullable(),
  header: z.boolean().nullable(),
  suggestedName: z.string(),
  bytes: z.int(),
  columns: z.array(columnSchema),
  /** First rows as text, as they stand in the file; empty for images. */
  rows: z.array(z.array(z.string())),
  shape: z.array(z.int()).nullable(),
  /** Rows that types, missing counts and summaries are made from; `complete` when these are all. */
  rowsRead: z.int(),
  complete: z.boolean(),
  encoding: z.string().nullable(),
  decimal: z.enum(['point', 'comma']).nullable(),
  comments: z.boolean().nullable(),
  /** The first images: raw bytes, images·height·width·channels. */
  pictures: z.object({ pixels: uint8Array, shape: z.tuple([z.int(), z.int(), z.int()]) }).nullable(),
  /** Of a folder of pictures: how many there are of each size, among the first `sizesOf`. */
  sizes: z.array(z.object({ height: z.int(), width: z.int(), count: z.int() })),
  sizesOf: z.int(),
  seen: seenRowsSchema.nullable(),
  /** Says what would stop the import, or null. */
  problem: noticeSchema.nullable(),
})
export type ImportPreview = z.infer<typeof importPreviewSchema>

/** A page of a stored dataset: numbers of the feature columns for tables, raw pixels for images. */
export const datasetPageSchema = z.object({
  offset: z.int(),
  total: z.int(),
  /** Tables: [rows][features] of the feature columns. Images: empty. */
  rows: z.array(z.array(z.number().nullable())),
  featureNames: z.array(z.string()),
  labels: z.array(z.string().nullable()).nullable(),
  /** Images: raw bytes, rows·height·width·channels. */
  pixels: uint8Array.nullable(),
  imageShape: z.tuple([z.int(), z.int(), z.int()]).nullable(),
})
export type DatasetPage = z.infer<typeof datasetPageSchema>

/** As what a stored dataset can leave. */
export const datasetFileSchema = z.enum(['csv', 'npy'])
export type DatasetFile = z.infer<typeof datasetFileSchema>

export const galleryEntrySchema = z.object({
  name: z.string(),
  title: z.object({ en: z.string(), zh: z.string() }),
  description: z.object({ en: z.string(), zh: z.string() }),
  licence: z.string(),
  rows: z.int(),
  shape: z.array(z.int()),
  /** Id of the dataset, once it has been added. */
  datasetId: z.string().nullable(),
})
export type GalleryEntry = z.infer<typeof galleryEntrySchema>
