import type { Dataset } from '@shared/domain/dataset'
import type { PreprocessStep, Split } from '@shared/domain/spec'
import type { RandomKey } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import { splitRows } from './split'
import { fitTransform, type FittedTransform, type Precision, type RawValues, transformSelected, type Values } from './transform'

export type { FittedTransform } from './transform'

export interface PreparedPart {
  rows: number
  /** Rows of the dataset, ascending. */
  rowIndex: Int32Array
  /** Row-major [rows, features]. */
  features: Values
  labels: Int32Array | null
}

export interface PreparedData {
  features: number
  featureNames: string[]
  imageShape: [number, number, number] | null
  classes: string[] | null
  train: PreparedPart
  validation: PreparedPart | null
  test: PreparedPart | null
  transform: FittedTransform
  /** train.features are probabilities to be binarized afresh for each batch; validation and test already are, once, from the split's seed. */
  binarizeEachBatch: boolean
}

/** Splits the rows, fits the preprocessing on the training part and applies it to all parts. */
export function prepareData(
  dataset: Dataset,
  arrays: { features: RawValues; labels: Int32Array | null },
  spec: { split: Split; preprocess: PreprocessStep[] },
  precision: Precision,
): PreparedData {
  const featureNames = featureNamesOf(dataset)
  if (featureNames.length === 0) throw new AppError('spec/no-features', { dataset: dataset.name })
  const rows = splitRows(dataset, spec.split)
  if (rows.train.length === 0) throw new AppError('spec/no-rows', { part: 'train', rows: dataset.rows })
  const transform = fitTransform(spec.preprocess, { dataset, featureNames, raw: arrays.features, rows: rows.train })
  const part = (rowIndex: Int32Array, binarizeKey: RandomKey | null): PreparedPart => ({
    rows: rowIndex.length,
    rowIndex,
    features: transformSelected({ transform, raw: arrays.features, rows: rowIndex, features: featureNames.length, precision, binarizeKey }),
    labels: arrays.labels ? rowIndex.map((row) => arrays.labels![row]!) : null,
  })
  const heldOut = (rowIndex: Int32Array, name: string): PreparedPart | null =>
    rowIndex.length === 0 ? null : part(rowIndex, { seed: spec.split.seed, stream: `binarize/${name}` })
  return {
    features: featureNames.length,
    featureNames,
    imageShape: imageShapeOf(dataset),
    classes: dataset.classes,
    train: part(rows.train, null),
    validation: heldOut(rows.validation, 'validation'),
    test: heldOut(rows.test, 'test'),
    transform,
    binarizeEachBatch: transform.steps.at(-1)?.kind === 'stochastic-binarize',
  }
}

/** Applies a fitted transform to other rows; stochastic binarization is done once, from the seed. */
export function transformRows(
  transform: FittedTransform,
  raw: RawValues,
  rows: number,
  features: number,
  precision: Precision,
  seed = 0,
): Values {
  const all = Int32Array.from({ length: rows }, (_, index) => index)
  return transformSelected({ transform, raw, rows: all, features, precision, binarizeKey: { seed, stream: 'apply' } })
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
