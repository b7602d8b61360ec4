import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'

/*
 * x = mean + Λ·z + noise,  z ~ N(0, I),  noise ~ N(0, Ψ) with Ψ diagonal; so x ~ N(mean, ΛΛᵀ + Ψ).  Rubin & Thayer 1982; Tipping & Bishop
 * 1999. All figures here are means per row and follow from the covariance S of the rows alone.
 */

export interface FactorModel {
  columns: number
  latent: number
  /** [D] */
  mean: Float64Array
  /** Λ: [D, q], row-major. */
  loadings: Float64Array
  /** Diagonal of Ψ: [D]; all equal for PPCA. */
  noise: Float64Array
}

/** q(z|x) = N(projection·(x − mean), covariance). */
export interface FactorPosterior {
  /** [q, D] */
  projection: Float64Array
  /** [q, q] */
  covariance: Float64Array
  /** covariance⁻¹ = I + ΛᵀΨ⁻¹Λ: [q, q] */
  precision: Float64Array
  /** log |I + ΛᵀΨ⁻¹Λ| = −log |covariance| */
  logPrecision: number
}

/** Where a fit found that the columns are linear functions of the latents, with no noise left. */
export class NoNoiseLeft extends Error {
  override readonly name = 'NoNoiseLeft'
}

const at = (matrix: Float64Array, width: number, row: number, column: number): number => matrix[row * width + column]!

export function posteriorOf({ columns, latent, loadings, noise }: FactorModel): FactorPosterior {
  const precision = new Float64Array(latent * latent)
  for (let a = 0; a < latent; a += 1) {
    for (let b = 0; b <= a; b += 1) {
      let sum = a === b ? 1 : 0
      for (let d = 0; d < columns; d += 1) sum += (at(loadings, latent, d, a) * at(loadings, latent, d, b)) / noise[d]!
      precision[a * latent + b] = sum
      precision[b * latent + a] = sum
    }
  }
  const factor = cholesky(precision, latent)
  if (!factor) throw new NoNoiseLeft('the posterior precision of the latents is not a positive definite matrix')
  const inverse = invertLower(factor, latent)
  const covariance = new Float64Array(latent * latent)
  for (let a = 0; a < latent; a += 1) {
    for (let b = 0; b < latent; b += 1) {
      for (let k = Math.max(a, b); k < latent; k += 1) covariance[a * latent + b]! += at(inverse, latent, k, a) * at(inverse, latent, k, b)
    }
  }
  const projection = new Float64Array(latent * columns)
  for (let a = 0; a < latent; a += 1) {
    for (let d = 0; d < columns; d += 1) {
      let sum = 0
      for (let b = 0; b < latent; b += 1) sum += at(covariance, latent, a, b) * at(loadings, latent, d, b)
      projection[a * columns + d] = sum / noise[d]!
    }
  }
  return { projection, covariance, precision, logPrecision: logDeterminant(factor, latent) }
}

/** What the M-step needs: E[(x − mean)·zᵀ] [D, q] and E[z·zᵀ] [q, q] under q, with the variances of the columns. */
export interface FactorStatistics {
  cross: Float64Array
  latentMoments: Float64Array
  variances: Float64Array
}

/** @param scatter  S: [D, D], the covariance of the rows with divisor n */
export function factorStatistics({ columns, latent }: FactorModel, { projection, covariance }: FactorPosterior, scatter: Float64Array): FactorStatistics {
  const cross = new Float64Array(columns * latent)
  for (let d = 0; d < columns; d += 1) {
    for (let a = 0; a < latent; a += 1) {
      let sum = 0
      for (let e = 0; e < columns; e += 1) sum += at(scatter, columns, d, e) * at(projection, columns, a, e)
      cross[d * latent + a] = sum
    }
  }
  const latentMoments = Float64Array.from(covariance)
  for (let a = 0; a < latent; a += 1) {
    for (let b = 0; b < latent; b += 1) {
      for (let d = 0; d < columns; d += 1) latentMoments[a * latent + b]! += at(projection, columns, a, d) * at(cross, latent, d, b)
    }
  }
  return { cross, latentMoments, variances: Float64Array.from({ length: columns }, (_, d) => at(scatter, columns, d, d)) }
}

/** Mean log-density per row, nats: −½(D log 2π + log |C| + tr C⁻¹S), C = ΛΛᵀ + Ψ, by the inversion lemma. */
export function meanLogDensity(model: FactorModel, posterior: FactorPosterior, statistics: FactorStatistics): number {
  const { columns, latent, loadings, noise } = model
  let sum = columns * Math.log(2 * Math.PI) + posterior.logPrecision
  for (let d = 0; d < columns; d += 1) {
    let explained = 0
    for (let a = 0; a < latent; a += 1) explained += at(loadings, latent, d, a) * at(statistics.cross, latent, d, a)
    sum += Math.log(noise[d]!) + (statistics.variances[d]! - explained) / noise[d]!
  }
  return -0.5 * sum
}

/** E_q[log p(x, z)] per row, nats. */
export function expectedComplete({ columns, latent, loadings, noise }: FactorModel, { cross, latentMoments, variances }: FactorStatistics): number {
  let sum = (columns + latent) * Math.log(2 * Math.PI)
  for (let a = 0; a < latent; a += 1) sum += at(latentMoments, latent, a, a)
  for (let d = 0; d < columns; d += 1) sum += Math.log(noise[d]!) + residual(loadings, cross, latentMoments, variances[d]!, latent, d) / noise[d]!
  return -0.5 * sum
}

/** E_q (x_d − mean_d − Λ_d·z)² */
function residual(loadings: Float64Array, cross: Float64Array, moments: Float64Array, variance: number, latent: number, d: number): number {
  let sum = variance
  for (let a = 0; a < latent; a += 1) {
    const loading = at(loadings, latent, d, a)
    sum -= 2 * loading * at(cross, latent, d, a)
    for (let b = 0; b < latent; b += 1) sum += loading * at(moments, latent, a, b) * at(loadings, latent, d, b)
  }
  return sum
}

/** KL(q_previous ‖ q) per row, nats; both are Gaussian with a covariance that is the same for all rows. */
export function posteriorDivergence(
  { columns, latent }: FactorModel,
  previous: FactorPosterior,
  current: FactorPosterior,
  scatter: Float64Array,
): number {
  const shift = current.projection.map((value, index) => value - previous.projection[index]!)
  // shift·S, so that the moments of the shifted means cost q·D² and not q²·D²
  const along = new Float64Array(latent * columns)
  for (let a = 0; a < latent; a += 1) {
    for (let d = 0; d < columns; d += 1) {
      let value = 0
      for (let e = 0; e < columns; e += 1) value += at(scatter, columns, d, e) * at(shift, columns, a, e)
      along[a * columns + d] = value
    }
  }
  let sum = previous.logPrecision - current.logPrecision - latent
  for (let a = 0; a < latent; a += 1) {
    for (let b = 0; b < latent; b += 1) {
      let moment = at(previous.covariance, latent, a, b)
      for (let d = 0; d < columns; d += 1) moment += at(shift, columns, a, d) * at(along, columns, b, d)
      sum += at(current.precision, latent, a, b) * moment
    }
  }
  return 0.5 * sum
}

export interface FactorConstraint {
  /** One variance for all columns (PPCA) or one each (factor analysis). */
  isotropic: boolean
  /** Least noise variance, in the units of the data. */
  noiseFloor: number
}

/** The M-step: Λ = E[xzᵀ]·E[zzᵀ]⁻¹, Ψ = diag(S − Λ·E[zxᵀ]), not below the floor. */
export function maximizeFactors(mean: Float64Array, statistics: FactorStatistics, latent: number, constraint: FactorConstraint): FactorModel {
  const { cross, latentMoments, variances } = statistics
  const columns = mean.length
  const factor = cholesky(latentMoments, latent)
  if (!factor) throw new NoNoiseLeft('the moments of the latents are not a positive definite matrix')
  const inverse = invertLower(factor, latent)
  const loadings = new Float64Array(columns * latent)
  const noise = new Float64Array(columns)
  const half = new Float64Array(latent)
  for (let d = 0; d < columns; d += 1) {
    for (let a = 0; a < latent; a += 1) {
      half[a] = 0
      for (let b = 0; b <= a; b += 1) half[a]! += at(inverse, latent, a, b) * at(cross, latent, d, b)
    }
    for (let a = 0; a < latent; a += 1) for (let b = a; b < latent; b += 1) loadings[d * latent + a]! += at(inverse, latent, b, a) * half[b]!
    noise[d] = Math.max(variances[d]! - half.reduce((sum, value) => sum + value * value, 0), constraint.isotropic ? 0 : constraint.noiseFloor)
  }
  if (constraint.isotropic) noise.fill(Math.max(noise.reduce((sum, value) => sum + value / columns, 0), constraint.noiseFloor))
  if (noise.some((value) => !(value > 0))) throw new NoNoiseLeft('a noise variance is not positive')
  return { columns, latent, mean, loadings, noise }
}

/** Free parameters: means, loadings up to rotation, noise variances. */
export const factorFreeParameters = (columns: number, latent: number, isotropic: boolean): number =>
  columns + columns * latent - (latent * (latent - 1)) / 2 + (isotropic ? 1 : columns)
