import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { type AxisStructure, type FullStructure, type Scatter, maximizeAxes, maximizeFull } from './covariance-structures'
import { type CovarianceStorage, type GaussianMixture, covarianceOf, factorize, storageOf } from './gaussian-parameters'
import { unpackMoments } from './gaussian-pass'
import { CollapsedComponent, type Sums } from './mixture-family'

export interface MixtureStructure {
  structure: CovarianceStructure
  components: number
  columns: number
  /** Added to every variance, in the units of the data the statistics come from, before the structure is imposed. */
  regularization: number
}

/** counts [K], sums [K, D] and products as `gaussianStatistics` gives them. */
export interface GaussianSums {
  counts: Float64Array
  sums: Float64Array
  products: Float64Array
}
export const gaussianSums = (sums: Sums, columns: number): GaussianSums =>
  (sums['moments'] ? { counts: sums['counts'], ...unpackMoments(sums['moments'], columns) } : sums) as unknown as GaussianSums

/**
 * The M-step: weights_k = N_k/N, means_k = Σ r x/N_k, and covariances of the structure from W_k = Σ r x xᵀ − N_k means_k means_kᵀ.
 * Throws CollapsedComponent where a component has no weight left or a variance that is not positive.
 */
export function maximizeGaussian(statistics: GaussianSums, shape: MixtureStructure, previous: GaussianMixture | null): GaussianMixture {
  const { structure, components, columns } = shape
  const covariance = storageOf(structure)
  const { counts, sums } = statistics
  const total = counts.reduce((all, count) => all + count, 0)
  for (const [component, count] of counts.entries()) if (!(count > total * 1e-300)) throw new CollapsedComponent(component)
  const means = sums.map((value, index) => value / counts[Math.floor(index / columns)]!)
  const scatter = scatterOf(statistics, means, shape)
  const covariances = covariancesFrom(scatter, shape, previous)
  const stride = covariance === 'full' || covariance === 'tied' ? columns + 1 : 1
  const size = covariances.length / (covariance === 'tied' ? 1 : components)
  for (let index = 0; index < covariances.length; index += 1) {
    if ((index % size) % stride === 0 && !(covariances[index]! > 0)) throw new CollapsedComponent(Math.floor(index / size))
  }
  return { covariance, components, columns, weights: counts.map((count) => count / total), means, covariances }
}

/** W_k with the regularization, in the layout of the products. */
export function scatterOf(
  { counts, products }: GaussianSums,
  means: Float64Array,
  { structure, components, columns, regularization }: Pick<MixtureStructure, 'structure' | 'components' | 'columns' | 'regularization'>,
): Scatter {
  const storage = storageOf(structure)
  const groups = storage === 'tied' ? 1 : components
  const size = products.length / groups
  const matrices = Array.from({ length: groups }, (_, group) => products.slice(group * size, (group + 1) * size))
  for (let component = 0; component < components; component += 1) {
    const matrix = matrices[storage === 'tied' ? 0 : component]!
    const count = counts[component]!
    const mean = means.subarray(component * columns, (component + 1) * columns)
    for (let row = 0; row < columns; row += 1) {
      const weighted = count * mean[row]!
      if (storage === 'diagonal') matrix[row]! += count * regularization - weighted * mean[row]!
      else if (storage === 'spherical') matrix[0]! += count * regularization - weighted * mean[row]!
      else {
        for (let column = 0; column < columns; column += 1) matrix[row * columns + column]! -= weighted * mean[column]!
        matrix[row * (columns + 1)]! += count * regularization
      }
    }
  }
  return { counts, columns, matrices }
}

function covariancesFrom(scatter: Scatter, { structure }: MixtureStructure, previous: GaussianMixture | null): Float64Array {
  const { counts, columns, matrices } = scatter
  const storage = storageOf(structure)
  const before = previous && Array.from({ length: counts.length }, (_, k) => storedCovariance(previous, k, storage))
  switch (structure) {
    case 'VVV':
      return joined(matrices.map((matrix, k) => matrix.map((value) => value / counts[k]!)))
    case 'EEE': {
      const total = counts.reduce((all, count) => all + count, 0)
      return matrices[0]!.map((value) => value / total)
    }
    case 'EII':
    case 'VII':
      return Float64Array.from(maximizeAxes[structure](scatter, before), (variances) => variances[0]!)
    case 'EEI':
    case 'VEI':
    case 'EVI':
    case 'VVI':
      return joined(maximizeAxes[structure satisfies AxisStructure](scatter, before))
    default:
      return columns === 1
        ? joined(maximizeFull[inOneColumn[structure]]({ counts, columns, matrices }, before))
        : joined(maximizeFull[structure](scatter, before))
  }
}

/** With one column there is only volume. */
const inOneColumn: Record<FullStructure, FullStructure> = { VEE: 'VEE', EVE: 'EEV', VVE: 'VEE', EEV: 'EEV', VEV: 'VEE', EVV: 'EEV' }

const storedCovariance = (mixture: GaussianMixture, component: number, storage: CovarianceStorage): Float64Array =>
  storage === 'diagonal'
    ? mixture.covariances.subarray(component * mixture.columns, (component + 1) * mixture.columns)
    : covarianceOf(mixture, component)

function joined(parts: readonly Float64Array[]): Float64Array {
  const size = parts[0]!.length
  const all = new Float64Array(parts.length * size)
  parts.forEach((part, index) => all.set(part, index * size))
  return all
}

/**
 * Q(θ) = Σ_n Σ_k r_nk log p(x_n, k; θ) from the sums alone, in nats over all rows. Computed apart from the E-step, so that
 * log p = L + KL can be checked and not merely repeated.
 */
export function expectedCompleteLogLikelihood(mixture: GaussianMixture, { counts, sums, products }: GaussianSums): number {
  const { components, columns, covariance, weights, means } = mixture
  const factors = covariance === 'full' || covariance === 'tied' ? factorize(mixture) : null
  let total = 0
  for (let component = 0; component < components; component += 1) {
    const count = counts[component]!
    const mean = means.subarray(component * columns, (component + 1) * columns)
    const sum = sums.subarray(component * columns, (component + 1) * columns)
    total += count * (Math.log(weights[component]!) - (columns / 2) * Math.log(2 * Math.PI))
    if (factors) total -= (count / 2) * factors[covariance === 'full' ? component : 0]!.logDeterminant
    if (covariance === 'full') {
      total -= 0.5 * trace(factors![component]!.whitening, columns, (row, column) => {
        const product = products[(component * columns + row) * columns + column]!
        return product - sum[row]! * mean[column]! - mean[row]! * sum[column]! + count * mean[row]! * mean[column]!
      })
    } else if (covariance !== 'tied') total -= diagonalPart(mixture, component, count, sum, products)
  }
  if (covariance === 'tied') {
    total -= 0.5 * trace(factors![0]!.whitening, columns, (row, column) => {
      let scatter = products[row * columns + column]!
      for (let component = 0; component < components; component += 1) {
        const at = component * columns
        const [meanRow, meanColumn] = [means[at + row]!, means[at + column]!]
        scatter += counts[component]! * meanRow * meanColumn - sums[at + row]! * meanColumn - meanRow * sums[at + column]!
      }
      return scatter
    })
  }
  return total
}

/** tr(F Fᵀ S), with F upper triangular. */
function trace(whitening: Float64Array, columns: number, scatter: (row: number, column: number) => number): number {
  let sum = 0
  for (let row = 0; row < columns; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let precision = 0
      for (let k = Math.max(row, column); k < columns; k += 1) precision += whitening[row * columns + k]! * whitening[column * columns + k]!
      sum += precision * scatter(row, column)
    }
  }
  return sum
}

function diagonalPart(mixture: GaussianMixture, component: number, count: number, sum: Float64Array, products: Float64Array): number {
  const { columns, covariance, covariances, means } = mixture
  let part = 0
  for (let column = 0; column < columns; column += 1) {
    const at = component * columns + column
    const variance = covariances[covariance === 'spherical' ? component : at]!
    const square = covariance === 'diagonal' ? products[at]! : column === 0 ? products[component]! : 0
    part += 0.5 * (count * Math.log(variance) + (square - 2 * means[at]! * sum[column]! + count * means[at]! ** 2) / variance)
  }
  return part
}

