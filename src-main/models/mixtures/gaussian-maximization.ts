import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { type AxisStructure, type FullStructure, type Scatter, maximizeAxes, maximizeFull } from './covariance-structures'
import { type GaussianMixture, factorize, storageOf } from './gaussian-parameters'
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
  /** Nobody else holds the products: the scatter may take their place. */
  own?: boolean
}
export const gaussianSums = (sums: Sums, columns: number): GaussianSums =>
  (sums['moments'] ? { counts: sums['counts'], ...unpackMoments(sums['moments'], columns), own: true } : sums) as unknown as GaussianSums

/**
 * The M-step: weights_k = N_k/N, means_k = Σ r x/N_k, and covariances of the structure from W_k = Σ r x xᵀ − N_k means_k means_kᵀ.
 * Throws CollapsedComponent where a component has no weight left or a variance that is not positive.
 */
export function maximizeGaussian(statistics: GaussianSums, shape: MixtureStructure, previous: GaussianMixture | null): GaussianMixture {
  const { structure, components, columns } = shape
  const covariance = storageOf(structure)
  const { counts, sums } = statistics
  const total = sumOf(counts)
  const means = new Float64Array(components * columns)
  const weights = new Float64Array(components)
  for (let component = 0; component < components; component += 1) {
    const count = counts[component]!
    if (!(count > total * 1e-300)) throw new CollapsedComponent(component)
    weights[component] = count / total
    for (let index = component * columns; index < (component + 1) * columns; index += 1) means[index] = sums[index]! / count
  }
  const scatter = scatterOf(statistics, means, shape)
  const covariances = covariancesFrom(scatter, shape, previous)
  const stride = covariance === 'full' || covariance === 'tied' ? columns + 1 : 1
  const size = covariances.length / (covariance === 'tied' ? 1 : components)
  for (let index = 0; index < covariances.length; index += 1) {
    if ((index % size) % stride === 0 && !(covariances[index]! > 0)) throw new CollapsedComponent(Math.floor(index / size))
  }
  return { covariance, components, columns, weights, means, covariances }
}

function sumOf(values: Float64Array): number {
  let total = 0
  for (let index = 0; index < values.length; index += 1) total += values[index]!
  return total
}

/** W_k with the regularization, in the layout of the products: `flat`, and each by itself as a part of it. */
export function scatterOf(
  { counts, products, own = false }: GaussianSums,
  means: Float64Array,
  { structure, components, columns, regularization }: Pick<MixtureStructure, 'structure' | 'components' | 'columns' | 'regularization'>,
): Scatter & { flat: Float64Array } {
  const storage = storageOf(structure)
  const groups = storage === 'tied' ? 1 : components
  const size = products.length / groups
  const flat = own ? products : products.slice()
  for (let component = 0; component < components; component += 1) {
    const from = storage === 'tied' ? 0 : component * size
    const count = counts[component]!
    for (let row = 0; row < columns; row += 1) {
      const mean = means[component * columns + row]!
      const weighted = count * mean
      if (storage === 'diagonal') flat[from + row]! += count * regularization - weighted * mean
      else if (storage === 'spherical') flat[from]! += count * regularization - weighted * mean
      else {
        const start = from + row * columns
        for (let column = 0; column < columns; column += 1) flat[start + column]! -= weighted * means[component * columns + column]!
        flat[start + row]! += count * regularization
      }
    }
  }
  return { counts, columns, flat, matrices: Array.from({ length: groups }, (_, group) => flat.subarray(group * size, (group + 1) * size)) }
}

function covariancesFrom(scatter: Scatter & { flat: Float64Array }, { structure }: MixtureStructure, previous: GaussianMixture | null): Float64Array {
  const { counts, columns, flat } = scatter
  const before = previous && partsOf(previous)
  switch (structure) {
    case 'VVV': {
      const size = columns * columns
      for (let index = 0, k = 0; k < counts.length; k += 1) for (const end = index + size; index < end; index += 1) flat[index]! /= counts[k]!
      return flat
    }
    case 'EEE': {
      const total = sumOf(counts)
      for (let index = 0; index < flat.length; index += 1) flat[index]! /= total
      return flat
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
      return joined(maximizeFull[columns === 1 ? inOneColumn[structure] : structure](scatter, before))
  }
}

/** With one column there is only volume. */
const inOneColumn: Record<FullStructure, FullStructure> = { VEE: 'VEE', EVE: 'EEV', VVE: 'VEE', EEV: 'EEV', VEV: 'VEE', EVV: 'EEV' }

/** Covariances as they are stored, one of each component. */
function partsOf({ covariances, covariance, components }: GaussianMixture): Float64Array[] {
  const size = covariances.length / (covariance === 'tied' ? 1 : components)
  return Array.from({ length: covariances.length / size }, (_, k) => covariances.subarray(k * size, (k + 1) * size))
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const size = parts[0]!.length
  const all = new Float64Array(parts.length * size)
  for (let k = 0; k < parts.length; k += 1) all.set(parts[k]!, k * size)
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

