import { quadraticLength } from '../../graph/quadratic'
import { linearStep, mostPrecise } from './gaussian-linear-step'
import type { MixtureStructure } from './gaussian-maximization'
import { type CovarianceStorage, type GaussianMixture, factorsOf, storageOf } from './gaussian-parameters'
import { writeForm } from './gaussian-pass'
import { CollapsedComponent, type LinearForm } from './mixture-family'

/*
 * log weights_k + log N(x; means_k, Σ_k) as a linear form of features, for searches over few rows. Full covariances: (1, x, x_i x_j). Diagonal
 * ones: (1, x, x²). Spherical ones: (1, x, |x|²). Tied ones: (1, x) alone, since xᵀΣ⁻¹x is the same for all components; over all rows it
 * adds −½ tr Σ⁻¹ Σ_n x xᵀ.
 */

const logTwoPi = Math.log(2 * Math.PI)

export function gaussianLinear(shape: MixtureStructure): LinearForm<GaussianMixture> {
  const { structure, columns, components } = shape
  const storage = storageOf(structure)
  const width = { full: quadraticLength(columns), tied: 1 + columns, diagonal: 1 + 2 * columns, spherical: 2 + columns }[storage]
  const step = linearStep(shape)
  return {
    width,
    ...(step && { step: (moments, natural, { products }) => step(moments, natural, products!) }),
    features: (x) => featuresOf(x, columns, storage, width),
    write(natural, mixture, { products }) {
      if (storage === 'full') return writeFull(natural, mixture)
      if (storage === 'tied') return writeTied(natural, mixture, products!)
      return writeAxes(natural, mixture)
    },
    sums(moments) {
      if (storage === 'full') return { counts: Float64Array.from({ length: components }, (_, k) => moments[k * width]!), moments }
      const counts = new Float64Array(components)
      const sums = new Float64Array(components * columns)
      const rest = width - 1 - columns
      const products = new Float64Array(components * rest)
      for (let k = 0; k < components; k += 1) {
        const from = k * width
        counts[k] = moments[from]!
        for (let column = 0; column < columns; column += 1) sums[k * columns + column] = moments[from + 1 + column]!
        for (let index = 0; index < rest; index += 1) products[k * rest + index] = moments[from + 1 + columns + index]!
      }
      return storage === 'tied' ? { counts, sums } : { counts, sums, products }
    },
  }
}

function featuresOf(x: Float64Array, columns: number, storage: CovarianceStorage, width: number): Float64Array {
  const rows = x.length / columns
  const features = new Float64Array(width * rows)
  for (let row = 0; row < rows; row += 1) {
    const own = x.subarray(row * columns, (row + 1) * columns)
    let at = row
    const put = (value: number): void => {
      features[at] = value
      at += rows
    }
    put(1)
    own.forEach(put)
    if (storage === 'diagonal') own.forEach((value) => put(value * value))
    else if (storage === 'spherical') put(own.reduce((sum, value) => sum + value * value, 0))
    else if (storage === 'full') for (let i = 0; i < columns; i += 1) for (let j = i; j < columns; j += 1) put(own[i]! * own[j]!)
  }
  return features
}

function writeFull(natural: Float64Array, mixture: GaussianMixture): number | null {
  const { components, columns } = mixture
  const factors = factorsOf(mixture)
  natural.fill(0)
  for (let k = 0; k < components; k += 1) writeForm(natural, components, k, mixture, factors, k)
  // The diagonal of −½ Σ⁻¹ bounds its trace.
  for (let i = 0, pair = 1 + columns; i < columns; pair += columns - i, i += 1) {
    for (let k = 0; k < components; k += 1) if (natural[pair * components + k]! < -0.5 * mostPrecise) return null
  }
  return 0
}

function writeTied(natural: Float64Array, mixture: GaussianMixture, products: Float64Array): number | null {
  const { components, columns, weights, means } = mixture
  const { whitening, logDeterminants } = factorsOf(mixture)
  let common = 0
  for (let k = 0; k < components; k += 1) natural[k] = Math.log(weights[k]!) - (columns / 2) * logTwoPi - 0.5 * logDeterminants[0]!
  natural.fill(0, components)
  for (let row = 0; row < columns; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let entry = 0
      for (let k = Math.max(row, column); k < columns; k += 1) entry += whitening[row * columns + k]! * whitening[column * columns + k]!
      if (row === column && entry > mostPrecise) return null
      common -= 0.5 * entry * products[row * columns + column]!
      for (let k = 0; k < components; k += 1) {
        const product = entry * means[k * columns + column]!
        natural[(1 + row) * components + k]! += product
        natural[k]! -= 0.5 * product * means[k * columns + row]!
      }
    }
  }
  return common
}

function writeAxes(natural: Float64Array, { components, columns, covariance, weights, means, covariances }: GaussianMixture): number | null {
  const isSpherical = covariance === 'spherical'
  for (let k = 0; k < components; k += 1) {
    let constant = Math.log(weights[k]!) - (columns / 2) * logTwoPi
    for (let column = 0; column < columns; column += 1) {
      const variance = covariances[isSpherical ? k : k * columns + column]!
      if (!(variance > 0)) throw new CollapsedComponent(k)
      if (variance * mostPrecise < 1) return null
      const mean = means[k * columns + column]!
      constant -= 0.5 * (Math.log(variance) + (mean * mean) / variance)
      natural[(1 + column) * components + k] = mean / variance
      natural[(1 + columns + (isSpherical ? 0 : column)) * components + k] = -0.5 / variance
    }
    natural[k] = constant
  }
  return 0
}
