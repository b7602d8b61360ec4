import { logGamma } from '@shared/math/gamma'
import { fillUniform } from '@shared/math/random'
import type { MixtureFamily } from './mixture-family'
import { type ProductMixture, productFamily, rowsOfArrays } from './product-family'

interface Size {
  components: number
  columns: number
}

const scatter = (features: Float64Array, columns: number, width: number, write: (value: number, at: number, column: number) => void): void => {
  for (const [index, value] of features.entries()) {
    if (Number.isNaN(value)) continue
    write(value, Math.floor(index / columns) * width, index % columns)
  }
}

/** Columns of 0 and 1: φ = (x, 1 − x), θ = P(x = 1) kept in [clamp, 1 − clamp]. */
export function bernoulliFamily({ components, columns, clamp }: Size & { clamp: number }): MixtureFamily<ProductMixture> {
  const width = 2 * columns
  return productFamily({
    name: 'bernoulli-mixture',
    components,
    columns,
    width,
    parameterCount: columns,
    freeParametersOfComponent: columns,
    encode(features) {
      const encoded = new Float64Array(2 * features.length)
      scatter(features, columns, width, (value, at, column) => {
        encoded[at + column] = value
        encoded[at + columns + column] = 1 - value
      })
      return encoded
    },
    natural: (theta) => Float64Array.from({ length: width }, (_, index) => Math.log(index < columns ? theta[index]! : 1 - theta[index - columns]!)),
    maximize: (sums) =>
      Float64Array.from({ length: columns }, (_, column) => {
        const [ones, zeros] = [sums[column]!, sums[columns + column]!]
        return Math.min(1 - clamp, Math.max(clamp, ones + zeros > 0 ? ones / (ones + zeros) : 0.5))
      }),
    describe: (parameters) => ({ probabilities: rowsOfArrays(parameters) }),
    moments: (theta) => ({ mean: theta.slice(), variance: theta.map((value) => value * (1 - value)) }),
    uniformsPerRow: columns,
    fill: fillUniform,
    draw: (theta, uniform, row) => row.forEach((_, column) => (row[column] = uniform[column]! < theta[column]! ? 1 : 0)),
  })
}

/** Columns of codes 0 … levels − 1: φ is the indicator of the code; no probability falls below the clamp. */
export function categoricalFamily({ components, columns, levels, clamp }: Size & { levels: readonly number[]; clamp: number }): MixtureFamily<ProductMixture> {
  const offsets = levels.map((_, column) => levels.slice(0, column).reduce((sum, count) => sum + count, 0))
  const width = levels.reduce((sum, count) => sum + count, 0)
  const perColumn = (values: Float64Array): Float64Array[] => levels.map((count, column) => values.subarray(offsets[column]!, offsets[column]! + count))
  const product = productFamily({
    name: 'categorical-mixture',
    components,
    columns,
    width,
    parameterCount: width,
    freeParametersOfComponent: width - columns,
    encode(features) {
      const encoded = new Float64Array((features.length / columns) * width)
      scatter(features, columns, width, (value, at, column) => (encoded[at + offsets[column]! + value] = 1))
      return encoded
    },
    natural: (probabilities) => probabilities.map(Math.log),
    maximize(sums) {
      const probabilities = new Float64Array(width)
      for (const [column, own] of perColumn(sums).entries()) {
        const total = own.reduce((all, value) => all + value, 0)
        const raised = own.map((value) => Math.max(clamp, total > 0 ? value / total : 1 / own.length))
        const sum = raised.reduce((all, value) => all + value, 0)
        probabilities.set(raised.map((value) => value / sum), offsets[column])
      }
      return probabilities
    },
    describe: (parameters) => ({ probabilities: parameters.map((own) => perColumn(own).map((values) => [...values])) }),
    moments(probabilities) {
      const mean = Float64Array.from(perColumn(probabilities), (own) => own.reduce((sum, value, code) => sum + code * value, 0))
      const variance = Float64Array.from(perColumn(probabilities), (own, column) =>
        own.reduce((sum, value, code) => sum + (code - mean[column]!) ** 2 * value, 0),
      )
      return { mean, variance }
    },
    uniformsPerRow: columns,
    fill: fillUniform,
    draw(probabilities, uniform, row) {
      for (const [column, own] of perColumn(probabilities).entries()) {
        let code = 0
        for (let rest = uniform[column]! - own[0]!; rest >= 0 && code < own.length - 1; ) rest -= own[(code += 1)]!
        row[column] = code
      }
    },
  })
  return { ...product, codeProbabilities: (mixture, k, column) => perColumn(mixture.parameters.subarray(k * width, (k + 1) * width))[column]! }
}

/** A rate of zero would forbid every count but zero. */
const leastRate = 1e-10

/** Columns of counts: φ = (x, 1, −log x!), rates λ. */
export function poissonFamily({ components, columns }: Size): MixtureFamily<ProductMixture> {
  const width = 3 * columns
  return productFamily({
    name: 'poisson-mixture',
    components,
    columns,
    width,
    parameterCount: columns,
    freeParametersOfComponent: columns,
    encode(features) {
      const encoded = new Float64Array(3 * features.length)
      scatter(features, columns, width, (value, at, column) => {
        encoded[at + column] = value
        encoded[at + columns + column] = 1
        encoded[at + 2 * columns + column] = -logGamma(value + 1)
      })
      return encoded
    },
    natural: (rates) =>
      Float64Array.from({ length: width }, (_, index) => {
        const rate = rates[index % columns]!
        return index < columns ? Math.log(rate) : index < 2 * columns ? -rate : 1
      }),
    maximize: (sums) =>
      Float64Array.from({ length: columns }, (_, column) => {
        const observed = sums[columns + column]!
        return Math.max(leastRate, observed > 0 ? sums[column]! / observed : 1)
      }),
    describe: (parameters) => ({ rates: rowsOfArrays(parameters) }),
    moments: (rates) => ({ mean: rates.slice(), variance: rates.slice() }),
    uniformsPerRow: columns,
    fill: fillUniform,
    draw: (rates, uniform, row) => row.forEach((_, column) => (row[column] = poissonQuantile(uniform[column]!, rates[column]!))),
  })
}

/** The least count whose distribution function reaches the probability. */
export function poissonQuantile(probability: number, rate: number): number {
  const logRate = Math.log(rate)
  const most = Math.ceil(rate + 20 * Math.sqrt(rate) + 50)
  let below = 0
  for (let count = 0; count < most; count += 1) {
    below += Math.exp(count * logRate - rate - logGamma(count + 1))
    if (below >= probability) return count
  }
  return most
}
