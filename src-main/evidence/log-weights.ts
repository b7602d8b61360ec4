/*
 * What K weights wₖ = p(x, zₖ)/q(zₖ), zₖ ~ q, tell about p(x). The estimate p̂ = mean w is unbiased; log p̂ lies below log p(x) on average
 * (Jensen), by about Var(w)/(2K·p²).
 */

/** log Σ exp over a stretch of an array; −∞ where all are. */
export function logSumExpOf(values: ArrayLike<number>, start = 0, end = values.length): number {
  let largest = -Infinity
  for (let index = start; index < end; index += 1) if (values[index]! > largest) largest = values[index]!
  if (!Number.isFinite(largest)) return largest
  let sum = 0
  for (let index = start; index < end; index += 1) sum += Math.exp(values[index]! - largest)
  return largest + Math.log(sum)
}

export interface WeightFigures {
  /** log of the mean weight: the estimate of log p(x), nats. */
  logMean: number
  /** Of log p̂ by the delta method: √(Σw²/(Σw)² − 1/K). */
  standardError: number
  /** (Σw)²/Σw²  Kong 1992 */
  effectiveSampleSize: number
}

/** @param logWeights  [K], nats */
export function weightFigures(logWeights: Float64Array): WeightFigures {
  const count = logWeights.length
  const sum = logSumExpOf(logWeights)
  if (sum === -Infinity) return { logMean: -Infinity, standardError: NaN, effectiveSampleSize: 0 }
  let squares = 0
  for (const value of logWeights) squares += Math.exp(2 * (value - sum))
  return {
    logMean: sum - Math.log(count),
    standardError: Math.sqrt(Math.max(0, squares - 1 / count)),
    effectiveSampleSize: 1 / squares,
  }
}

/**
 * The standard error of the mean over repeats. A few repeats may agree by chance, so it is no less than what their own weights say; where weights are
 * heavy-tailed, which the delta method is blind to, the repeats say more.
 *
 * @param means      [repeats]
 * @param variances  [repeats], of each of these, by the delta method
 */
export function repeatedError(means: Float64Array, variances: Float64Array): number {
  const count = means.length
  const average = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / count
  const mean = average(means)
  const between = count < 2 ? 0 : average(means.map((value) => (value - mean) ** 2)) / (count - 1)
  return Math.sqrt(Math.max(between, average(variances) / count))
}

/**
 * The shape k of a generalized Pareto distribution fitted to the largest weights, by the estimator of Zhang & Stephens 2009, drawn a little
 * towards ½ as in Vehtari et al. 2024, "Pareto smoothed importance sampling". Above 0.7 the estimate is not to be trusted; NaN with fewer than 25 weights.
 */
export function paretoShape(logWeights: ArrayLike<number>): number {
  const count = logWeights.length
  const tail = Math.ceil(Math.min(count / 5, 3 * Math.sqrt(count)))
  if (tail < 5) return NaN
  const sorted = Float64Array.from(logWeights).sort()
  const largest = sorted[count - 1]!
  const threshold = Math.exp(sorted[count - tail - 1]! - largest)
  const excess = sorted.subarray(count - tail).map((value) => Math.exp(value - largest) - threshold)
  if (!(excess[tail - 1]! > 0)) return -Infinity
  const shape = generalizedParetoShape(excess.map((value) => Math.max(value, Number.MIN_VALUE)))
  return (shape * tail + 5) / (tail + 10)
}

/** @param excess  positive, ascending */
function generalizedParetoShape(excess: Float64Array): number {
  const count = excess.length
  const candidates = 30 + Math.floor(Math.sqrt(count))
  const quartile = excess[Math.floor(count / 4 + 0.5) - 1]!
  const theta = Float64Array.from({ length: candidates }, (_, index) => 1 / excess[count - 1]! + (1 - Math.sqrt(candidates / (index + 0.5))) / (3 * quartile))
  const shapeAt = (value: number): number => excess.reduce((sum, x) => sum + Math.log1p(-value * x), 0) / count
  const profile = theta.map((value) => {
    const shape = shapeAt(value)
    return count * (Math.log(-value / shape) - shape - 1)
  })
  const total = logSumExpOf(profile)
  const mean = theta.reduce((sum, value, index) => sum + value * Math.exp(profile[index]! - total), 0)
  return shapeAt(mean)
}

/** 1, 2, 3, 5, 7, 10, … up to and with `samples`. */
export function sampleCounts(samples: number): number[] {
  const counts: number[] = []
  for (let decade = 1; decade <= samples; decade *= 10) {
    for (const step of [1, 1.5, 2, 3, 5, 7]) {
      const count = Math.round(decade * step)
      if (count < samples && count !== counts.at(-1)) counts.push(count)
    }
  }
  return [...counts, samples]
}

/** log p̂ from the first k weights, for each k of `counts`. */
export function runningEstimates(logWeights: Float64Array, counts: readonly number[]): Float64Array {
  const out = new Float64Array(counts.length)
  let largest = -Infinity
  let sum = 0
  let taken = 0
  for (const [at, count] of counts.entries()) {
    for (; taken < count; taken += 1) {
      const value = logWeights[taken]!
      if (value > largest) {
        sum = sum * Math.exp(largest - value) + 1
        largest = value
      } else if (value > -Infinity) sum += Math.exp(value - largest)
    }
    out[at] = largest + Math.log(sum / count)
  }
  return out
}

/** The mean of log p̂ over all disjoint groups of k weights: what k samples give on average. */
export function groupedEstimates(logWeights: Float64Array, counts: readonly number[]): Float64Array {
  return Float64Array.from(counts, (count) => {
    const groups = Math.floor(logWeights.length / count)
    let sum = 0
    for (let group = 0; group < groups; group += 1) sum += logSumExpOf(logWeights, group * count, (group + 1) * count) - Math.log(count)
    return sum / groups
  })
}
