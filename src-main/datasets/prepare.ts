import type { Dataset } from '@shared/domain/dataset'
import type { PreprocessStep, Split } from '@shared/domain/spec'
import type { RandomKey } from '@shared/math/random'
import { type ChosenRows, type InSteps, type RowBlocks, atOnce, blocksInMemory, chosenInMemory } from '@shared/math/row-blocks'
import { sharedFloat64 } from '@shared/math/shared-memory'
import { AppError } from '@shared/rpc/errors'
import { columnsAfter, keepsPlaces, namesAfter } from './change-columns'
import { type SplitRows, splitRows } from './split'
import { splitSequences } from './split-sequences'
import { applyDeterministic, fitTransform, type FittedTransform, levelWidths, type Precision, type RawValues, transformSelected, type Values } from './transform'

export type { FittedTransform } from './transform'

export interface Part {
  rows: number
  /** Rows of the dataset, ascending. */
  rowIndex: Int32Array
  labels: Int32Array | null
  /** The rows after preprocessing. */
  blocks: RowBlocks
}

export interface PreparedPart extends Part {
  /** Row-major [rows, features]. */
  features: Values
}

export interface Parts<P extends Part> {
  /** Columns after preprocessing. */
  features: number
  featureNames: string[]
  imageShape: [number, number, number] | null
  classes: string[] | null
  train: P
  validation: P | null
  test: P | null
  transform: FittedTransform
}

export interface PreparedData extends Parts<PreparedPart> {
  /** train.features are probabilities to be binarized afresh for each batch; validation and test already are, once, from the split's seed. */
  binarizeEachBatch: boolean
  /** Where values are dequantized: how wide a level is in each column. train.features are the middles, to be spread afresh for each batch. */
  levelWidths: Float64Array | null
}

/** Data whose rows stay on disk. */
export interface StreamedData extends Parts<Part> {
  /** Any rows of the dataset, ascending, after preprocessing. */
  rowsAt(rowIndex: Int32Array): RowBlocks
}

interface Preparation {
  split: Split
  preprocess: PreprocessStep[]
  /** Of a model of sequences, the column that tells them apart. */
  model?: { kind: string; sequence?: string | undefined }
}

/**
 * Splits the rows, fits the preprocessing on the training part and applies it to all parts.
 *
 * @param shared  in float64, training rows lie in memory that threads can share
 */
export function prepareData(
  dataset: Dataset,
  arrays: { features: RawValues; labels: Int32Array | null },
  spec: Preparation,
  precision: Precision,
  { shared: inShared = false } = {},
): PreparedData {
  const { columns, ...given } = describe(dataset)
  const rows = spec.model?.kind === 'hmm' ? sequenceRows(dataset, arrays, spec.split, spec.model.sequence) : partRows(dataset, spec.split, () => arrays.labels)
  const raw = chosenInMemory(arrays.features, columns)
  const transform = atOnce(fitTransform(spec.preprocess, { dataset, featureNames: given.featureNames, raw, rows: rows.train }))
  const shared = seenBy(given, transform)
  const { length: features } = shared.featureNames
  const part = (rowIndex: Int32Array, binarizeKey: RandomKey | null, out?: Float64Array): PreparedPart => {
    const values = transformSelected({ transform, raw: arrays.features, rows: rowIndex, columns, precision, binarizeKey, ...(out && { out }) })
    const labels = arrays.labels ? rowIndex.map((row) => arrays.labels![row]!) : null
    return { rows: rowIndex.length, rowIndex, features: values, labels, blocks: blocksInMemory(values, features) }
  }
  const heldOut = (rowIndex: Int32Array, name: string): PreparedPart | null =>
    rowIndex.length === 0 ? null : part(rowIndex, { seed: spec.split.seed, stream: `binarize/${name}` })
  return {
    features,
    ...shared,
    train: part(rows.train, null, inShared && precision === 'float64' ? sharedFloat64(rows.train.length * features) : undefined),
    validation: heldOut(rows.validation, 'validation'),
    test: heldOut(rows.test, 'test'),
    transform,
    binarizeEachBatch: transform.steps.at(-1)?.kind === 'stochastic-binarize',
    levelWidths: levelWidths(transform, columns),
  }
}

/**
 * As above, with rows that stay where they are: every walk over a part reads and transforms them anew.
 *
 * @param known  a transform that was fitted before
 */
export function* streamData(
  dataset: Dataset,
  source: { raw: ChosenRows; labels(): Int32Array | null },
  spec: Preparation,
  known: FittedTransform | null = null,
): InSteps<StreamedData> {
  const { columns: _columns, ...given } = describe(dataset)
  const rows = partRows(dataset, spec.split, source.labels)
  const { raw } = source
  const transform = known ?? (yield* fitTransform(spec.preprocess, { dataset, featureNames: given.featureNames, raw, rows: rows.train }))
  const shared = seenBy(given, transform)
  const rowsAt = (rowIndex: Int32Array): RowBlocks => transformedBlocks(transform, raw, rowIndex)
  const part = (rowIndex: Int32Array): Part => ({
    rows: rowIndex.length,
    rowIndex,
    get labels() {
      const labels = source.labels()
      return labels && (rowIndex.length === labels.length ? labels : rowIndex.map((row) => labels[row]!))
    },
    blocks: rowsAt(rowIndex),
  })
  const heldOut = (rowIndex: Int32Array): Part | null => (rowIndex.length === 0 ? null : part(rowIndex))
  return {
    features: shared.featureNames.length,
    ...shared,
    train: part(rows.train),
    validation: heldOut(rows.validation),
    test: heldOut(rows.test),
    transform,
    rowsAt,
  }
}

/** Chosen rows after a fitted transform, which binarizes by a threshold if at all. */
export function transformedBlocks({ steps }: FittedTransform, raw: ChosenRows, rowIndex: Int32Array): RowBlocks {
  if (steps.some(({ kind }) => kind === 'stochastic-binarize' || kind === 'dequantize')) throw new Error('rows that are read anew cannot be changed at random')
  return {
    rows: rowIndex.length,
    columns: columnsAfter(steps, raw.columns),
    *walk(limit) {
      for (const block of raw.walk(rowIndex, limit)) yield applyDeterministic(steps, block, raw.columns)
    },
  }
}

function describe(dataset: Dataset) {
  const featureNames = featureNamesOf(dataset)
  if (featureNames.length === 0) throw new AppError('spec/no-features', { dataset: dataset.name })
  return { columns: featureNames.length, featureNames, imageShape: imageShapeOf(dataset), classes: dataset.classes }
}

/** Names and shape of what a transform makes of the columns. */
const seenBy = <G extends Pick<Parts<Part>, 'featureNames' | 'imageShape'>>(given: G, { steps }: FittedTransform): G => ({
  ...given,
  featureNames: namesAfter(steps, given.featureNames),
  imageShape: keepsPlaces(steps) ? given.imageShape : null,
})

function partRows(dataset: Dataset, split: Split, labels: () => Int32Array | null): SplitRows {
  return requireTraining(dataset, splitRows(dataset, split, labels))
}

/** Rows of models of sequences; what tells sequences apart is a feature or the label. */
function sequenceRows(dataset: Dataset, { features, labels }: { features: RawValues; labels: Int32Array | null }, split: Split, sequence: string | undefined): SplitRows {
  const names = featureNamesOf(dataset)
  const at = sequence === undefined ? -1 : names.indexOf(sequence)
  const byLabel = dataset.columns.some(({ role, name }) => role === 'label' && name === sequence) ? labels : null
  const byFeature = at < 0 ? null : Float64Array.from({ length: dataset.rows }, (_, row) => features[row * names.length + at]!)
  return requireTraining(dataset, splitSequences(dataset, split, byFeature ?? byLabel))
}

function requireTraining(dataset: Dataset, rows: SplitRows): SplitRows {
  if (rows.train.length === 0) throw new AppError('spec/no-rows', { part: 'train', rows: dataset.rows })
  return rows
}

/** Applies a fitted transform to other rows; stochastic binarization is done once, from the seed. */
export function transformRows(
  transform: FittedTransform,
  raw: RawValues,
  rows: number,
  precision: Precision,
  seed = 0,
): Values {
  const all = Int32Array.from({ length: rows }, (_, index) => index)
  return transformSelected({ transform, raw, rows: all, columns: raw.length / rows, precision, binarizeKey: { seed, stream: 'apply' } })
}

export function imageShapeOf(dataset: Dataset): [number, number, number] | null {
  const [, height = 0, width = 0, channels = 1] = dataset.shape
  return dataset.kind === 'images' ? [height, width, channels] : null
}

/** The feature columns of a table; for images "pixel row,column" (and channel). */
export function featureNamesOf(dataset: Dataset): string[] {
  const shape = imageShapeOf(dataset)
  if (!shape) return dataset.columns.filter((column) => column.role === 'feature').map((column) => column.name)
  const [height, width, channels] = shape
  return Array.from({ length: height * width * channels }, (_, index) => {
    const pixel = Math.floor(index / channels)
    const place = `pixel ${Math.floor(pixel / width)},${pixel % width}`
    return channels === 1 ? place : `${place},${index % channels}`
  })
}
