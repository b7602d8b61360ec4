import type { Column, Dataset } from '@shared/domain/dataset'
import type { PreprocessStep, RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import { mostRotated, oneHotColumns } from './change-columns'
import { isUnit, type Range } from './check-likelihood'
import type { SpecIssue } from './check-spec'
import { nameStep, type NamedStep } from './transform'

/** What of the steps cannot work with the columns, told from their summaries. */
export function checkPreprocess(spec: RunSpec, dataset: Dataset, features: Column[]): SpecIssue[] {
  const steps = spec.preprocess.map(nameStep)
  const issue = (error: AppError): SpecIssue[] => [{ path: 'preprocess', error }]
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'scale' && step.to[0] === step.to[1]) return issue(new AppError('spec/scale-range-empty', { value: step.to[0] }))
    const shaping = checkShaping(step, { index, before: spec.preprocess.slice(0, index), dataset, features })
    if (shaping) return issue(shaping)
    if (step.kind === 'dequantize') {
      if (index > 0) return issue(new AppError('spec/dequantize-not-first'))
      if (spec.inference.kind !== 'gradient') return issue(new AppError('spec/dequantize-needs-batches', { model: spec.model.kind }))
      const rough = features.find(({ type }) => type !== 'integer' && type !== 'pixels')
      if (rough) return issue(new AppError('spec/dequantize-needs-levels', { column: rough.name }))
    }
    if (step.kind !== 'stochastic-binarize') continue
    if (index < steps.length - 1) return issue(new AppError('spec/binarize-not-last', { position: index }))
    if (spec.inference.kind === 'em') return issue(new AppError('spec/binarize-needs-batches', { model: spec.model.kind }))
    const range = rangeAfter(spec.preprocess.slice(0, index), dataset, features)
    if (!isUnit(range)) return issue(new AppError('spec/binarize-out-of-range', { dataset: dataset.name, ...range }))
  }
  return []
}

interface StepPlace {
  index: number
  before: PreprocessStep[]
  dataset: Dataset
  features: Column[]
}

/** What stands in the way of a logarithm, of one-hot columns or of a rotation. */
function checkShaping(step: NamedStep, { index, before, dataset, features }: StepPlace): AppError | null {
  const [first] = before.map(nameStep)
  const shapes = step.kind === 'log' || step.kind === 'one-hot' || step.kind === 'whiten' || step.kind === 'pca'
  if (shapes && first?.kind === 'dequantize') return new AppError('spec/dequantize-then', { step: step.kind })
  const { dataset: seen, steps } = seenBy(before, dataset)
  const columns = seen.columns.filter(({ role }) => role === 'feature')
  if (step.kind === 'one-hot') {
    if (index > 0) return new AppError('spec/one-hot-not-first')
    return features.some(({ categories }) => categories) ? null : new AppError('spec/no-categories', { dataset: dataset.name })
  }
  if (step.kind === 'log') {
    const { minimum } = rangeAfter(steps, seen, columns)
    if (minimum === Infinity || minimum + step.add > 0 || columns.every(({ summary }) => !summary)) return null
    const lowest = columns.find((column) => rangeAfter(steps, seen, [column]).minimum === minimum)
    return new AppError('spec/log-of-negative', { column: lowest?.name, value: minimum, add: step.add })
  }
  if (step.kind !== 'whiten' && step.kind !== 'pca') return null
  const width = widthOf(seen)
  if (width > mostRotated) return new AppError('spec/too-many-to-rotate', { columns: width, most: mostRotated })
  const lacking = features.find(({ missing }) => missing > 0)
  if (lacking) return new AppError('spec/rotation-needs-values', { column: lacking.name })
  return step.kind === 'pca' && step.components > width ? new AppError('spec/too-many-components', { components: step.components, columns: width }) : null
}

const widthOf = ({ shape }: Dataset): number => shape.slice(1).reduce((product, size) => product * size, 1)

/** A dataset with the columns that steps make of its own, and the steps that are left after the last such change. */
export function seenBy(steps: PreprocessStep[], dataset: Dataset): { dataset: Dataset; steps: PreprocessStep[] } {
  let [seen, left] = [dataset, steps]
  for (const [index, step] of steps.map(nameStep).entries()) {
    const columns = columnsMadeBy(step, seen)
    if (!columns) continue
    const others = seen.columns.filter(({ role }) => role !== 'feature')
    seen = { ...seen, kind: 'table', valueRange: null, columns: [...columns, ...others], shape: [seen.rows, columns.length] }
    left = steps.slice(index + 1)
  }
  return { dataset: seen, steps: left }
}

const isRotated = (column: Column): boolean => column.summary === undefined && column.name.startsWith(componentName)
const componentName = 'PC'
const binary = { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5, histogram: [] }

/** Null where the columns stay what they are. */
function columnsMadeBy(step: NamedStep, { columns }: Dataset): Column[] | null {
  const made = (name: string): Column => ({ name, type: 'real', role: 'feature', missing: 0 })
  if (step.kind === 'pca') return Array.from({ length: step.components }, (_, index) => made(`${componentName}${index + 1}`))
  const features = columns.filter(({ role }) => role === 'feature')
  const found = step.kind === 'one-hot' ? oneHotColumns({ columns }, features.map(({ name }) => name)) : null
  if (!found) return null
  const missing = features.flatMap((column, at) => Array.from({ length: Math.max(1, found.categories[at]!) }, () => column))
  return found.names.map((name, at) => (missing[at]!.categories ? { ...made(name), type: 'integer', missing: missing[at]!.missing, summary: binary } : missing[at]!))
}

/** Least and greatest value of any feature after these steps, as far as the summaries of the whole dataset tell. */
export function rangeAfter(steps: PreprocessStep[], dataset: Dataset, features: Column[]): Range {
  const named = steps.map(nameStep)
  if (features.some(isRotated)) return named.some(({ kind }) => kind === 'threshold') ? { minimum: 0, maximum: 1 } : { minimum: -Infinity, maximum: Infinity }
  const ranges = features.flatMap((column) => (column.summary ? [applySteps(named, column.summary, dataset)] : []))
  return {
    minimum: ranges.reduce((least, range) => Math.min(least, range.minimum), Infinity),
    maximum: ranges.reduce((most, range) => Math.max(most, range.maximum), -Infinity),
  }
}

function applySteps(steps: NamedStep[], summary: NonNullable<Column['summary']>, dataset: Dataset): Range {
  let range: Range = summary
  let { mean, standardDeviation } = summary
  let declared: Range | null = dataset.valueRange && { minimum: dataset.valueRange[0], maximum: dataset.valueRange[1] }
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'dequantize') {
      range = { minimum: range.minimum, maximum: range.maximum + 1 }
      mean += 0.5
      if (declared) declared = { minimum: declared.minimum, maximum: declared.maximum + 1 }
      continue
    }
    if (step.kind === 'whiten' || step.kind === 'pca') return { minimum: -Infinity, maximum: Infinity }
    if (step.kind === 'log') {
      range = { minimum: Math.log(range.minimum + step.add), maximum: Math.log(range.maximum + step.add) }
      continue
    }
    const isFirst = index === 0 || (index === 1 && steps[0]!.kind === 'dequantize')
    const from = isFirst && declared ? declared : range
    const affine = affineOf(step, from, mean, standardDeviation)
    if (!affine) {
      range = { minimum: 0, maximum: 1 }
      mean = 0.5
      standardDeviation = 0.5
      continue
    }
    const ends = [range.minimum, range.maximum].map((value) => (value - affine.shift) * affine.factor + affine.offset)
    range = { minimum: Math.min(...ends), maximum: Math.max(...ends) }
    mean = (mean - affine.shift) * affine.factor + affine.offset
    standardDeviation *= Math.abs(affine.factor)
  }
  return range
}

function affineOf(step: NamedStep, from: Range, mean: number, deviation: number): { shift: number; factor: number; offset: number } | null {
  if (step.kind === 'standardize') return { shift: mean, factor: deviation > 0 ? 1 / deviation : 1, offset: 0 }
  if (step.kind !== 'scale') return null
  const width = from.maximum - from.minimum
  return { shift: from.minimum, factor: width > 0 ? (step.to[1] - step.to[0]) / width : 1, offset: step.to[0] }
}
