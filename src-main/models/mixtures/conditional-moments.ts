import { type Pattern, conditional } from './gaussian-conditional'
import type { GaussianMixture } from './gaussian-parameters'
import type { Mixture, MixtureFamily } from './mixture-family'

/** Mean [T] and covariance [T, T] of the target columns given a row's other entries, within one component. */
export interface Moments {
  mean: Float64Array
  covariance: Float64Array
}

/** Columns independent within a component: what is known of others changes nothing. */
export function productMoments<P extends Mixture>(family: MixtureFamily<P>, mixture: P, target: readonly number[]) {
  const all = Array.from({ length: mixture.components }, (_, k): Moments => {
    const { mean, covariance } = family.moments(mixture, k)
    return {
      mean: Float64Array.from(target, (column) => mean[column]!),
      covariance: Float64Array.from({ length: target.length ** 2 }, (_, index) => {
        const [row, column] = [target[Math.floor(index / target.length)]!, target[index % target.length]!]
        return covariance[row * family.columns + column]!
      }),
    }
  })
  return (): readonly Moments[] => all
}

/**
 * Gaussians: x_T | x_O, k ~ N(μ_T + Σ_TO Σ_OO⁻¹ (x_O − μ_O), Σ_TT − Σ_TO Σ_OO⁻¹ Σ_OT), with O the given columns that a row has.
 *
 * @returns  of a row [columns], the moments of each component
 */
export function gaussianMoments(mixture: GaussianMixture, given: readonly number[], target: readonly number[]) {
  const patterns = new Map<string, { pattern: Pattern; parts: ReturnType<typeof conditional>[] }>()
  return (row: Float64Array): readonly Moments[] => {
    const observed = given.filter((column) => !Number.isNaN(row[column]!))
    const key = observed.join()
    const known = patterns.get(key) ?? makePattern(mixture, { observed, missing: [...target] })
    patterns.set(key, known)
    return known.parts.map(({ offset, slope, covariance }) => ({
      mean: offset.map((value, at) => observed.reduce((sum, column, i) => sum + slope[at * observed.length + i]! * row[column]!, value)),
      covariance,
    }))
  }
}

const makePattern = (mixture: GaussianMixture, pattern: Pattern) => ({
  pattern,
  parts: Array.from({ length: mixture.components }, (_, k) => conditional(mixture, k, pattern)),
})

/** Moments of a mixture of distributions with these weights: E = Σ w m, Cov = Σ w (C + m mᵀ) − E Eᵀ. */
export function mixedMoments(weights: ArrayLike<number>, parts: readonly Moments[]): Moments {
  const size = parts[0]!.mean.length
  const mean = new Float64Array(size)
  parts.forEach((part, k) => part.mean.forEach((value, i) => (mean[i]! += weights[k]! * value)))
  const covariance = new Float64Array(size * size)
  parts.forEach((part, k) => {
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) {
        covariance[i * size + j]! += weights[k]! * (part.covariance[i * size + j]! + (part.mean[i]! - mean[i]!) * (part.mean[j]! - mean[j]!))
      }
    }
  })
  return { mean, covariance }
}
