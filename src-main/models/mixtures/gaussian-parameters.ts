import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'
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

const factored = new WeakMap<GaussianMixture, Factor[]>()

/** Factors of the covariance matrices: one per component, or a single one for tied. Found once for a mixture. Throws CollapsedComponent. */
export function factorize(mixture: GaussianMixture): Factor[] {
  const factors = factored.get(mixture) ?? factorsOf(mixture)
  factored.set(mixture, factors)
  return factors
}

function factorsOf(mixture: GaussianMixture): Factor[] {
  const { covariance, components, columns, covariances } = mixture
  const matrices = covariance === 'tied' ? 1 : components
  return Array.from({ length: matrices }, (_, component) => {
    const offset = covariance === 'full' ? component * columns * columns : 0
    const lower = cholesky(covariances.subarray(offset, offset + columns * columns), columns)
    if (!lower) throw new CollapsedComponent(component)
    const inverse = invertLower(lower, columns)
    const whitening = new Float64Array(columns * columns)
    for (let row = 0; row < columns; row += 1) {
      for (let column = row; column < columns; column += 1) whitening[row * columns + column] = inverse[column * columns + row]!
    }
    return { whitening, logDeterminant: logDeterminant(lower, columns) }
  })
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
