import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'
import { digamma, logBeta, logGamma } from '@shared/math/gamma'

/*
 * q(μ_k, Λ_k) = N(μ_k; m_k, (β_k Λ_k)⁻¹) W(Λ_k; W_k, ν_k), and weights by a Dirichlet or by the sticks of a Dirichlet process
 * (v_k ~ Beta(1, γ), weights_k = v_k Π_{j<k} (1 − v_j), with q(z > K) = 0). Bishop 2006, section 10.2; Blei & Jordan 2006.
 */

export interface NormalWishartPrior {
  columns: number
  mean: Float64Array
  meanPrecision: number
  degreesOfFreedom: number
  /** W₀⁻¹: [D, D] */
  inverseScale: Float64Array
  weightPrior: 'dirichlet-process' | 'dirichlet'
  weightConcentration: number
}

export interface NormalWishartMixture {
  components: number
  columns: number
  /** Dirichlet: α_k. Dirichlet process: a_k of Beta(a_k, b_k). */
  concentration: Float64Array
  /** b_k; empty for a Dirichlet. */
  concentrationRest: Float64Array
  meanPrecision: Float64Array
  degreesOfFreedom: Float64Array
  /** [K, D] */
  means: Float64Array
  /** W_k⁻¹: [K, D, D] */
  inverseScales: Float64Array
}

export interface ShareMoments {
  /** [K], [K, D], [K, D, D]: Σ r, Σ r x, Σ r x xᵀ */
  counts: Float64Array
  sums: Float64Array
  products: Float64Array
}

/** q(π, μ, Λ) that is best for given responsibilities. */
export function updatePosterior(prior: NormalWishartPrior, { counts, sums, products }: ShareMoments): NormalWishartMixture {
  const { columns } = prior
  const components = counts.length
  const meanPrecision = counts.map((count) => prior.meanPrecision + count)
  const means = sums.map((sum, index) => {
    const k = Math.floor(index / columns)
    return (prior.meanPrecision * prior.mean[index % columns]! + sum) / meanPrecision[k]!
  })
  // W_k⁻¹ = W₀⁻¹ + Σ r x xᵀ + β₀ m₀ m₀ᵀ − β_k m_k m_kᵀ
  const inverseScales = products.map((product, index) => {
    const k = Math.floor(index / columns ** 2)
    const row = Math.floor(index / columns) % columns
    const column = index % columns
    return (
      prior.inverseScale[row * columns + column]! +
      product +
      prior.meanPrecision * prior.mean[row]! * prior.mean[column]! -
      meanPrecision[k]! * means[k * columns + row]! * means[k * columns + column]!
    )
  })
  const common = { components, columns, meanPrecision, degreesOfFreedom: counts.map((count) => prior.degreesOfFreedom + count), means, inverseScales }
  if (prior.weightPrior === 'dirichlet') {
    return { ...common, concentration: counts.map((count) => prior.weightConcentration + count), concentrationRest: new Float64Array(0) }
  }
  const rest = new Float64Array(components)
  for (let k = components - 2; k >= 0; k -= 1) rest[k] = rest[k + 1]! + counts[k + 1]!
  return { ...common, concentration: counts.map((count) => 1 + count), concentrationRest: rest.map((count) => prior.weightConcentration + count) }
}

export interface ScaleFactor {
  /** F with W_k = F·Fᵀ, upper triangular: [D, D] */
  whitening: Float64Array
  /** log |W_k| */
  logDeterminant: number
}

/** Of each W_k. */
export function scaleFactors({ inverseScales, components, columns }: Pick<NormalWishartMixture, 'inverseScales' | 'components' | 'columns'>): ScaleFactor[] {
  return Array.from({ length: components }, (_, k) => {
    const lower = cholesky(inverseScales.subarray(k * columns ** 2, (k + 1) * columns ** 2), columns)
    if (!lower) throw new Error(`the scale matrix of component ${k + 1} is not positive definite, though its prior is`)
    const inverse = invertLower(lower, columns)
    const whitening = new Float64Array(columns * columns)
    for (let row = 0; row < columns; row += 1) {
      for (let column = row; column < columns; column += 1) whitening[row * columns + column] = inverse[column * columns + row]!
    }
    return { whitening, logDeterminant: -logDeterminant(lower, columns) }
  })
}

/** E[log weights_k] */
export function expectedLogWeights({ concentration, concentrationRest, components }: NormalWishartMixture): Float64Array {
  if (concentrationRest.length === 0) {
    const total = digamma(concentration.reduce((sum, value) => sum + value, 0))
    return concentration.map((value) => digamma(value) - total)
  }
  const found = new Float64Array(components)
  let before = 0
  for (let k = 0; k < components; k += 1) {
    const whole = digamma(concentration[k]! + concentrationRest[k]!)
    found[k] = digamma(concentration[k]!) - whole + before
    before += digamma(concentrationRest[k]!) - whole
  }
  return found
}

/** E[weights_k], scaled to add up to 1: what the sticks beyond the last leave over is not used. */
export function expectedWeights({ concentration, concentrationRest }: NormalWishartMixture): Float64Array {
  let left = 1
  const found = concentration.map((value, k) => {
    if (concentrationRest.length === 0) return value
    const share = value / (value + concentrationRest[k]!)
    const weight = left * share
    left *= 1 - share
    return weight
  })
  const total = found.reduce((sum, value) => sum + value, 0)
  return found.map((value) => value / total)
}

/** ½ E[log |Λ_k|] − D/2 log 2π − D/(2β_k) + E[log weights_k]: what is added to −½ ν_k (x − m_k)ᵀ W_k (x − m_k). */
export function shareConstants(q: NormalWishartMixture, factors: readonly ScaleFactor[]): Float64Array {
  const { columns, degreesOfFreedom, meanPrecision } = q
  const logWeights = expectedLogWeights(q)
  return logWeights.map((logWeight, k) => {
    let logPrecision = columns * Math.log(2) + factors[k]!.logDeterminant
    for (let d = 0; d < columns; d += 1) logPrecision += digamma((degreesOfFreedom[k]! - d) / 2)
    return logWeight + 0.5 * (logPrecision - columns * Math.log(2 * Math.PI) - columns / meanPrecision[k]!)
  })
}

/** log of the Wishart's normalizer without π^(D(D−1)/4), which cancels in every ratio. */
function logWishart(logDeterminantOfScale: number, degreesOfFreedom: number, columns: number): number {
  let sum = (degreesOfFreedom / 2) * logDeterminantOfScale + (degreesOfFreedom * columns * Math.log(2)) / 2
  for (let d = 0; d < columns; d += 1) sum += logGamma((degreesOfFreedom - d) / 2)
  return sum
}

/** The part of the bound that depends on the posterior's normalizers, nats. */
function normalizers(q: NormalWishartMixture, factors: readonly ScaleFactor[]): number {
  const { columns, concentration, concentrationRest, degreesOfFreedom, meanPrecision } = q
  let sum = 0
  for (const [k, factor] of factors.entries()) {
    sum += logWishart(factor.logDeterminant, degreesOfFreedom[k]!, columns) - (columns / 2) * Math.log(meanPrecision[k]!)
  }
  if (concentrationRest.length > 0) return concentration.reduce((total, a, k) => total + logBeta(a, concentrationRest[k]!), sum)
  return concentration.reduce((total, value) => total + logGamma(value), sum) - logGamma(concentration.reduce((total, value) => total + value, 0))
}

/**
 * The bound L at responsibilities of entropy H and the q(π, μ, Λ) that is best for them, total nats:
 * L = H − ND/2 log 2π + log Z(q) − log Z(prior). `relative` leaves out N D log 2π and the prior's normalizers, as scikit-learn's
 * lower_bound_ does.
 */
export function variationalBound(
  prior: NormalWishartPrior,
  q: NormalWishartMixture,
  entropy: number,
  rows: number,
): { bound: number; relative: number } {
  const relative = entropy + normalizers(q, scaleFactors(q))
  const nothing = new Float64Array(q.components)
  const none: ShareMoments = {
    counts: nothing,
    sums: new Float64Array(q.components * q.columns),
    products: new Float64Array(q.components * q.columns ** 2),
  }
  const untouched = updatePosterior(prior, none)
  return { relative, bound: relative - normalizers(untouched, scaleFactors(untouched)) - ((rows * q.columns) / 2) * Math.log(2 * Math.PI) }
}

/**
 * log p(x | data) under q: Σ_k E[weights_k] St(x; m_k, W_k (ν_k + 1 − D) β_k/(β_k + 1), ν_k + 1 − D).
 *
 * @param distances  (x − m_k)ᵀ W_k (x − m_k): [rows, K]
 */
export function logPredictive(q: NormalWishartMixture, factors: readonly ScaleFactor[], distances: Float64Array): Float64Array {
  const { components, columns, degreesOfFreedom, meanPrecision } = q
  const weights = expectedWeights(q)
  const terms = factors.map(({ logDeterminant: logScale }, k) => {
    const degrees = degreesOfFreedom[k]! + 1 - columns
    const spread = meanPrecision[k]! / (meanPrecision[k]! + 1)
    const constant =
      Math.log(weights[k]!) +
      logGamma((degrees + columns) / 2) -
      logGamma(degrees / 2) -
      (columns / 2) * Math.log(Math.PI) +
      0.5 * (columns * Math.log(spread) + logScale)
    return { constant, spread, power: (degrees + columns) / 2 }
  })
  return Float64Array.from({ length: distances.length / components }, (_, row) => {
    let largest = -Infinity
    const logs = terms.map(({ constant, spread, power }, k) => {
      const value = constant - power * Math.log1p(spread * distances[row * components + k]!)
      largest = Math.max(largest, value)
      return value
    })
    return largest + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - largest), 0))
  })
}
