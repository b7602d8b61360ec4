import { fillNormal, type RandomKey } from '@shared/math/random'
import { leadingEigen } from '@shared/math/leading-eigen'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { type FactorModel, NoNoiseLeft } from './factor-model'

/**
 * PPCA in closed form: Λ = U(L − σ²I)^½ with the q largest eigenvalues of S, σ² the mean of the others. Tipping & Bishop 1999, (7) and (8).
 *
 * @param scatter  S: [D, D]
 */
export function principalFactors(mean: Float64Array, scatter: Float64Array, latent: number): FactorModel {
  const columns = mean.length
  const { values, vectors } = leadingEigen(scatter, columns, latent)
  const rest = meanOfOthers(scatter, values)
  if (!(rest > 1e-14 * values[0]!)) throw new NoNoiseLeft('the remaining eigenvalues are zero')
  const loadings = new Float64Array(columns * latent)
  for (let k = 0; k < latent; k += 1) {
    const length = Math.sqrt(Math.max(0, values[k]! - rest))
    for (let d = 0; d < columns; d += 1) loadings[d * latent + k] = length * vectors[k * columns + d]!
  }
  return { columns, latent, mean, loadings, noise: new Float64Array(columns).fill(rest) }
}

/** The mean of the eigenvalues besides the leading ones; the trace knows it, but for what is small beside them. */
function meanOfOthers(scatter: Float64Array, leading: Float64Array): number {
  const columns = Math.sqrt(scatter.length)
  const count = columns - leading.length
  let rest = 0
  for (let d = 0; d < columns; d += 1) rest += scatter[d * (columns + 1)]! / count
  for (const value of leading) rest -= value / count
  if (rest > 1e-9 * leading[0]!) return rest
  return symmetricEigen(scatter, columns)
    .values.slice(leading.length)
    .reduce((sum, value) => sum + Math.max(0, value) / count, 0)
}

/** Loadings drawn at random, with half of each column's variance left to the noise. */
export function randomFactors(mean: Float64Array, scatter: Float64Array, latent: number, isotropic: boolean, key: RandomKey): FactorModel {
  const columns = mean.length
  const loadings = new Float64Array(columns * latent)
  fillNormal(loadings, key)
  const variances = Float64Array.from({ length: columns }, (_, d) => scatter[d * columns + d]!)
  const usual = variances.reduce((sum, value) => sum + value / columns, 0)
  const noise = isotropic ? variances.fill(usual).map((value) => value / 2) : variances.map((value) => value / 2)
  for (let index = 0; index < loadings.length; index += 1) loadings[index]! *= Math.sqrt(noise[Math.floor(index / latent)]! / latent)
  return { columns, latent, mean, loadings, noise }
}

/**
 * The same density with loadings turned so that ΛᵀΨ⁻¹Λ is diagonal and falls, and the largest entry of each column is positive: of all
 * rotations the one that fits are compared in.
 */
export function canonicalRotation(model: FactorModel): FactorModel {
  const { columns, latent, loadings, noise } = model
  const strength = new Float64Array(latent * latent)
  for (let a = 0; a < latent; a += 1) {
    for (let b = 0; b < latent; b += 1) {
      for (let d = 0; d < columns; d += 1) strength[a * latent + b]! += (loadings[d * latent + a]! * loadings[d * latent + b]!) / noise[d]!
    }
  }
  const { vectors } = symmetricEigen(strength, latent)
  const turned = new Float64Array(columns * latent)
  for (let k = 0; k < latent; k += 1) {
    let largest = 0
    for (let d = 0; d < columns; d += 1) {
      let sum = 0
      for (let a = 0; a < latent; a += 1) sum += loadings[d * latent + a]! * vectors[k * latent + a]!
      turned[d * latent + k] = sum
      if (Math.abs(sum) > Math.abs(largest)) largest = sum
    }
    if (largest < 0) for (let d = 0; d < columns; d += 1) turned[d * latent + k]! *= -1
  }
  return { ...model, loadings: turned }
}
