import type { RandomKey } from '@shared/math/random'
import { lloyd, spreadRows } from '../mixtures/partitions'
import { type FactorModel, factorStatistics, maximizeFactors, posteriorOf } from './factor-model'
import { principalFactors } from './factor-solutions'

/*
 * p(x) = Σ_k weights_k N(x; mean_k, Λ_k Λ_kᵀ + Ψ_k): a Gaussian mixture whose covariances need D·q numbers instead of D². Ghahramani & Hinton
 * 1996; the M-step is a few EM steps of factor analysis on each component's scatter, so EM is a generalized one and climbs all the same.
 */

export interface FactorMixture {
  weights: Float64Array
  factors: FactorModel[]
}

export interface FactorMixtureStructure {
  components: number
  columns: number
  latent: number
  noise: 'separate' | 'shared'
  noiseFloor: number
}

/** Σ r [K], Σ r x [K, D], Σ r x xᵀ [K, D, D] */
export interface ScatterSums {
  counts: Float64Array
  sums: Float64Array
  products: Float64Array
}

/** Where a component has no rows left. */
export class DeadComponent extends Error {
  override readonly name = 'DeadComponent'
  constructor(readonly component: number) {
    super(`component ${component + 1} has no rows left`)
  }
}

const innerSteps = 4

/** Mean and covariance of one component's rows. */
function scatterOf({ counts, sums, products }: ScatterSums, columns: number, k: number): { mean: Float64Array; scatter: Float64Array } {
  const count = counts[k]!
  if (!(count > 1e-200)) throw new DeadComponent(k)
  const mean = sums.slice(k * columns, (k + 1) * columns).map((sum) => sum / count)
  const scatter = products
    .slice(k * columns ** 2, (k + 1) * columns ** 2)
    .map((product, index) => product / count - mean[Math.floor(index / columns)]! * mean[index % columns]!)
  return { mean, scatter }
}

export function maximizeFactorMixture(sums: ScatterSums, before: FactorMixture, structure: FactorMixtureStructure): FactorMixture {
  const { columns, latent, noise, noiseFloor } = structure
  const total = sums.counts.reduce((sum, count) => sum + count, 0)
  const weights = sums.counts.map((count) => count / total)
  const scatters = before.factors.map((_, k) => scatterOf(sums, columns, k))
  let factors = before.factors.map((model, k) => ({ ...model, mean: scatters[k]!.mean }))
  for (let step = 0; step < innerSteps; step += 1) {
    factors = factors.map((model, k) => {
      const statistics = factorStatistics(model, posteriorOf(model), scatters[k]!.scatter)
      return maximizeFactors(model.mean, statistics, latent, { isotropic: false, noiseFloor: noise === 'shared' ? Number.MIN_VALUE : noiseFloor })
    })
    if (noise === 'separate') continue
    const common = Float64Array.from({ length: columns }, (_, d) =>
      Math.max(noiseFloor, factors.reduce((sum, model, k) => sum + weights[k]! * model.noise[d]!, 0)),
    )
    factors = factors.map((model) => ({ ...model, noise: common }))
  }
  return { weights, factors }
}

/** Λ Λᵀ + Ψ: [D, D] */
export function factorCovariance({ columns, latent, loadings, noise }: FactorModel): Float64Array {
  return Float64Array.from({ length: columns * columns }, (_, index) => {
    const row = Math.floor(index / columns)
    const column = index % columns
    let sum = row === column ? noise[row]! : 0
    for (let a = 0; a < latent; a += 1) sum += loadings[row * latent + a]! * loadings[column * latent + a]!
    return sum
  })
}

/** A k-means partition; each part's principal factors, with a tenth of the whole's scatter mixed in so that small parts have one. */
export function startFactorMixture(features: Float64Array, structure: FactorMixtureStructure, key: RandomKey): FactorMixture {
  const { components, columns, latent, noiseFloor } = structure
  const rows = features.length / columns
  const sums: ScatterSums = {
    counts: new Float64Array(components),
    sums: new Float64Array(components * columns),
    products: new Float64Array(components * columns ** 2),
  }
  const whole = new Float64Array(columns ** 2)
  const table = { features, columns }
  lloyd(table, spreadRows(table, components, key), 10).forEach((k, row) => {
    sums.counts[k]! += 1
    for (let d = 0; d < columns; d += 1) {
      const value = features[row * columns + d]!
      sums.sums[k * columns + d]! += value
      for (let e = 0; e < columns; e += 1) {
        const product = value * features[row * columns + e]!
        sums.products[(k * columns + d) * columns + e]! += product
        whole[d * columns + e]! += product / rows
      }
    }
  })
  const factors = Array.from({ length: components }, (_, k) => {
    const { mean, scatter } = scatterOf(sums, columns, k)
    for (let d = 0; d < columns; d += 1) scatter[d * (columns + 1)]! += 1e-6
    const model = principalFactors(mean, scatter.map((value, index) => 0.9 * value + 0.1 * whole[index]!), latent)
    return { ...model, noise: model.noise.map((value) => Math.max(value, noiseFloor)) }
  })
  return { weights: sums.counts.map((count) => count / rows), factors }
}

export function factorMixtureFreeParameters({ components, columns, latent, noise }: FactorMixtureStructure): number {
  const each = columns + columns * latent - (latent * (latent - 1)) / 2
  return components - 1 + components * each + (noise === 'shared' ? columns : components * columns)
}
