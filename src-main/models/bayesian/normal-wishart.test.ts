import { expect, test } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { type NormalWishartPrior, type ShareMoments, expectedLogWeights, expectedWeights, logPredictive, scaleFactors, updatePosterior, variationalBound } from './normal-wishart'

const columns = 2
const prior = (weightPrior: NormalWishartPrior['weightPrior']): NormalWishartPrior => ({
  columns,
  mean: Float64Array.of(0.3, -0.2),
  meanPrecision: 0.7,
  degreesOfFreedom: 3.5,
  inverseScale: Float64Array.of(2, 0.3, 0.3, 1),
  weightPrior,
  weightConcentration: 0.4,
})
const rows = new Float64Array(2 * 9)
fillNormal(rows, { seed: 1, stream: 'rows' })

function momentsOf(count: number): ShareMoments {
  const sums = new Float64Array(2)
  const products = new Float64Array(4)
  for (let row = 0; row < count; row += 1) {
    for (let d = 0; d < 2; d += 1) {
      sums[d]! += rows[row * 2 + d]!
      for (let e = 0; e < 2; e += 1) products[d * 2 + e]! += rows[row * 2 + d]! * rows[row * 2 + e]!
    }
  }
  return { counts: Float64Array.of(count), sums, products }
}
function distance(whitening: Float64Array, means: Float64Array, x: Float64Array): number {
  let sum = 0
  for (let column = 0; column < 2; column += 1) {
    let y = 0
    for (let d = 0; d <= column; d += 1) y += whitening[d * 2 + column]! * (x[d]! - means[d]!)
    sum += y * y
  }
  return sum
}

test('with one component the bound is the evidence, the product of one-step predictive densities', () => {
  const p = prior('dirichlet')
  let evidence = 0
  for (let row = 0; row < 9; row += 1) {
    const q = updatePosterior(p, momentsOf(row))
    const factors = scaleFactors(q)
    evidence += logPredictive(q, factors, Float64Array.of(distance(factors[0]!.whitening, q.means, rows.subarray(2 * row, 2 * row + 2))))[0]!
  }
  expect(variationalBound(p, updatePosterior(p, momentsOf(9)), 0, 9).bound).toBeCloseTo(evidence, 10)
})

test('the predictive density integrates to 1', () => {
  const q = updatePosterior(prior('dirichlet'), momentsOf(9))
  const factors = scaleFactors(q)
  const step = 0.2
  let mass = 0
  for (let a = -40; a < 40; a += step) {
    for (let b = -40; b < 40; b += step) {
      mass += Math.exp(logPredictive(q, factors, Float64Array.of(distance(factors[0]!.whitening, q.means, Float64Array.of(a, b))))[0]!) * step * step
    }
  }
  expect(mass).toBeCloseTo(1, 3)
})

test('the weights add up to 1, and their expected logarithms are below the logarithms of their expectations', () => {
  for (const kind of ['dirichlet', 'dirichlet-process'] as const) {
    const moments = { counts: Float64Array.of(5, 3, 0), sums: new Float64Array(6), products: new Float64Array(12) }
    const q = updatePosterior(prior(kind), moments)
    const weights = expectedWeights(q)
    expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 14)
    expectedLogWeights(q).forEach((value, k) => expect(value).toBeLessThan(Math.log(weights[k]!)))
    expect(weights[0]).toBeGreaterThan(weights[1]!)
  }
})
