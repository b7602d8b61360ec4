import type { SiteReport } from './site-report'

/*
 * The clutter problem of Minka 2001: x_n ~ (1 − w) N(θ, I) + w N(0, a I), θ ~ N(0, b I); q(θ) = N(mean, variance·I). Sites are kept by
 * precision and precision·mean, and may have negative precision.
 */

export interface ClutterModel {
  columns: number
  /** w */
  clutterWeight: number
  /** a */
  clutterVariance: number
  /** b */
  priorVariance: number
}

export interface Clutter extends ClutterModel {
  mean: Float64Array
  variance: number
}

const logNormal = (squares: number, variance: number, columns: number): number =>
  -0.5 * (columns * Math.log(2 * Math.PI * variance) + squares / variance)

interface Match {
  /** log ∫ factor · cavity */
  logMass: number
  /** How probable it is that the row is no clutter. */
  signal: number
}

/** How a row sits under θ ~ N(mean, variance·I). */
export function matchRow(model: ClutterModel, x: ArrayLike<number>, offset: number, mean: ArrayLike<number>, variance: number): Match {
  const { columns, clutterWeight, clutterVariance } = model
  let [fromMean, fromZero] = [0, 0]
  for (let d = 0; d < columns; d += 1) {
    fromMean += (x[offset + d]! - mean[d]!) ** 2
    fromZero += x[offset + d]! ** 2
  }
  const signal = Math.log(1 - clutterWeight) + logNormal(fromMean, variance + 1, columns)
  const clutter = Math.log(clutterWeight) + logNormal(fromZero, clutterVariance, columns)
  const largest = Math.max(signal, clutter)
  const logMass = largest + Math.log(Math.exp(signal - largest) + Math.exp(clutter - largest))
  return { logMass, signal: Math.exp(signal - logMass) }
}

/** log p(rows, θ): the prior and all factors. */
export function clutterLogJoint(model: ClutterModel, rows: ArrayLike<number>): (theta: Float64Array) => number {
  const { columns, priorVariance } = model
  return (theta) => {
    let sum = logNormal(theta.reduce((total, value) => total + value * value, 0), priorVariance, columns)
    for (let offset = 0; offset < rows.length; offset += columns) sum += matchRow(model, rows, offset, theta, 0).logMass
    return sum
  }
}

/** @param rows  [N, D], row-major */
export class ClutterSites {
  readonly sites: number
  readonly #precision: Float64Array
  readonly #weighted: Float64Array
  readonly #total: { precision: number; weighted: Float64Array }

  constructor(
    readonly model: ClutterModel,
    readonly rows: Float64Array,
  ) {
    const { columns, priorVariance } = model
    this.sites = rows.length / columns
    this.#precision = new Float64Array(this.sites)
    this.#weighted = new Float64Array(rows.length)
    this.#total = { precision: 1 / priorVariance, weighted: new Float64Array(columns) }
  }

  posterior(): Clutter {
    const { precision, weighted } = this.#total
    return { ...this.model, mean: weighted.map((value) => value / precision), variance: 1 / precision }
  }

  #cavity(site: number): { mean: Float64Array; variance: number } | null {
    const { columns } = this.model
    const precision = this.#total.precision - this.#precision[site]!
    if (!(precision > 0)) return null
    const mean = this.#total.weighted.map((value, d) => (value - this.#weighted[site * columns + d]!) / precision)
    return { mean, variance: 1 / precision }
  }

  refine(site: number, step: number): number | null {
    const { columns } = this.model
    const cavity = this.#cavity(site)
    if (!cavity) return null
    const { signal } = matchRow(this.model, this.rows, site * columns, cavity.mean, cavity.variance)
    const gain = cavity.variance / (cavity.variance + 1)
    let squares = 0
    for (let d = 0; d < columns; d += 1) squares += (this.rows[site * columns + d]! - cavity.mean[d]!) ** 2
    const variance = cavity.variance * (1 - signal * gain) + (signal * (1 - signal) * gain * gain * squares) / columns
    const before = this.#total
    const old = this.#precision[site]!
    const precision = (1 - step) * old + step * (1 / variance - 1 / cavity.variance)
    if (!(before.precision - old + precision > 0)) return null
    const oldMean = before.weighted.map((value) => value / before.precision)
    const oldPrecision = before.precision
    before.precision += precision - old
    this.#precision[site] = precision
    for (let d = 0; d < columns; d += 1) {
      const mean = cavity.mean[d]! + signal * gain * (this.rows[site * columns + d]! - cavity.mean[d]!)
      const at = site * columns + d
      const weighted = (1 - step) * this.#weighted[at]! + step * (mean / variance - cavity.mean[d]! / cavity.variance)
      before.weighted[d]! += weighted - this.#weighted[at]!
      this.#weighted[at] = weighted
    }
    let change = Math.abs(Math.log(before.precision / oldPrecision))
    for (let d = 0; d < columns; d += 1) {
      change = Math.max(change, Math.abs(before.weighted[d]! / before.precision - oldMean[d]!) * Math.sqrt(before.precision))
    }
    return change
  }

  /** What each site has come to: its precision, how probable its row is no clutter given the others, and log p(row | others). */
  report(): SiteReport {
    const { columns } = this.model
    const of = (pick: (match: Match) => number): Float64Array =>
      Float64Array.from({ length: this.sites }, (_, site) => {
        const cavity = this.#cavity(site)
        return cavity ? pick(matchRow(this.model, this.rows, site * columns, cavity.mean, cavity.variance)) : NaN
      })
    return { precision: this.#precision.slice(), agreement: of(({ signal }) => signal), logMass: of(({ logMass }) => logMass) }
  }

  logEvidence(): number {
    const { columns, priorVariance } = this.model
    const { precision, weighted } = this.#total
    const whole = logPartition(precision, weighted, columns)
    let sum = whole - logPartition(1 / priorVariance, new Float64Array(columns), columns)
    for (let site = 0; site < this.sites; site += 1) {
      const cavity = this.#cavity(site)
      if (!cavity) return NaN
      const { logMass } = matchRow(this.model, this.rows, site * columns, cavity.mean, cavity.variance)
      sum += logMass + logPartition(1 / cavity.variance, cavity.mean.map((value) => value / cavity.variance), columns) - whole
    }
    return sum
  }
}

/** log ∫ exp(weighted·θ − ½ precision |θ|²) dθ */
function logPartition(precision: number, weighted: Float64Array, columns: number): number {
  const squares = weighted.reduce((sum, value) => sum + value * value, 0)
  return 0.5 * (columns * Math.log((2 * Math.PI) / precision) + squares / precision)
}
