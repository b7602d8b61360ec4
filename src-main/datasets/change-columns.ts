import type { Dataset } from '@shared/domain/dataset'
import { leadingEigen } from '@shared/math/leading-eigen'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { AppError } from '@shared/rpc/errors'
import type { FitData, NamedStep, TransformStep } from './transform'

/* Steps that take columns for what they are not, or make other columns of them. */

type Linear = Extract<TransformStep, { kind: 'linear' }>
type OneHot = Extract<TransformStep, { kind: 'one-hot' }>

/** Above this the covariance would not fit beside the data: 3 channels of 36 × 36 still do. */
export const mostRotated = 4096

/** Names of the columns after these steps. */
export function namesAfter(steps: readonly TransformStep[], names: string[]): string[] {
  const last = steps.findLast((step): step is Linear | OneHot => step.kind === 'linear' || step.kind === 'one-hot')
  return last?.names ?? names
}

export function columnsAfter(steps: readonly TransformStep[], columns: number): number {
  const last = steps.findLast((step): step is Linear | OneHot => step.kind === 'linear' || step.kind === 'one-hot')
  return last?.names.length ?? columns
}

/** Whether a column still stands where it stood, so that pictures stay pictures. */
export const keepsPlaces = (steps: readonly TransformStep[]): boolean => steps.every((step) => step.kind !== 'one-hot' && (step.kind !== 'linear' || step.inPlace))

export interface ColumnCovariance {
  mean: Float64Array
  /** [columns, columns], symmetric. */
  covariance: Float64Array
}

/** Variances below this share of the greatest are rounding. */
const noVariance = 1e-10

/**
 * Principal components: y = Vᵀ(x − m), of variance λ, or 1 where whitened; ZCA: y = V·diag(λ^−½)·Vᵀ(x − m). Directions without variance are
 * left out of a whitening.
 */
export function fitLinear(
  step: Extract<NamedStep, { kind: 'pca' | 'whiten' }>,
  { mean, covariance }: ColumnCovariance,
  { dataset, names }: { dataset: string; names: string[] },
): Linear {
  const columns = names.length
  const isPca = step.kind === 'pca'
  if (isPca && step.components > columns) throw new AppError('spec/too-many-components', { components: step.components, columns })
  const { values, vectors } = isPca ? leadingEigen(covariance, columns, step.components) : symmetricEigen(covariance, columns)
  const rank = values.findIndex((value) => !(value > values[0]! * noVariance))
  const varying = rank < 0 ? values.length : rank
  if (varying === 0) throw new AppError('spec/nothing-varies', { dataset })
  if (isPca && step.variances === 'one' && step.components > varying) throw new AppError('spec/too-few-varying', { components: step.components, varying })
  const shift = [...mean]
  if (isPca) {
    const matrix = Array.from(vectors, (value, at) => (step.variances === 'one' ? value / Math.sqrt(values[Math.floor(at / columns)]!) : value))
    return { kind: 'linear', names: Array.from({ length: step.components }, (_, index) => `PC${index + 1}`), shift, matrix, inPlace: false }
  }
  const matrix = new Float64Array(columns * columns)
  for (let k = 0; k < varying; k += 1) {
    const direction = vectors.subarray(k * columns, (k + 1) * columns)
    const scale = 1 / Math.sqrt(values[k]!)
    for (let i = 0; i < columns; i += 1) for (let j = 0; j < columns; j += 1) matrix[i * columns + j]! += direction[i]! * direction[j]! * scale
  }
  return { kind: 'linear', names, shift, matrix: [...matrix], inPlace: true }
}

export function applyLinear({ names, shift, matrix }: Linear, values: Float64Array): Float64Array {
  const [inputs, outputs] = [shift.length, names.length]
  const rows = values.length / inputs
  const out = new Float64Array(rows * outputs)
  const centred = new Float64Array(inputs)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < inputs; column += 1) centred[column] = values[row * inputs + column]! - shift[column]!
    for (let output = 0; output < outputs; output += 1) {
      let sum = 0
      for (let column = 0; column < inputs; column += 1) sum += matrix[output * inputs + column]! * centred[column]!
      out[row * outputs + output] = sum
    }
  }
  return out
}

/** Categories are those of the dataset's columns; their codes count from 0. */
export function fitOneHot(before: readonly TransformStep[], { dataset, featureNames }: FitData): OneHot {
  if (before.length > 0) throw new AppError('spec/one-hot-not-first')
  const found = oneHotColumns(dataset, featureNames)
  if (!found) throw new AppError('spec/no-categories', { dataset: dataset.name })
  return { kind: 'one-hot', ...found }
}

export function oneHotColumns({ columns }: Pick<Dataset, 'columns'>, featureNames: string[]): Pick<OneHot, 'names' | 'categories'> | null {
  const known = new Map(columns.map((column) => [column.name, column.categories ?? []]))
  const categories = featureNames.map((name) => known.get(name)?.length ?? 0)
  if (categories.every((count) => count === 0)) return null
  return { categories, names: featureNames.flatMap((name) => (known.get(name)?.length ? known.get(name)!.map((category) => `${name}: ${category}`) : [name])) }
}

/** A missing value is missing in every column that stands for it. */
export function applyOneHot({ names, categories }: OneHot, values: Float64Array): Float64Array {
  const [inputs, outputs] = [categories.length, names.length]
  const rows = values.length / inputs
  const out = new Float64Array(rows * outputs)
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < inputs; column += 1) {
      const [value, count] = [values[row * inputs + column]!, categories[column]!]
      if (count === 0) out[at++] = value
      for (let code = 0; code < count; code += 1) out[at++] = Number.isNaN(value) ? NaN : Number(value === code)
    }
  }
  return out
}

/** A logarithm needs numbers above −add. */
export function fitLog(
  { add }: { add: number },
  { minimum }: { minimum: Float64Array },
  { featureNames }: Pick<FitData, 'featureNames'>,
  before: readonly TransformStep[],
): TransformStep {
  const column = minimum.findIndex((value) => value + add <= 0)
  if (column >= 0) throw new AppError('spec/log-of-negative', { column: namesAfter(before, featureNames)[column], value: minimum[column], add })
  return { kind: 'log', add }
}
