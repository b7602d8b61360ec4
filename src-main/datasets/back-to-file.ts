import type { ImageShape } from '@shared/domain/run'
import type { BackStep, WayBack } from '@shared/domain/way-back'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { columnsAfter, namesAfter } from './change-columns'
import type { FittedTransform, TransformStep } from './transform'

type Linear = Extract<TransformStep, { kind: 'linear' }>

interface FileColumns {
  featureNames: string[]
  imageShape: ImageShape | null
}

/** How specifications name a step that does not go back, or not as a whole. */
const obstacles: Partial<Record<TransformStep['kind'], { name: string; kind: 'points' | 'none' }>> = {
  log: { name: 'log', kind: 'points' },
  'one-hot': { name: 'one-hot', kind: 'points' },
  threshold: { name: 'binarize', kind: 'none' },
  'stochastic-binarize': { name: 'binarize', kind: 'none' },
}

const leavesOut = (step: TransformStep): boolean => step.kind === 'linear' && step.names.length < step.shift.length

/** A fitted preprocessing, undone: from its last step to its first. */
export function wayBackThrough({ steps }: FittedTransform, { featureNames, imageShape }: FileColumns): WayBack {
  const found = steps.flatMap(({ kind }) => obstacles[kind] ?? [])
  const worst = found.find(({ kind }) => kind === 'none') ?? found[0] ?? (steps.some(leavesOut) ? { name: 'pca', kind: 'part' as const } : null)
  const kind = worst?.kind ?? (steps.length === 0 ? 'same' : 'exact')
  const back = steps.map((step, at) => undone(step, columnsAfter(steps.slice(0, at), featureNames.length))).reverse()
  const seen = namesAfter(steps, featureNames)
  if (kind === 'none') return { kind, because: worst!.name, seen, featureNames: seen, imageShape, steps: [] }
  return { kind, because: worst?.name ?? null, seen, featureNames, imageShape, steps: back.flatMap((step) => step ?? []) }
}

/** @param columns  that the step was given */
function undone(step: TransformStep, columns: number): BackStep | null {
  switch (step.kind) {
    case 'affine': {
      const each = (values: readonly number[], of: (value: number) => number): Float64Array =>
        Float64Array.from({ length: columns }, (_, column) => of(values[values.length === 1 ? 0 : column]!))
      return { kind: 'affine', shift: each(step.shift, (value) => value), scale: each(step.scale, (value) => 1 / value) }
    }
    /** A level x was spread over [x, x + 1): what is told of it lies in the middle. */
    case 'dequantize':
      return { kind: 'affine', shift: new Float64Array(columns).fill(-0.5), scale: new Float64Array(columns).fill(1) }
    case 'log':
      return { kind: 'exp', add: step.add }
    case 'linear':
      return { kind: 'linear', shift: Float64Array.from(step.shift), matrix: step.inPlace ? symmetricInverse(step) : rowsInverse(step) }
    case 'one-hot':
      return { kind: 'categories', categories: [...step.categories] }
    case 'threshold':
    case 'stochastic-binarize':
      return null
    default:
      return step satisfies never
  }
}

/** Pseudo-inverse of a matrix whose rows are orthogonal, which principal components are: Mᵀ·diag(1/|row|²). */
function rowsInverse({ shift, names, matrix }: Linear): Float64Array {
  const [columns, width] = [shift.length, names.length]
  const inverse = new Float64Array(columns * width)
  for (let of = 0; of < width; of += 1) {
    const row = matrix.slice(of * columns, (of + 1) * columns)
    const square = row.reduce((sum, value) => sum + value ** 2, 0)
    row.forEach((value, column) => (inverse[column * width + of] = value / square))
  }
  return inverse
}

/** Pseudo-inverse of a symmetric matrix, which a whitening that turns back is; directions that it lost stay lost. */
function symmetricInverse({ shift, matrix }: Linear): Float64Array {
  const columns = shift.length
  const { values, vectors } = symmetricEigen(matrix, columns)
  const inverse = new Float64Array(columns * columns)
  values.forEach((value, k) => {
    if (!(Math.abs(value) > Math.abs(values[0]!) * 1e-10)) return
    for (let i = 0; i < columns; i += 1) {
      for (let j = 0; j < columns; j += 1) inverse[i * columns + j]! += (vectors[k * columns + i]! * vectors[k * columns + j]!) / value
    }
  })
  return inverse
}
