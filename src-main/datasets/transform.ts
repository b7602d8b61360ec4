import type { Dataset } from '@shared/domain/dataset'
import type { PreprocessStep } from '@shared/domain/spec'
import { fillUniform, type RandomKey } from '@shared/math/random'
import type { ChosenRows, InSteps } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import { applyLinear, applyOneHot, type ColumnCovariance, columnsAfter, fitLinear, fitLog, fitOneHot, mostRotated, namesAfter } from './change-columns'

export type Precision = 'float32' | 'float64'
export type RawValues = Float64Array | Uint8Array
export type Values = Float64Array | Float32Array

export type TransformStep =
  /** y = (x − shift) · scale; arrays of length features or 1. */
  | { kind: 'affine'; shift: number[]; scale: number[] }
  /** y = log(x + add). */
  | { kind: 'log'; add: number }
  /** y = matrix·(x − shift): matrix [outputs, inputs], row-major. `inPlace` where a column of y stands for the column of x of its number. */
  | { kind: 'linear'; names: string[]; shift: number[]; matrix: number[]; inPlace: boolean }
  /** How many categories each column has, 0 where it holds numbers; a column of 0 and 1 for each category. */
  | { kind: 'one-hot'; names: string[]; categories: number[] }
  /** 1 where x ≥ threshold, else 0. */
  | { kind: 'threshold'; threshold: number }
  /** 1 with probability x, else 0. */
  | { kind: 'stochastic-binarize' }
  /** x + u with u uniform in [0, 1); where nothing is drawn, x + ½. */
  | { kind: 'dequantize' }

export interface FittedTransform {
  steps: TransformStep[]
}

export type NamedStep =
  | { kind: 'standardize' }
  | { kind: 'dequantize' }
  | { kind: 'scale'; to: [number, number] }
  | { kind: 'log'; add: number }
  | { kind: 'one-hot' }
  | { kind: 'whiten' }
  | { kind: 'pca'; components: number; variances: 'kept' | 'one' }
  | { kind: 'threshold'; threshold: number }
  | { kind: 'stochastic-binarize' }

export function nameStep(step: PreprocessStep): NamedStep {
  if (step === 'scale') return { kind: 'scale', to: [0, 1] }
  if (step === 'log') return { kind: 'log', add: 0 }
  if (typeof step === 'string') return { kind: step }
  if ('scale' in step) return { kind: 'scale', to: step.scale.to }
  if ('log' in step) return { kind: 'log', add: step.log.add }
  if ('pca' in step) return { kind: 'pca', ...step.pca }
  return step.binarize === 'stochastic' ? { kind: 'stochastic-binarize' } : { kind: 'threshold', threshold: step.binarize.threshold }
}

/** What a transform is fitted on: the training rows of a dataset, as they are stored. */
export interface FitData {
  dataset: Dataset
  featureNames: string[]
  raw: ChosenRows
  rows: Int32Array
}

/** Each step is fitted on the training rows as the steps before it leave them. */
export function* fitTransform(steps: PreprocessStep[], data: FitData): InSteps<FittedTransform> {
  const fitted: TransformStep[] = []
  for (const [index, step] of steps.map(nameStep).entries()) {
    if (fitted.at(-1)?.kind === 'stochastic-binarize') throw new AppError('spec/binarize-not-last', { position: index })
    fitted.push(yield* fitStep(step, fitted, data))
  }
  return { steps: fitted }
}

function* fitStep(step: NamedStep, before: TransformStep[], data: FitData): InSteps<TransformStep> {
  switch (step.kind) {
    case 'standardize':
      return fitStandardize(yield* columnMoments(before, data), data)
    case 'scale':
      return yield* fitScale(step.to, before, data)
    case 'threshold':
      return step
    case 'log':
      return fitLog(step, yield* columnRange(before, data), data, before)
    case 'one-hot':
      return fitOneHot(before, data)
    case 'whiten':
    case 'pca':
      return fitLinear(step, yield* columnCovariance(before, data), { dataset: data.dataset.name, names: namesAfter(before, data.featureNames) })
    case 'dequantize':
      if (before.length > 0) throw new AppError('spec/dequantize-not-first')
      return step
    case 'stochastic-binarize': {
      const { minimum, maximum } = yield* columnRange(before, data)
      const low = minimum.reduce((least, value) => Math.min(least, value))
      const high = maximum.reduce((most, value) => Math.max(most, value))
      if (low < 0 || high > 1) throw new AppError('spec/binarize-out-of-range', { dataset: data.dataset.name, minimum: low, maximum: high })
      return step
    }
    default:
      return step satisfies never
  }
}

function fitStandardize({ mean, standardDeviation, constant }: Moments, data: FitData): TransformStep {
  const scale = Array.from(standardDeviation, (deviation, column) => {
    if (!constant[column]) return 1 / deviation
    if (data.dataset.kind === 'table')
      throw new AppError('spec/constant-column', { column: data.featureNames[column], value: mean[column] })
    return 1
  })
  return { kind: 'affine', shift: [...mean], scale }
}

/** Tables: each column's range over the training rows. Images: the declared range of pixels, which is the same for all. */
function* fitScale(to: [number, number], before: TransformStep[], data: FitData): InSteps<TransformStep> {
  const [low, high] = to
  if (low === high) throw new AppError('spec/scale-range-empty', { value: low })
  const { valueRange } = data.dataset
  const range = valueRange ? declaredRange(before, valueRange) : null
  const { minimum: lowest, maximum: highest } = range ?? (yield* columnRange(before, data))
  const shift: number[] = []
  const scale: number[] = []
  for (const [column, minimum] of lowest.entries()) {
    const width = highest[column]! - minimum
    if (width === 0 && data.dataset.kind === 'table') {
      throw new AppError('spec/constant-column', { column: data.featureNames[column], value: minimum })
    }
    const factor = width === 0 ? 1 : (high - low) / width
    scale.push(factor)
    shift.push(minimum - low / factor)
  }
  return { kind: 'affine', shift, scale }
}

/** Of pixels before any step has changed them; levels that are spread over [x, x + 1) reach one further. */
function declaredRange(before: TransformStep[], [low, high]: [number, number]): { minimum: number[]; maximum: number[] } | null {
  if (before.length === 0) return { minimum: [low], maximum: [high] }
  return before.length === 1 && before[0]!.kind === 'dequantize' ? { minimum: [low], maximum: [high + 1] } : null
}

/** How wide a whole number is after the steps that follow `dequantize`, for each column; null where nothing is dequantized. */
export function levelWidths({ steps }: FittedTransform, columns: number): Float64Array | null {
  if (steps[0]?.kind !== 'dequantize') return null
  const widths = new Float64Array(columns).fill(1)
  for (const step of steps) {
    if (step.kind === 'affine') for (let column = 0; column < columns; column += 1) widths[column]! *= step.scale[step.scale.length === 1 ? 0 : column]!
  }
  return widths
}

interface Moments {
  mean: Float64Array
  standardDeviation: Float64Array
  constant: boolean[]
}

/** Mean and population standard deviation of each column over the training rows; missing values are left out. */
function* columnMoments(before: TransformStep[], data: FitData): InSteps<Moments> {
  const features = namesAfter(before, data.featureNames).length
  const count = new Float64Array(features)
  const mean = new Float64Array(features)
  yield* forEachRow(before, data, (values, start) => {
    for (let column = 0; column < features; column += 1) {
      const value = values[start + column]!
      if (value !== value) continue
      count[column]! += 1
      mean[column]! += value
    }
  })
  for (let column = 0; column < features; column += 1) mean[column]! /= count[column]!
  const squares = new Float64Array(features)
  const deviations = new Float64Array(features)
  yield* forEachRow(before, data, (values, start) => {
    for (let column = 0; column < features; column += 1) {
      const deviation = values[start + column]! - mean[column]!
      if (deviation !== deviation) continue
      squares[column]! += deviation * deviation
      deviations[column]! += deviation
    }
  })
  const { minimum, maximum } = yield* columnRange(before, data)
  return {
    mean: mean.map((value, column) => value + deviations[column]! / count[column]!),
    standardDeviation: squares.map((sum, column) => Math.sqrt((sum - deviations[column]! ** 2 / count[column]!) / count[column]!)),
    constant: Array.from(minimum, (value, column) => value === maximum[column]),
  }
}

function* columnRange(before: TransformStep[], data: FitData): InSteps<{ minimum: Float64Array; maximum: Float64Array }> {
  const features = namesAfter(before, data.featureNames).length
  const minimum = new Float64Array(features).fill(Infinity)
  const maximum = new Float64Array(features).fill(-Infinity)
  yield* forEachRow(before, data, (values, start) => {
    for (let column = 0; column < features; column += 1) {
      const value = values[start + column]!
      if (value < minimum[column]!) minimum[column] = value
      if (value > maximum[column]!) maximum[column] = value
    }
  })
  return { minimum, maximum }
}

/** Means and covariance (divisor: rows) of the training rows. Rows that lack a value cannot be rotated. */
function* columnCovariance(before: TransformStep[], data: FitData): InSteps<ColumnCovariance> {
  const { mean } = yield* columnMoments(before, data)
  const columns = mean.length
  if (columns > mostRotated) throw new AppError('spec/too-many-to-rotate', { columns, most: mostRotated })
  const covariance = new Float64Array(columns * columns)
  const centred = new Float64Array(columns)
  const share = 1 / data.rows.length
  yield* forEachRow(before, data, (values, start) => {
    for (let column = 0; column < columns; column += 1) centred[column] = values[start + column]! - mean[column]!
    for (let i = 0; i < columns; i += 1) {
      const scaled = centred[i]! * share
      for (let j = 0; j <= i; j += 1) covariance[i * columns + j]! += scaled * centred[j]!
    }
  })
  const missing = covariance.findIndex(Number.isNaN)
  if (missing >= 0) throw new AppError('spec/rotation-needs-values', { column: namesAfter(before, data.featureNames)[missing % columns] })
  for (let i = 0; i < columns; i += 1) for (let j = 0; j < i; j += 1) covariance[j * columns + i] = covariance[i * columns + j]!
  return { mean, covariance }
}

const blockRows = 1024

function* forEachRow(steps: TransformStep[], { raw, rows, featureNames }: FitData, visit: (values: Float64Array, start: number) => void): InSteps<void> {
  const width = namesAfter(steps, featureNames).length
  for (const block of raw.walk(rows, blockRows)) {
    const values = applyDeterministic(steps, block, featureNames.length)
    for (let start = 0; start < values.length; start += width) visit(values, start)
    yield
  }
}

/** A missing value stays missing. */
const indicator = (holds: boolean, value: number): number => (holds ? 1 : value === value ? 0 : NaN)

/**
 * All steps but stochastic binarization, in double precision: [rows, columns] → [rows, columns after]. In place, and the same array, where no
 * step changes the number of columns.
 */
export function applyDeterministic(steps: TransformStep[], values: Float64Array, columns: number): Float64Array {
  let [at, width] = [values, columns]
  for (const step of steps) {
    const next = applyStep(step, at, width)
    if (next !== at) width = (next.length * width) / at.length
    at = next
  }
  return at
}

function applyStep(step: TransformStep, values: Float64Array, columns: number): Float64Array {
  switch (step.kind) {
    case 'dequantize':
      for (let index = 0; index < values.length; index += 1) values[index]! += 0.5
      return values
    case 'threshold':
      for (let index = 0; index < values.length; index += 1) values[index] = indicator(values[index]! >= step.threshold, values[index]!)
      return values
    case 'log':
      for (let index = 0; index < values.length; index += 1) values[index] = Math.log(values[index]! + step.add)
      return values
    case 'affine': {
      const { shift, scale } = step
      const only = shift.length === 1
      for (let start = 0; start < values.length; start += columns) {
        for (let column = 0; column < columns; column += 1) {
          values[start + column] = (values[start + column]! - shift[only ? 0 : column]!) * scale[only ? 0 : column]!
        }
      }
      return values
    }
    case 'linear':
      return applyLinear(step, values)
    case 'one-hot':
      return applyOneHot(step, values)
    case 'stochastic-binarize':
      return values
    default:
      return step satisfies never
  }
}

export interface TransformOptions {
  transform: FittedTransform
  raw: RawValues
  /** Rows of `raw` to take, in this order. */
  rows: Int32Array
  /** Of `raw`. */
  columns: number
  precision: Precision
  /** For what is drawn; null leaves probabilities, and the middle of every level. */
  binarizeKey: RandomKey | null
  /** Where they are written, if it is known already: [rows, columns after]. */
  out?: Values
}

const valuesOf = (precision: Precision, length: number): Values => (precision === 'float32' ? new Float32Array(length) : new Float64Array(length))

/** The rows after all steps, rounded to the precision once at the end: row-major [rows, columns after]. */
export function transformSelected({ transform, raw, rows, columns, precision, binarizeKey, out }: TransformOptions): Values {
  const { steps } = transform
  const features = columnsAfter(steps, columns)
  const values = out ?? valuesOf(precision, rows.length * features)
  const stochastic = binarizeKey && steps.at(-1)?.kind === 'stochastic-binarize'
  const widths = binarizeKey && levelWidths(transform, columns)
  const given = new Float64Array(columns)
  const uniform = new Float64Array(features)
  for (let index = 0; index < rows.length; index += 1) {
    const start = rows[index]! * columns
    given.set(raw.subarray(start, start + columns))
    const row = applyDeterministic(steps, given, columns)
    if (stochastic) {
      fillUniform(uniform, binarizeKey, index)
      for (let column = 0; column < features; column += 1) row[column] = indicator(uniform[column]! < row[column]!, row[column]!)
    }
    if (widths) {
      fillUniform(uniform, binarizeKey, index)
      for (let column = 0; column < features; column += 1) row[column]! += (uniform[column]! - 0.5) * widths[column]!
    }
    values.set(row, index * features)
  }
  return values
}
