import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { commonOrientation } from './common-orientation'
import { CollapsedComponent } from './mixture-family'

/*
 * The M-step of the covariances Σ_k = λ_k D_k A_k D_kᵀ (λ volume, A shape with |A| = 1, D orientation), from the scatter matrices
 * W_k = Σ_n r_nk (x_n − means_k)(x_n − means_k)ᵀ. Celeux & Govaert 1995, "Gaussian parsimonious clustering models"; for common orientations
 * see `commonOrientation`. Where there is no closed form, steps that cannot lower the likelihood are repeated from the previous covariances.
 */

export interface Scatter {
  counts: Float64Array
  columns: number
  /** W_k: [D, D] each; only the diagonals [D] where orientations are the axes. */
  matrices: readonly Float64Array[]
}

type Matrices = readonly Float64Array[]

export type FullStructure = 'VEE' | 'EVE' | 'VVE' | 'EEV' | 'VEV' | 'EVV'
export type AxisStructure = 'EII' | 'VII' | 'EEI' | 'VEI' | 'EVI' | 'VVI'

/** Free parameters of the covariances of K components in D columns, as mclust counts them. */
export function covarianceParameters(structure: CovarianceStructure, components: number, columns: number): number {
  if (structure === 'EII') return 1
  if (structure === 'VII') return components
  const [volume, shape, orientation] = structure
  const copies = (letter: string | undefined): number => (letter === 'V' ? components : 1)
  const rotation = (columns * (columns - 1)) / 2
  return copies(volume) + copies(shape) * (columns - 1) + (orientation === 'I' ? 0 : copies(orientation) * rotation)
}

/** The next M-step goes on from here, so that these need not be many. */
const mostSteps = 3
const settled = 1e-8

/** Σ_k [D, D] of each component. `previous` where the fit has been there before. */
export const maximizeFull: Record<FullStructure, (scatter: Scatter, previous: Matrices | null) => Float64Array[]> = {
  VEE: ({ counts, columns, matrices }, previous) => {
    let shape = unitDeterminant(previous ? previous[0]! : pooled(matrices), columns)
    let volumes = new Float64Array(counts.length)
    return repeat(() => {
      const inverse = invert(shape, columns, 0)
      const next = counts.map((count, k) => traceOfProduct(matrices[k]!, inverse) / (count * columns))
      shape = unitDeterminant(pooled(matrices.map((matrix, k) => scaled(matrix, 1 / next[k]!))), columns)
      const change = largestChange(volumes, next)
      volumes = next
      return change
    }, () => Array.from(volumes, (volume) => scaled(shape, volume)))
  },
  EVE: ({ counts, columns, matrices }, previous) => {
    const { axes, spreads } = commonOrientation(matrices, columns, previous, (spread) => scaled(spread, 1 / geometricMean(spread)))
    const total = sum(counts)
    const volume = spreads.reduce((all, spread) => all + geometricMean(spread), 0) / total
    return spreads.map((spread) => along(axes, scaled(spread, volume / geometricMean(spread)), columns))
  },
  VVE: ({ counts, columns, matrices }, previous) => {
    const { axes, spreads } = commonOrientation(matrices, columns, previous, (spread, k) => scaled(spread, 1 / counts[k]!))
    return spreads.map((spread, k) => along(axes, scaled(spread, 1 / counts[k]!), columns))
  },
  EEV: ({ counts, columns, matrices }) => {
    const eigen = matrices.map((matrix) => symmetricEigen(matrix, columns))
    const spread = pooled(eigen.map(({ values }) => values))
    return eigen.map(({ vectors }) => along(vectors, scaled(spread, 1 / sum(counts)), columns))
  },
  VEV: ({ counts, columns, matrices }, previous) => {
    const eigen = matrices.map((matrix) => symmetricEigen(matrix, columns))
    let shape = unitProduct(previous ? symmetricEigen(previous[0]!, columns).values : pooled(eigen.map(({ values }) => values)))
    let volumes = new Float64Array(counts.length)
    return repeat(() => {
      const next = counts.map((count, k) => eigen[k]!.values.reduce((all, value, column) => all + value / shape[column]!, 0) / (count * columns))
      shape = unitProduct(pooled(eigen.map(({ values }, k) => scaled(values, 1 / next[k]!))))
      const change = largestChange(volumes, next)
      volumes = next
      return change
    }, () => eigen.map(({ vectors }, k) => along(vectors, scaled(shape, volumes[k]!), columns)))
  },
  EVV: ({ counts, columns, matrices }) => {
    const volumes = matrices.map((matrix, k) => Math.exp(logDeterminantOf(matrix, columns, k) / columns))
    const volume = sum(volumes) / sum(counts)
    return matrices.map((matrix, k) => scaled(matrix, volume / volumes[k]!))
  },
}

/** Variances [D] of each component along the axes, from the diagonals of the scatter matrices. */
export const maximizeAxes: Record<AxisStructure, (scatter: Scatter, previous: Matrices | null) => Float64Array[]> = {
  EII: ({ counts, columns, matrices }) => {
    const variance = sum(pooled(matrices)) / (sum(counts) * columns)
    return matrices.map(() => new Float64Array(columns).fill(variance))
  },
  VII: ({ counts, columns, matrices }) =>
    matrices.map((matrix, k) => new Float64Array(columns).fill(sum(matrix) / (counts[k]! * columns))),
  EEI: ({ counts, matrices }) => {
    const spread = scaled(pooled(matrices), 1 / sum(counts))
    return matrices.map(() => spread)
  },
  VEI: ({ counts, columns, matrices }, previous) => {
    let shape = unitProduct(previous ? previous[0]! : pooled(matrices))
    let volumes = new Float64Array(counts.length)
    return repeat(() => {
      const next = counts.map((count, k) => matrices[k]!.reduce((all, value, column) => all + value / shape[column]!, 0) / (count * columns))
      shape = unitProduct(pooled(matrices.map((matrix, k) => scaled(matrix, 1 / next[k]!))))
      const change = largestChange(volumes, next)
      volumes = next
      return change
    }, () => Array.from(volumes, (volume) => scaled(shape, volume)))
  },
  EVI: ({ counts, matrices }) => {
    const volume = matrices.reduce((all, matrix) => all + geometricMean(matrix), 0) / sum(counts)
    return matrices.map((matrix) => scaled(matrix, volume / geometricMean(matrix)))
  },
  VVI: ({ counts, matrices }) => matrices.map((matrix, k) => scaled(matrix, 1 / counts[k]!)),
}

function repeat<T>(step: () => number, result: () => T): T {
  for (let index = 0; index < mostSteps; index += 1) {
    const change = step()
    if (!(change > settled)) break
  }
  return result()
}

function sum(values: Float64Array | readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}
function scaled(values: Float64Array, factor: number): Float64Array {
  const result = new Float64Array(values.length)
  for (let index = 0; index < values.length; index += 1) result[index] = values[index]! * factor
  return result
}

function pooled(matrices: Matrices): Float64Array {
  const total = new Float64Array(matrices[0]!.length)
  for (const matrix of matrices) for (let index = 0; index < total.length; index += 1) total[index]! += matrix[index]!
  return total
}

function largestChange(before: Float64Array, after: Float64Array): number {
  let most = 0
  for (let index = 0; index < after.length; index += 1) most = Math.max(most, Math.abs(after[index]! / before[index]! - 1))
  return most
}

/** Throws CollapsedComponent where a value is not positive. */
function geometricMean(values: Float64Array): number {
  let logs = 0
  for (let index = 0; index < values.length; index += 1) logs += Math.log(values[index]!)
  const mean = logs / values.length
  if (!Number.isFinite(mean)) throw new CollapsedComponent(0)
  return Math.exp(mean)
}
const unitProduct = (values: Float64Array): Float64Array => scaled(values, 1 / geometricMean(values))

function logDeterminantOf(matrix: Float64Array, columns: number, component: number): number {
  const lower = cholesky(matrix, columns)
  if (!lower) throw new CollapsedComponent(component)
  return logDeterminant(lower, columns)
}
const unitDeterminant = (matrix: Float64Array, columns: number): Float64Array =>
  scaled(matrix, Math.exp(-logDeterminantOf(matrix, columns, 0) / columns))

function invert(matrix: Float64Array, columns: number, component: number): Float64Array {
  const lower = cholesky(matrix, columns)
  if (!lower) throw new CollapsedComponent(component)
  const inverse = invertLower(lower, columns)
  const result = new Float64Array(columns * columns)
  for (let row = 0; row < columns; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let value = 0
      for (let k = row; k < columns; k += 1) value += inverse[k * columns + row]! * inverse[k * columns + column]!
      result[row * columns + column] = value
      result[column * columns + row] = value
    }
  }
  return result
}

/** Of symmetric matrices. */
function traceOfProduct(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let index = 0; index < a.length; index += 1) total += a[index]! * b[index]!
  return total
}

/** Σ_j spread_j axis_j axis_jᵀ; the rows of `axes` are the axes. Throws CollapsedComponent where a spread is not positive. */
function along(axes: Float64Array, spread: Float64Array, columns: number): Float64Array {
  if (spread.some((value) => !(value > 0))) throw new CollapsedComponent(0)
  const matrix = new Float64Array(columns * columns)
  for (let axis = 0; axis < columns; axis += 1) {
    for (let row = 0; row < columns; row += 1) {
      const weighted = spread[axis]! * axes[axis * columns + row]!
      for (let column = 0; column < columns; column += 1) matrix[row * columns + column]! += weighted * axes[axis * columns + column]!
    }
  }
  return matrix
}
