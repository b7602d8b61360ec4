import { z } from 'zod'
import { symmetricEigen } from '../math/symmetric-eigen'
import { imageShapeSchema } from './run'
import { float64Array } from './typed-arrays'

/*
 * The way back from what a model saw to the units of the file: the fitted preprocessing, undone step by step. Where all steps are affine,
 * x = b + B·y, means, covariances and loadings go back exactly; where one is not, only points do.
 */

const backStepSchema = z.discriminatedUnion('kind', [
  /** x = y · scale + shift: [columns] */
  z.object({ kind: z.literal('affine'), shift: float64Array, scale: float64Array }),
  /** x = shift + matrix·y: matrix [columns, columns of y], row-major. */
  z.object({ kind: z.literal('linear'), shift: float64Array, matrix: float64Array }),
  /** x = e^y − add */
  z.object({ kind: z.literal('exp'), add: z.number() }),
  /** The code of the largest of `categories[column]` columns; a column of numbers where that is 0. */
  z.object({ kind: z.literal('categories'), categories: z.array(z.int()) }),
])
export type BackStep = z.infer<typeof backStepSchema>

/**
 * `same`: nothing was changed. `exact`: affine and one to one. `part`: affine, and directions were left out on the way, in which everything
 * lies at its mean. `points`: rows go back, means and covariances do not. `none`: a step forgets what was there.
 */
export const wayBackKinds = ['same', 'exact', 'part', 'points', 'none'] as const

export const wayBackSchema = z.object({
  kind: z.enum(wayBackKinds),
  /** The step because of which it is no more than that, as specifications name it; `condition` where columns were taken out of mixed ones. */
  because: z.string().nullable(),
  /** What the model saw, and the columns of the file. */
  seen: z.array(z.string()),
  featureNames: z.array(z.string()),
  imageShape: imageShapeSchema.nullable(),
  /** In the order in which they are taken. */
  steps: z.array(backStepSchema),
})
export type WayBack = z.infer<typeof wayBackSchema>

/** Whether means, covariances and loadings go back. */
export const turnsParameters = ({ kind }: Pick<WayBack, 'kind'>): boolean => kind === 'exact' || kind === 'part'
/** Whether rows go back. */
export const turnsPoints = (way: Pick<WayBack, 'kind'>): boolean => turnsParameters(way) || way.kind === 'points'

/** The units in which a result is told where nobody has chosen: the file's, except where going back would hide what the model is about. */
export const usualUnits = ({ kind, steps }: Pick<WayBack, 'kind' | 'steps'>): 'file' | 'model' =>
  kind === 'part' || steps.some((step) => step.kind === 'categories') ? 'model' : 'file'

/** Rows [rows, columns seen] → [rows, columns of the file]; the same numbers where there is no way back. */
export function pointsBack({ steps, seen, kind }: WayBack, rows: ArrayLike<number>): Float64Array {
  let values = Float64Array.from(rows)
  if (kind === 'none') return values
  let width = seen.length
  for (const step of steps) {
    const next = stepBack(step, values, width)
    if (next !== values) width = values.length === 0 ? width : (next.length * width) / values.length
    values = next
  }
  return values
}

function stepBack(step: BackStep, values: Float64Array<ArrayBuffer>, width: number): Float64Array<ArrayBuffer> {
  switch (step.kind) {
    case 'affine':
      return values.map((value, index) => value * step.scale[index % width]! + step.shift[index % width]!)
    case 'exp':
      return values.map((value) => Math.exp(value) - step.add)
    case 'linear':
      return linearBack(step, values)
    case 'categories':
      return codesBack(step.categories, values)
    default:
      return step satisfies never
  }
}

function linearBack({ shift, matrix }: Extract<BackStep, { kind: 'linear' }>, values: Float64Array): Float64Array<ArrayBuffer> {
  const columns = shift.length
  const width = matrix.length / columns
  const rows = values.length / width
  const out = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = shift[column]!
      for (let of = 0; of < width; of += 1) sum += matrix[column * width + of]! * values[row * width + of]!
      out[row * columns + column] = sum
    }
  }
  return out
}

function codesBack(categories: readonly number[], values: Float64Array): Float64Array<ArrayBuffer> {
  const width = categories.reduce((sum, count) => sum + Math.max(1, count), 0)
  const rows = values.length / width
  const out = new Float64Array(rows * categories.length)
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (const [column, count] of categories.entries()) {
      const own = values.subarray(at, at + Math.max(1, count))
      out[row * categories.length + column] = count === 0 || own.some(Number.isNaN) ? own[0]! : own.indexOf(Math.max(...own))
      at += own.length
    }
  }
  return out
}

/** x = offset + matrix·y; `matrix` [columns, columns seen], or [columns] where it is a diagonal. */
export interface AffineBack {
  columns: number
  seen: number
  offset: Float64Array
  diagonal: boolean
  matrix: Float64Array
}

/** All steps as one; null where they are not affine. */
export function affineBack(way: WayBack): AffineBack | null {
  if (way.kind !== 'same' && !turnsParameters(way)) return null
  const [seen, columns] = [way.seen.length, way.featureNames.length]
  const offset = pointsBack(way, new Float64Array(seen))
  if (way.steps.every(({ kind }) => kind === 'affine')) {
    const scale = new Float64Array(columns).fill(1)
    for (const step of way.steps) if (step.kind === 'affine') step.scale.forEach((factor, column) => (scale[column]! *= factor))
    return { columns, seen, offset, diagonal: true, matrix: scale }
  }
  const identity = Float64Array.from({ length: seen * seen }, (_, index) => Number(index % (seen + 1) === 0))
  const images = pointsBack(way, identity)
  const matrix = new Float64Array(columns * seen)
  for (let of = 0; of < seen; of += 1) for (let column = 0; column < columns; column += 1) matrix[column * seen + of] = images[of * columns + column]! - offset[column]!
  return { columns, seen, offset, diagonal: false, matrix }
}

/** B·M for M [columns seen][n]: directions, without the offset. */
export function directionsBack({ columns, seen, diagonal, matrix }: AffineBack, directions: readonly (readonly number[])[]): number[][] {
  if (diagonal) return directions.map((row, column) => row.map((value) => value * matrix[column]!))
  return Array.from({ length: columns }, (_, column) =>
    (directions[0] ?? []).map((_value, at) => {
      let sum = 0
      for (let of = 0; of < seen; of += 1) sum += matrix[column * seen + of]! * directions[of]![at]!
      return sum
    }),
  )
}

const transposed = (rows: readonly (readonly number[])[]): number[][] => (rows[0] ?? []).map((_, at) => rows.map((row) => row[at]!))

/** B·Σ·Bᵀ */
export const covarianceBack = (back: AffineBack, covariance: readonly (readonly number[])[]): number[][] =>
  directionsBack(back, transposed(directionsBack(back, covariance)))

/** b + B·μ */
export function meanBack({ columns, seen, offset, diagonal, matrix }: AffineBack, mean: readonly number[]): number[] {
  if (diagonal) return mean.map((value, column) => value * matrix[column]! + offset[column]!)
  return Array.from({ length: columns }, (_, column) => {
    let sum = offset[column]!
    for (let of = 0; of < seen; of += 1) sum += matrix[column * seen + of]! * mean[of]!
    return sum
  })
}

/** log |det B|; null where B is not square or takes volume away. */
export function logVolumeBack({ columns, seen, diagonal, matrix }: AffineBack): number | null {
  if (diagonal) return matrix.reduce((sum, factor) => sum + Math.log(Math.abs(factor)), 0)
  if (columns !== seen) return null
  const gram = new Float64Array(columns * columns)
  for (let i = 0; i < columns; i += 1) {
    for (let j = 0; j < columns; j += 1) for (let of = 0; of < seen; of += 1) gram[i * columns + j]! += matrix[i * seen + of]! * matrix[j * seen + of]!
  }
  const { values } = symmetricEigen(gram, columns)
  return values.at(-1)! > values[0]! * 1e-20 ? values.reduce((sum, value) => sum + Math.log(value) / 2, 0) : null
}

/** The way back of some of the columns, where each goes for itself. */
export function wayBackOf(way: WayBack, names: readonly string[]): WayBack {
  if (names.length === way.seen.length) return way
  const places = names.map((name) => way.seen.indexOf(name))
  if (way.steps.some(({ kind }) => kind === 'linear' || kind === 'categories') || places.includes(-1)) {
    return { ...way, kind: 'none', because: 'condition', seen: [...names], featureNames: [...names], steps: [], imageShape: null }
  }
  const kept = (values: Float64Array): Float64Array => Float64Array.from(places, (place) => values[place]!)
  return {
    ...way,
    seen: [...names],
    featureNames: places.map((place) => way.featureNames[place]!),
    imageShape: null,
    steps: way.steps.map((step) => (step.kind === 'affine' ? { ...step, shift: kept(step.shift), scale: kept(step.scale) } : step)),
  }
}
