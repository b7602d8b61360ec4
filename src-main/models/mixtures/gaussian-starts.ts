import { type RandomKey, fillUniform } from '@shared/math/random'
import { type MixtureStatistics, type MixtureStructure, maximize } from './gaussian-maximization'
import { type GaussianMixture, covarianceOf } from './gaussian-parameters'

/** Where EM begins. The data are in units in which every column has mean 0 and about unit variance. */

/**
 * Rows chosen one after another, each with probability proportional to its squared distance from the nearest one chosen before
 * (Arthur & Vassilvitskii 2007).
 *
 * @param features  [rows, columns], row-major
 * @returns         the chosen rows, [count], and for each row the one of them it is nearest to, [rows]
 */
export function chooseSpreadRows(
  features: Float64Array,
  columns: number,
  count: number,
  key: RandomKey,
): { chosen: number[]; nearest: Int32Array } {
  const rows = features.length / columns
  const uniform = new Float64Array(count)
  fillUniform(uniform, key)
  const nearest = new Int32Array(rows)
  const distance = new Float64Array(rows).fill(Infinity)
  const chosen: number[] = []
  for (let index = 0; index < count; index += 1) {
    const row = index === 0 ? Math.floor(uniform[0]! * rows) : drawProportionally(distance, uniform[index]!)
    chosen.push(row)
    for (let other = 0; other < rows; other += 1) {
      let square = 0
      for (let column = 0; column < columns; column += 1)
        square += (features[other * columns + column]! - features[row * columns + column]!) ** 2
      if (square < distance[other]!) {
        distance[other] = square
        nearest[other] = index
      }
    }
  }
  return { chosen, nearest }
}

function drawProportionally(weights: Float64Array, uniform: number): number {
  let rest = uniform * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    rest -= weight
    if (rest < 0) return index
  }
  return weights.length - 1
}

/** Each row belongs to the nearest of the rows chosen by k-means++; covariances are drawn towards the whole data's where a cluster is small. */
export function startFromSpreadRows(features: Float64Array, structure: MixtureStructure, key: RandomKey): GaussianMixture {
  const { columns, components } = structure
  const { nearest } = chooseSpreadRows(features, columns, components, key)
  const counts = new Float64Array(components)
  for (const component of nearest) counts[component]! += 1
  const weight = 1 / nearest.length
  const hard = statisticsOf(features, nearest, structure)
  const pooled = pooledWithin(features, nearest, hard, structure)
  // As if each cluster also held columns + 1 rows that are spread like the pooled within-cluster scatter around its own mean.
  const prior = columns + 1
  const mixture: GaussianMixture = {
    ...structure,
    weights: counts.map((count) => Math.max(count, 1) * weight),
    means: hard.sums.map((sum, index) => sum / Math.max(1, counts[Math.floor(index / columns)]!)),
    covariances: new Float64Array(0),
  }
  const total = mixture.weights.reduce((sum, share) => sum + share, 0)
  mixture.weights = mixture.weights.map((share) => share / total)
  mixture.covariances = hard.products.map((product, index) => {
    if (structure.covariance === 'tied') return pooled[index]!
    const size = structure.covariance === 'full' ? columns * columns : structure.covariance === 'diagonal' ? columns : 1
    const component = Math.floor(index / size)
    return (product + prior * pooled[index % size]!) / (counts[component]! + prior)
  })
  return mixture
}

/** Scatter of each cluster around its mean, in the layout of the structure's covariances, not divided by counts. */
function statisticsOf(features: Float64Array, nearest: Int32Array, { covariance, components, columns }: MixtureStructure) {
  const sums = new Float64Array(components * columns)
  const counts = new Float64Array(components)
  for (const [row, component] of nearest.entries()) {
    counts[component]! += 1
    for (let column = 0; column < columns; column += 1) sums[component * columns + column]! += features[row * columns + column]!
  }
  const matrix = covariance === 'full' || covariance === 'tied'
  const size = matrix ? columns * columns : covariance === 'diagonal' ? columns : 1
  const products = new Float64Array((covariance === 'tied' ? 1 : components) * size)
  const centred = new Float64Array(columns)
  for (const [row, component] of nearest.entries()) {
    for (let column = 0; column < columns; column += 1) {
      centred[column] = features[row * columns + column]! - sums[component * columns + column]! / counts[component]!
    }
    const base = covariance === 'tied' ? 0 : component * size
    for (let column = 0; column < columns; column += 1) {
      if (matrix) {
        for (let other = 0; other < columns; other += 1) products[base + column * columns + other]! += centred[column]! * centred[other]!
      } else
        products[base + (covariance === 'diagonal' ? column : 0)]! += centred[column]! ** 2 / (covariance === 'spherical' ? columns : 1)
    }
  }
  return { sums, products }
}

/** Mean scatter within clusters, [size] of one covariance of the structure; at least a thousandth of unit variance, so that it has a factor. */
function pooledWithin(
  features: Float64Array,
  nearest: Int32Array,
  { products }: { products: Float64Array },
  { covariance, components, columns }: MixtureStructure,
): Float64Array {
  const size = covariance === 'tied' ? products.length : products.length / components
  const pooled = new Float64Array(size)
  for (const [index, product] of products.entries()) pooled[index % size]! += product / nearest.length
  const floor = 1e-3
  if (covariance === 'full' || covariance === 'tied') {
    for (let column = 0; column < columns; column += 1) pooled[column * (columns + 1)]! += floor
  } else for (let index = 0; index < size; index += 1) pooled[index]! += floor
  return pooled
}

/** The sums that one component over all rows would have. */
export function wholeStatistics(features: Float64Array, structure: MixtureStructure): MixtureStatistics {
  const rows = features.length / structure.columns
  const { sums, products } = statisticsOf(features, new Int32Array(rows), { ...structure, components: 1 })
  // The columns have mean 0, so scatter around the mean and second moments are the same.
  return {
    counts: Float64Array.of(rows),
    sums,
    products: structure.covariance === 'spherical' ? products.map((sum) => sum * structure.columns) : products,
  }
}

/** Random rows as means, the whole data's covariance for every component, equal weights. */
export function startFromRandomRows(
  features: Float64Array,
  whole: MixtureStatistics,
  structure: MixtureStructure,
  key: RandomKey,
): GaussianMixture {
  const { columns, components, covariance } = structure
  const single = maximize(whole, { ...structure, components: 1 })
  const uniform = new Float64Array(components)
  fillUniform(uniform, key)
  const rows = features.length / columns
  const taken = new Set<number>()
  const means = new Float64Array(components * columns)
  for (const [component, value] of uniform.entries()) {
    let row = Math.floor(value * rows)
    while (taken.has(row) && taken.size < rows) row = (row + 1) % rows
    taken.add(row)
    means.set(features.subarray(row * columns, (row + 1) * columns), component * columns)
  }
  const copies = covariance === 'tied' ? 1 : components
  const one = covariance === 'full' || covariance === 'tied' ? covarianceOf(single, 0) : single.covariances
  const covariances = new Float64Array(one.length * copies)
  for (let copy = 0; copy < copies; copy += 1) covariances.set(one, copy * one.length)
  return { covariance, components, columns, weights: new Float64Array(components).fill(1 / components), means, covariances }
}
