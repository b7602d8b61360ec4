import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { choleskyInto, invertTransposedInto } from '@shared/math/cholesky'
import { CollapsedComponent, type Mixture, type Standardization } from './mixture-family'

/*
 * p(x) = Σ_k weights_k N(x; means_k, Σ_k).  Covariances are stored as their structure needs: full [K, D, D], tied [D, D], diagonal [K, D],
 * spherical [K]; matrices row-major and symmetric.
 */

export type CovarianceStorage = 'full' | 'tied' | 'diagonal' | 'spherical'

/** How the covariances of a structure are stored. */
export function storageOf(structure: CovarianceStructure): CovarianceStorage {
  if (structure === 'EEE') return 'tied'
  if (structure === 'EII' || structure === 'VII') return 'spherical'
  return structure.endsWith('I') ? 'diagonal' : 'full'
}

export interface GaussianMixture extends Mixture {
  covariance: CovarianceStorage
  means: Float64Array
  covariances: Float64Array
}

export const covarianceShape = (covariance: CovarianceStorage, components: number, columns: number): number[] =>
  ({ full: [components, columns, columns], tied: [columns, columns], diagonal: [components, columns], spherical: [components] })[covariance]

/** Σ_k of one component as a full matrix [D, D], row-major. */
export function covarianceOf({ covariance, columns, covariances }: GaussianMixture, component: number): Float64Array {
  if (covariance === 'full') return covariances.slice(component * columns ** 2, (component + 1) * columns ** 2)
  if (covariance === 'tied') return covariances.slice()
  const matrix = new Float64Array(columns * columns)
  for (let column = 0; column < columns; column += 1) {
    matrix[column * columns + column] = covariance === 'spherical' ? covariances[component]! : covariances[component * columns + column]!
  }
  return matrix
}

export interface Factor {
  /** F with Σ⁻¹ = F·Fᵀ, i.e. the transposed inverse of the Cholesky factor: [D, D], row-major. */
  whitening: Float64Array
  logDeterminant: number
}

/** Factors of the covariance matrices, one after another: one per component, or a single one for tied. */
export interface Factors {
  /** [matrices, D, D] */
  whitening: Float64Array
  /** [matrices] */
  logDeterminants: Float64Array
}

const factored = new WeakMap<GaussianMixture, Factors>()

/** Found once for a mixture. Throws CollapsedComponent. */
export function factorsOf(mixture: GaussianMixture): Factors {
  let factors = factored.get(mixture)
  if (!factors) {
    factors = factorized(mixture)
    factored.set(mixture, factors)
  }
  return factors
}

/** The same, each by itself. */
export function factorize(mixture: GaussianMixture): Factor[] {
  const { whitening, logDeterminants } = factorsOf(mixture)
  const size = mixture.columns ** 2
  return Array.from(logDeterminants, (logDeterminant, index) => ({ whitening: whitening.subarray(index * size, (index + 1) * size), logDeterminant }))
}

function factorized({ covariance, components, columns, covariances }: GaussianMixture): Factors {
  const matrices = covariance === 'tied' ? 1 : components
  const whitening = new Float64Array(matrices * columns * columns)
  const logDeterminants = new Float64Array(matrices)
  const lower = new Float64Array(columns * columns)
  for (let index = 0; index < matrices; index += 1) {
    const from = index * columns * columns
    if (!choleskyInto(lower, covariances, from, columns)) throw new CollapsedComponent(index)
    let sum = 0
    for (let column = 0; column < columns; column += 1) sum += Math.log(lower[column * (columns + 1)]!)
    logDeterminants[index] = 2 * sum
    invertTransposedInto(whitening, from, lower, columns)
  }
  return { whitening, logDeterminants }
}

/** The components of several mixtures, one mixture after another; covariances that one shares are written out for each. */
export function sideBySide(mixtures: readonly GaussianMixture[]): GaussianMixture {
  const { columns, components, covariance } = mixtures[0]!
  const stack = (parts: readonly Float64Array[]): Float64Array => {
    const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }
  const covariances = mixtures.flatMap((mixture) =>
    covariance === 'tied' ? Array.from({ length: components }, () => mixture.covariances) : [mixture.covariances],
  )
  return {
    covariance: covariance === 'tied' ? 'full' : covariance,
    components: components * mixtures.length,
    columns,
    weights: stack(mixtures.map(({ weights }) => weights)),
    means: stack(mixtures.map(({ means }) => means)),
    covariances: stack(covariances),
  }
}

/** The mixture of x, given that of (x − shift)/scale. For spherical structures all scales must be equal. */
export function toModelUnits(mixture: GaussianMixture, { shift, scale }: Standardization): GaussianMixture {
  const { covariance, columns } = mixture
  const covariances = mixture.covariances.map((value, index) => {
    if (covariance === 'spherical') return value * scale[0]! ** 2
    if (covariance === 'diagonal') return value * scale[index % columns]! ** 2
    return value * scale[index % columns]! * scale[Math.floor(index / columns) % columns]!
  })
  return { ...mixture, covariances, means: mixture.means.map((value, index) => value * scale[index % columns]! + shift[index % columns]!) }
}

/** The inverse of `toModelUnits`. */
export function toStandardUnits(mixture: GaussianMixture, { shift, scale }: Standardization): GaussianMixture {
  const inverse = { scale: scale.map((value) => 1 / value), shift: shift.map((value, column) => -value / scale[column]!) }
  return toModelUnits(mixture, inverse)
}
