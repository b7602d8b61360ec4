import type { Covariance } from '@shared/domain/spec'
import { CollapsedComponent, type GaussianMixture, covarianceOf, factorize } from './gaussian-parameters'

/** Sums over rows, weighted by responsibilities: counts [K], sums [K, D], products as `expectationPass` gives them (tied: Σ x xᵀ, [D, D]). */
export interface MixtureStatistics {
  counts: Float64Array
  sums: Float64Array
  products: Float64Array
}

export interface MixtureStructure {
  covariance: Covariance
  components: number
  columns: number
  /** Added to every variance after the M-step, in the units of the data the statistics come from. */
  regularization: number
}

/**
 * The M-step: weights_k = N_k/N, means_k = Σ r x/N_k, Σ_k = Σ r x xᵀ/N_k − means_k means_kᵀ (pooled or averaged as the structure asks).
 * Throws CollapsedComponent where a component has no weight left or a variance that is not positive.
 */
export function maximize(statistics: MixtureStatistics, structure: MixtureStructure): GaussianMixture {
  const { covariance, components, columns, regularization } = structure
  const { counts, sums, products } = statistics
  const total = counts.reduce((sum, count) => sum + count, 0)
  for (const [component, count] of counts.entries()) if (!(count > total * 1e-300)) throw new CollapsedComponent(component)
  const weights = counts.map((count) => count / total)
  const means = sums.map((sum, index) => sum / counts[Math.floor(index / columns)]!)
  const covariances = covariancesFrom(counts, means, products, structure, total)

  const addTo = (index: number): void => {
    covariances[index]! += regularization
    if (!(covariances[index]! > 0)) throw new CollapsedComponent(covariance === 'full' ? Math.floor(index / columns ** 2) : Math.floor(index / columns))
  }
  if (covariance === 'full' || covariance === 'tied') {
    for (let matrix = 0; matrix < covariances.length; matrix += columns * columns) {
      for (let column = 0; column < columns; column += 1) addTo(matrix + column * (columns + 1))
    }
  } else for (let index = 0; index < covariances.length; index += 1) addTo(index)
  return { covariance, components, columns, weights, means, covariances }
}

function covariancesFrom(
  counts: Float64Array,
  means: Float64Array,
  products: Float64Array,
  { covariance, components, columns }: MixtureStructure,
  total: number,
): Float64Array {
  switch (covariance) {
    case 'full':
      return products.map((product, index) => {
        const component = Math.floor(index / (columns * columns))
        const row = Math.floor(index / columns) % columns
        return product / counts[component]! - means[component * columns + row]! * means[component * columns + (index % columns)]!
      })
    case 'tied':
      return products.map((product, index) => {
        let between = 0
        for (let component = 0; component < components; component += 1) {
          const mean = component * columns
          between += counts[component]! * means[mean + Math.floor(index / columns)]! * means[mean + (index % columns)]!
        }
        return (product - between) / total
      })
    case 'diagonal':
      return products.map((product, index) => product / counts[Math.floor(index / columns)]! - means[index]! ** 2)
    case 'spherical':
      return products.map((product, component) => {
        let square = 0
        for (let column = 0; column < columns; column += 1) square += means[component * columns + column]! ** 2
        return (product / counts[component]! - square) / columns
      })
    default:
      return covariance satisfies never
  }
}

/**
 * Q(θ) = Σ_n Σ_k r_nk log p(x_n, k; θ) from the sums alone, in nats over all rows. Computed apart from the E-step, so that
 * log p = L + KL can be checked and not merely repeated.
 */
export function expectedCompleteLogLikelihood(mixture: GaussianMixture, { counts, sums, products }: MixtureStatistics): number {
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

/**
 * Is this optimum one of the spurious ones that a likelihood without bound has: a component on less than 1 % of the weight, or so flat in
 * some direction that its variance there is below 1e-8 of the whole data's, or is mostly what regularization added?
 *
 * @param mixture         in units in which the whole data have variance 1 per column
 * @param regularization  in the same units
 */
export function isSpurious(mixture: GaussianMixture, regularization: number): boolean {
  const { weights, components, columns, covariance } = mixture
  if (weights.some((weight) => weight < 0.01 && components > 1)) return true
  const flat = 1e-8 + 10 * regularization
  if (covariance === 'diagonal' || covariance === 'spherical') return mixture.covariances.some((variance) => variance < flat)
  return Array.from({ length: covariance === 'tied' ? 1 : components }, (_, component) => component).some((component) => {
    const { whitening } = factorize({ ...mixture, covariance: 'tied', covariances: covarianceOf(mixture, component) })[0]!
    // 1/F_jj² is the variance of column j given the columns before it.
    return Array.from({ length: columns }, (_, column) => whitening[column * (columns + 1)]! ** -2).some((variance) => variance < flat)
  })
}
