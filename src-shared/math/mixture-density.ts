import { logGamma } from '@shared/math/gamma'

/** Density of a normal distribution with this mean and variance (> 0) at x. */
export const normalDensity = (x: number, mean: number, variance: number): number =>
  Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)

/** Probability of a count (≥ 0, whole) under a Poisson law with this rate. */
export const poissonProbability = (count: number, rate: number): number =>
  rate > 0 ? Math.exp(count * Math.log(rate) - rate - logGamma(count + 1)) : Number(count === 0)

export interface MixtureCurves {
  xs: Float64Array
  /** [components][xs], each component times its weight. */
  components: Float64Array[]
  /** [xs], their sum. */
  mixture: Float64Array
}

/** Weighted densities of the components of a one-dimensional mixture over a range. */
export function mixtureCurves(
  { weights, means, variances }: { weights: readonly number[]; means: readonly number[]; variances: readonly number[] },
  low: number,
  high: number,
  points = 400,
): MixtureCurves {
  const xs = Float64Array.from({ length: points }, (_, index) => low + ((high - low) * index) / (points - 1))
  const components = weights.map((weight, k) => xs.map((x) => weight * normalDensity(x, means[k]!, variances[k]!)))
  return { xs, components, mixture: xs.map((_, index) => components.reduce((sum, curve) => sum + curve[index]!, 0)) }
}

/** Weighted probabilities of the components of a mixture of counts, at the whole numbers of a range. */
export function countCurves({ weights, rates }: { weights: readonly number[]; rates: readonly number[] }, low: number, high: number): MixtureCurves {
  const first = Math.max(0, Math.ceil(low))
  const xs = Float64Array.from({ length: Math.max(1, Math.floor(high) - first + 1) }, (_, index) => first + index)
  const components = weights.map((weight, k) => xs.map((x) => weight * poissonProbability(x, rates[k]!)))
  return { xs, components, mixture: xs.map((_, index) => components.reduce((sum, curve) => sum + curve[index]!, 0)) }
}
