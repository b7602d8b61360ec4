import { logNormalCdf } from './normal-cdf'
import { fillUniform, type RandomKey } from './random'
import { centralStudentT, twoSidedStudentT } from './student-t'

/* Comparisons of two samples of figures, e.g. one figure per seed. */

export interface Interval {
  low: number
  high: number
}

export const meanOf = (values: ArrayLike<number>): number => {
  let mean = 0
  for (let index = 0; index < values.length; index += 1) mean += (values[index]! - mean) / (index + 1)
  return mean
}

/** Sample variance with n − 1; NaN of fewer than two values. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values)
  let sum = 0
  for (let index = 0; index < values.length; index += 1) sum += (values[index]! - mean) ** 2
  return sum / (values.length - 1 || Number.NaN)
}

export const deviationOf = (values: ArrayLike<number>): number => Math.sqrt(varianceOf(values))

/** The interval of the mean by Student's t, mean ± t s/√n; null of fewer than two values. */
export function meanInterval(values: ArrayLike<number>, level: number): Interval | null {
  if (values.length < 2) return null
  const mean = meanOf(values)
  const half = (centralStudentT(level, values.length - 1) * deviationOf(values)) / Math.sqrt(values.length)
  return { low: mean - half, high: mean + half }
}

export interface WelchTest {
  /** (mean of a − mean of b) over its standard error; infinite where neither sample varies but their means differ. */
  statistic: number
  degreesOfFreedom: number
  /** Two-sided. */
  pValue: number
}

/**
 * Welch's t-test of equal means without equal variances (Welch 1947), two-sided, with Satterthwaite's degrees of freedom.
 * Null of fewer than two values on a side, and where nothing varies and nothing differs.
 */
export function welchTest(a: ArrayLike<number>, b: ArrayLike<number>): WelchTest | null {
  if (a.length < 2 || b.length < 2) return null
  const ofA = varianceOf(a) / a.length
  const ofB = varianceOf(b) / b.length
  const difference = meanOf(a) - meanOf(b)
  const squaredError = ofA + ofB
  if (squaredError === 0) return difference === 0 ? null : { statistic: difference * Infinity, degreesOfFreedom: a.length + b.length - 2, pValue: 0 }
  const statistic = difference / Math.sqrt(squaredError)
  const degreesOfFreedom = squaredError ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1))
  return { statistic, degreesOfFreedom, pValue: twoSidedStudentT(statistic, degreesOfFreedom) }
}

export interface SignedRankTest {
  /** Sum of the ranks of the positive differences (R's V), and of the negative ones. */
  positive: number
  negative: number
  /** Differences that are not zero: what the test rests on. */
  n: number
  zeros: number
  /** Whether the distribution of all 2ⁿ signs was summed up, or a normal one taken instead. */
  exact: boolean
  /** Two-sided. */
  pValue: number
}

const mostExact = 50

/**
 * Wilcoxon's signed-rank test (1945) that differences lie symmetrically about zero, two-sided. Zeros are left out, ties share their mean rank.
 * Up to 50 differences the distribution over all signs given the ranks is exact, with ties too; beyond, normal with the variance corrected
 * for ties and a continuity correction. Null where no difference is left.
 */
export function wilcoxonSignedRank(differences: ArrayLike<number>): SignedRankTest | null {
  const nonZero = Array.from(differences).filter((difference) => difference !== 0)
  const n = nonZero.length
  if (n === 0) return null
  const doubled = doubledMidranks(nonZero.map(Math.abs))
  const twicePositive = nonZero.reduce((sum, difference, index) => sum + (difference > 0 ? doubled[index]! : 0), 0)
  const total = n * (n + 1)
  const exact = n <= mostExact
  return {
    positive: twicePositive / 2,
    negative: (total - twicePositive) / 2,
    n,
    zeros: differences.length - n,
    exact,
    pValue: exact ? exactSigns(doubled, twicePositive) : normalSigns(doubled, twicePositive),
  }
}

/** Twice the mean ranks, which are whole numbers. */
function doubledMidranks(values: readonly number[]): Int32Array {
  const order = values.map((_, index) => index).sort((left, right) => values[left]! - values[right]!)
  const doubled = new Int32Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1
    for (let at = start; at < end; at += 1) doubled[order[at]!] = start + end + 1
    start = end
  }
  return doubled
}

/** P of a sum as far from its middle as this one, each doubled rank being counted or not with probability ½. */
function exactSigns(doubled: Int32Array, observed: number): number {
  const total = doubled.reduce((sum, rank) => sum + rank, 0)
  const probability = new Float64Array(total + 1)
  probability[0] = 1
  let reach = 0
  for (const rank of doubled) {
    reach += rank
    for (let sum = reach; sum >= 0; sum -= 1) probability[sum] = 0.5 * probability[sum]! + (sum >= rank ? 0.5 * probability[sum - rank]! : 0)
  }
  // The distribution is symmetric: the lower tail of the nearer end is half of the answer.
  const end = Math.min(observed, total - observed)
  let tail = 0
  for (let sum = 0; sum <= end; sum += 1) tail += probability[sum]!
  return Math.min(1, 2 * tail)
}

function normalSigns(doubled: Int32Array, observed: number): number {
  const middle = doubled.reduce((sum, rank) => sum + rank, 0) / 4
  const deviation = Math.sqrt(doubled.reduce((sum, rank) => sum + rank * rank, 0) / 16)
  const z = Math.max(0, Math.abs(observed / 2 - middle) - 0.5) / deviation
  return Math.min(1, 2 * Math.exp(logNormalCdf(-z)))
}

/** Matched-pairs rank-biserial correlation (Kerby 2014): favourable minus unfavourable share of the ranks, −1 … 1. */
export const rankBiserial = ({ positive, negative }: Pick<SignedRankTest, 'positive' | 'negative'>): number => (positive - negative) / (positive + negative)

/** Cohen's d: difference of the means over the pooled deviation; null where it is not defined. */
export function cohenD(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  if (a.length < 2 || b.length < 2) return null
  const pooled = ((a.length - 1) * varianceOf(a) + (b.length - 1) * varianceOf(b)) / (a.length + b.length - 2)
  return pooled > 0 ? (meanOf(a) - meanOf(b)) / Math.sqrt(pooled) : null
}

export interface BootstrapOptions {
  level: number
  resamples: number
  key: RandomKey
}

/** Percentile interval (Efron 1979) of the mean of paired differences: pairs are drawn with replacement. */
export function bootstrapMean(differences: ArrayLike<number>, options: BootstrapOptions): Interval {
  const means = resampledMeans(differences, options.resamples, options.key)
  return percentiles(means, options.level)
}

/** Percentile interval of the difference of two means: each sample is drawn from with replacement. */
export function bootstrapDifference(a: ArrayLike<number>, b: ArrayLike<number>, { level, resamples, key }: BootstrapOptions): Interval {
  const ofA = resampledMeans(a, resamples, { ...key, stream: `${key.stream}/a` })
  const ofB = resampledMeans(b, resamples, { ...key, stream: `${key.stream}/b` })
  return percentiles(ofA.map((mean, index) => mean - ofB[index]!), level)
}

function resampledMeans(values: ArrayLike<number>, resamples: number, key: RandomKey): Float64Array {
  const n = values.length
  const means = new Float64Array(resamples)
  const uniform = new Float64Array(n)
  for (let resample = 0; resample < resamples; resample += 1) {
    fillUniform(uniform, key, resample)
    let sum = 0
    for (let index = 0; index < n; index += 1) sum += values[Math.floor(uniform[index]! * n)]!
    means[resample] = sum / n
  }
  return means
}

/** Between order statistics linearly, R's type 7. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  const at = probability * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  return low + (at - below) * ((sorted[below + 1] ?? low) - low)
}

function percentiles(values: Float64Array, level: number): Interval {
  const sorted = values.sort()
  return { low: quantileOfSorted(sorted, (1 - level) / 2), high: quantileOfSorted(sorted, (1 + level) / 2) }
}

/** Holm's step-down adjustment (1979): p-values that may be held against α together. Order is kept. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((left, right) => pValues[left]! - pValues[right]!)
  const adjusted = new Array<number>(pValues.length)
  let largest = 0
  order.forEach((index, place) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * pValues[index]!))
    adjusted[index] = largest
  })
  return adjusted
}
