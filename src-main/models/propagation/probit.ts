import type { SiteReport } from './site-report'
import { logNormalCdf, normalHazard } from '@shared/math/normal-cdf'

/*
 * Probit regression: p(y_n | x_n, β) = Φ(y_n x_nᵀβ) with y = ±1, β ~ N(0, b I); q(β) = N(mean, covariance). A site is a Gaussian of x_nᵀβ
 * alone. Rasmussen & Williams 2006, section 3.6, in the space of coefficients.
 */

export interface Probit {
  columns: number
  mean: Float64Array
  /** [D, D] */
  covariance: Float64Array
}

/** x_nᵀβ under q: its mean and variance, and the vector covariance·x_n. */
export function project({ columns, mean, covariance }: Probit, x: ArrayLike<number>, offset: number): { mean: number; variance: number; along: Float64Array } {
  const along = new Float64Array(columns)
  let [average, variance] = [0, 0]
  for (let d = 0; d < columns; d += 1) {
    for (let e = 0; e < columns; e += 1) along[d]! += covariance[d * columns + e]! * x[offset + e]!
    average += mean[d]! * x[offset + d]!
    variance += along[d]! * x[offset + d]!
  }
  return { mean: average, variance, along }
}

/** log p(y = 1 | x) averaged over q. */
export function logProbability(probit: Probit, x: ArrayLike<number>, offset: number, sign: number): number {
  const { mean, variance } = project(probit, x, offset)
  return logNormalCdf((sign * mean) / Math.sqrt(1 + variance))
}

/** log p(labels, β): the prior and all factors. */
export function probitLogJoint(rows: ArrayLike<number>, signs: ArrayLike<number>, columns: number, priorVariance: number): (beta: Float64Array) => number {
  return (beta) => {
    let sum = -0.5 * (columns * Math.log(2 * Math.PI * priorVariance) + beta.reduce((total, value) => total + value * value, 0) / priorVariance)
    for (let row = 0; row < signs.length; row += 1) {
      let score = 0
      for (let d = 0; d < columns; d += 1) score += rows[row * columns + d]! * beta[d]!
      sum += logNormalCdf(signs[row]! * score)
    }
    return sum
  }
}

export class ProbitSites {
  readonly sites: number
  readonly #precision: Float64Array
  readonly #weighted: Float64Array
  readonly #q: Probit

  /**
   * @param rows   [N, D], row-major
   * @param signs  [N], ±1
   */
  constructor(
    readonly rows: Float64Array,
    readonly signs: Float64Array,
    readonly columns: number,
    readonly priorVariance: number,
  ) {
    this.sites = signs.length
    this.#precision = new Float64Array(this.sites)
    this.#weighted = new Float64Array(this.sites)
    const covariance = new Float64Array(columns * columns)
    for (let d = 0; d < columns; d += 1) covariance[d * (columns + 1)] = priorVariance
    this.#q = { columns, mean: new Float64Array(columns), covariance }
  }

  posterior(): Probit {
    return this.#q
  }

  /** q without one site, as a Gaussian of x_nᵀβ; a row of zeros says nothing about β. Null where what is left is no density. */
  #cavity(site: number): 'says nothing' | { mean: number; variance: number; whole: ReturnType<typeof project> } | null {
    const whole = project(this.#q, this.rows, site * this.columns)
    if (whole.variance === 0) return 'says nothing'
    const precision = 1 / whole.variance - this.#precision[site]!
    if (!(precision > 0)) return null
    return { mean: (whole.mean / whole.variance - this.#weighted[site]!) / precision, variance: 1 / precision, whole }
  }

  refine(site: number, step: number): number | null {
    const cavity = this.#cavity(site)
    if (!cavity) return null
    if (cavity === 'says nothing') return 0
    const sign = this.signs[site]!
    const width = Math.sqrt(1 + cavity.variance)
    const z = (sign * cavity.mean) / width
    const hazard = normalHazard(z)
    const mean = cavity.mean + (sign * cavity.variance * hazard) / width
    // 1 − v h (z + h)/(1 + v), written so that nothing cancels when v is large
    const variance = cavity.variance * (1 - (cavity.variance / (1 + cavity.variance)) * hazard * (z + hazard))
    const precision = (1 - step) * this.#precision[site]! + step * (1 / variance - 1 / cavity.variance)
    const weighted = (1 - step) * this.#weighted[site]! + step * (mean / variance - cavity.mean / cavity.variance)
    return this.#exchange(site, precision, weighted, cavity.whole)
  }

  /** Rank-one change of q: its precision gains (new − old)·x xᵀ. */
  #exchange(site: number, precision: number, weighted: number, { mean, variance, along }: ReturnType<typeof project>): number | null {
    const more = precision - this.#precision[site]!
    const pull = weighted - this.#weighted[site]!
    const scale = 1 + more * variance
    if (!(scale > 0)) return null
    const { covariance, mean: means } = this.#q
    const shift = (pull - more * mean) / scale
    for (let d = 0; d < this.columns; d += 1) {
      means[d]! += shift * along[d]!
      for (let e = 0; e < this.columns; e += 1) covariance[d * this.columns + e]! -= (more / scale) * along[d]! * along[e]!
    }
    this.#precision[site] = precision
    this.#weighted[site] = weighted
    return Math.max(Math.abs(shift) * Math.sqrt(variance), Math.abs(Math.log(scale)))
  }

  /** What each site has come to: its precision along x_n, p(y_n | the other rows), and the log of it. */
  report(): SiteReport {
    const logMass = Float64Array.from({ length: this.sites }, (_, site) => {
      const cavity = this.#cavity(site)
      if (cavity === null) return NaN
      return cavity === 'says nothing' ? logNormalCdf(0) : logNormalCdf((this.signs[site]! * cavity.mean) / Math.sqrt(1 + cavity.variance))
    })
    return { precision: this.#precision.slice(), agreement: logMass.map(Math.exp), logMass }
  }

  logEvidence(): number {
    // log Z = log ∫ prior Π sites; the sites' scales follow from each cavity. The determinant comes from the covariance of q.
    const { mean, covariance } = this.#q
    let sum = 0.5 * (logDeterminantOf(covariance, this.columns) - this.columns * Math.log(this.priorVariance))
    for (let d = 0; d < this.columns; d += 1) sum += 0.5 * mean[d]! * this.#pull(d)
    for (let site = 0; site < this.sites; site += 1) {
      const cavity = this.#cavity(site)
      if (!cavity) return NaN
      if (cavity === 'says nothing') {
        sum += logNormalCdf(0)
        continue
      }
      const { whole } = cavity
      sum += logNormalCdf((this.signs[site]! * cavity.mean) / Math.sqrt(1 + cavity.variance))
      sum += 0.5 * (Math.log(cavity.variance / whole.variance) + cavity.mean ** 2 / cavity.variance - whole.mean ** 2 / whole.variance)
    }
    return sum
  }

  /** Σ_n weighted_n x_n, the precision-weighted mean of q. */
  #pull(column: number): number {
    let sum = 0
    for (let site = 0; site < this.sites; site += 1) sum += this.#weighted[site]! * this.rows[site * this.columns + column]!
    return sum
  }
}

/** By elimination without pivots, which a covariance needs not. */
function logDeterminantOf(matrix: Float64Array, size: number): number {
  const rest = Float64Array.from(matrix)
  let sum = 0
  for (let k = 0; k < size; k += 1) {
    const pivot = rest[k * size + k]!
    sum += Math.log(pivot)
    for (let row = k + 1; row < size; row += 1) {
      const factor = rest[row * size + k]! / pivot
      for (let column = k; column < size; column += 1) rest[row * size + column]! -= factor * rest[k * size + column]!
    }
  }
  return sum
}
