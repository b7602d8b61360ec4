import type { Observation, Point } from '@shared/domain/search-space'
import { logNormalDensity, normalHazard } from '@shared/math/normal-cdf'
import { fitGaussianProcess, type GaussianProcess } from './gaussian-process'
import { minimizeInBox } from './minimize'
import { allowedBy, type Sampler, type SamplerOptions, uniformAllowed, uniformCoordinates } from './sampler'
import { mostSobolDimensions, sobolPoint } from './sobol'
import { coordinatesOf, type Dimension, dimensionsOf, pointAt } from './space'

/*
 * Bayesian optimization: a Gaussian process over the trials so far, and next the point with the largest expected improvement, whose
 * logarithm is climbed (Ament et al. 2023). Several objectives are joined into one by random weights, anew for each trial (Knowles 2006).
 */

export interface GpOptions extends SamplerOptions {
  /** Trials spread over the space before the first fit. */
  startTrials?: number
}

const [candidates, perturbed, climbed] = [1000, 200, 6]

export function gpSampler({ space, seed, constraints, startTrials = 10 }: GpOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const isAllowed = allowedBy(constraints)
  return (history) => {
    const counter = history.length
    const anywhere = (): Point | null => uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/gp/start' }, counter)
    const data = trainingData(dimensions, history, seed)
    if (data.values.length < startTrials) {
      if (dimensions.length > mostSobolDimensions) return anywhere()
      const point = pointAt(dimensions, sobolPoint(counter, dimensions.length, seed))
      return isAllowed(point) ? point : anywhere()
    }
    const { mean, deviation } = standardOf(data.values)
    const process = believe(dimensions, data, data.values.map((value) => (value - mean) / deviation))
    // What is believed of the best trial: where there is noise its value was luck, too.
    const best = Math.min(...data.points.map((x) => process.mean(x)))
    const starts = startsOf(dimensions, data, { seed, counter })
      .map((x) => settled(dimensions, x))
      .filter(({ point }) => isAllowed(point))
      .map((start) => ({ ...start, score: logExpectedImprovement(process.moments(start.x), best) }))
      .sort((a, b) => b.score - a.score)
    let found: { point: Point; score: number } | null = null
    for (const start of starts.slice(0, climbed)) {
      const end = climb(dimensions, process, best, start)
      if (isAllowed(end.point) && (!found || end.score > found.score)) found = end
    }
    return found?.point ?? starts[0]?.point ?? anywhere()
  }
}

interface Data {
  points: Float64Array[]
  values: Float64Array
  /** Where trials still run. */
  pending: Float64Array[]
}

/** Trials that failed count as the worst there is, so that their neighbourhood is left alone. */
function trainingData(dimensions: readonly Dimension[], history: readonly Observation[], seed: number): Data {
  const costs = scalarized(history, seed)
  const worst = Math.max(...costs.filter((cost) => cost !== null), -Infinity)
  const known = history.flatMap(({ point, failed }, index) => {
    const cost = costs[index] ?? (failed && Number.isFinite(worst) ? worst : null)
    return cost === null ? [] : [{ x: coordinatesOf(dimensions, point), cost }]
  })
  return {
    points: known.map(({ x }) => x),
    values: Float64Array.from(known, ({ cost }) => cost),
    pending: history.filter(({ value, failed }) => value === null && failed !== true).map(({ point }) => coordinatesOf(dimensions, point)),
  }
}

/** One number for each trial: its value, or the augmented Chebyshev norm of its values in units of their ranges. */
function scalarized(history: readonly Observation[], seed: number): (number | null)[] {
  const count = Math.max(1, ...history.map(({ values }) => values?.length ?? 1))
  if (count === 1) return history.map(({ value }) => (value === null || !Number.isFinite(value) ? null : value))
  const exponential = uniformCoordinates(count, { seed, stream: 'search/gp/weights' }, history.length).map((u) => -Math.log(u))
  const total = exponential.reduce((sum, one) => sum + one, 0)
  const all = history.flatMap(({ values }) => (values ? [values] : []))
  const ranges = Array.from({ length: count }, (_, k) => {
    const column = all.map((values) => values[k]!)
    return { low: Math.min(...column), width: Math.max(...column) - Math.min(...column) || 1 }
  })
  return history.map(({ values }) => {
    if (!values) return null
    const parts = values.map((value, k) => (exponential[k]! / total) * ((value - ranges[k]!.low) / ranges[k]!.width))
    return Math.max(...parts) + 0.05 * parts.reduce((sum, one) => sum + one, 0)
  })
}

function standardOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return { mean, deviation: deviation > 0 ? deviation : 1 }
}

/** Where trials still run, the process believes its own mean, so that parallel trials spread out. */
function believe(dimensions: readonly Dimension[], { points, pending }: Data, values: Float64Array): GaussianProcess {
  const process = fitGaussianProcess(dimensions, points, values)
  if (pending.length === 0) return process
  return fitGaussianProcess(dimensions, [...points, ...pending], Float64Array.from([...values, ...pending.map((x) => process.mean(x))]))
}

/** Points from all over the space, and from around the best trials. */
function startsOf(dimensions: readonly Dimension[], { points, values }: Data, { seed, counter }: { seed: number; counter: number }): Float64Array[] {
  const size = dimensions.length
  const uniform = uniformCoordinates((candidates + perturbed) * size, { seed, stream: 'search/gp' }, counter)
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!)
  const near = Array.from({ length: perturbed }, (_, index) => {
    const centre = points[order[index % Math.min(5, order.length)]!]!
    const spread = 10 ** -(1 + (index % 3))
    return centre.map((value, k) => Math.min(1, Math.max(0, (Number.isNaN(value) ? 0.5 : value) + spread * (2 * uniform[(candidates + index) * size + k]! - 1))))
  })
  return [...Array.from({ length: candidates }, (_, index) => uniform.slice(index * size, (index + 1) * size)), ...near]
}

interface Candidate {
  x: Float64Array
  point: Point
}

/** Counted values in the middle of their cells, absent parameters absent: where the trial would really be. */
function settled(dimensions: readonly Dimension[], x: Float64Array): Candidate {
  const point = pointAt(dimensions, x)
  return { point, x: dimensions.some(({ cells, range }) => cells !== null || range.when !== undefined) ? coordinatesOf(dimensions, point) : x }
}

/** Gradient steps over the real coordinates, then neighbouring cells of the counted ones, twice. */
function climb(dimensions: readonly Dimension[], process: GaussianProcess, best: number, start: Candidate): Candidate & { score: number } {
  const real = [...dimensions.keys()].filter((k) => dimensions[k]!.cells === null)
  const counted = [...dimensions.keys()].filter((k) => dimensions[k]!.cells !== null)
  let current = { ...start, score: logExpectedImprovement(process.moments(start.x), best) }
  for (let round = 0; round < (counted.length > 0 ? 2 : 1); round += 1) {
    const free = real.filter((k) => !Number.isNaN(current.x[k]!))
    if (free.length > 0) {
      const whole = (part: Float64Array): Float64Array => {
        const x = current.x.slice()
        free.forEach((k, at) => (x[k] = part[at]!))
        return x
      }
      const descend = (part: Float64Array): { value: number; gradient: Float64Array } => {
        const { value, gradient } = withGradient(process, whole(part), best)
        return { value: -value, gradient: Float64Array.from(free, (k) => -gradient[k]!) }
      }
      const box = { lower: new Float64Array(free.length), upper: new Float64Array(free.length).fill(1) }
      const { x } = minimizeInBox(descend, Float64Array.from(free, (k) => current.x[k]!), box, 40)
      current = improved(current, settled(dimensions, whole(x)), process, best)
    }
    for (const k of counted) {
      if (Number.isNaN(current.x[k]!)) continue
      for (const x of neighbours(dimensions[k]!, current.x, k)) current = improved(current, settled(dimensions, x), process, best)
    }
  }
  return current
}

function neighbours({ isCategorical, cells }: Dimension, x: Float64Array, k: number): Float64Array[] {
  const cell = Math.min(cells! - 1, Math.floor(x[k]! * cells!))
  const others = isCategorical ? Array.from({ length: cells! }, (_, index) => index) : [cell - 1, cell + 1]
  return others.filter((index) => index !== cell && index >= 0 && index < cells!).map((index) => x.map((value, at) => (at === k ? (index + 0.5) / cells! : Number.isNaN(value) ? 0.5 : value)))
}

function improved(current: Candidate & { score: number }, next: Candidate, process: GaussianProcess, best: number): Candidate & { score: number } {
  const score = logExpectedImprovement(process.moments(next.x), best)
  return score > current.score ? { ...next, score } : current
}

/** log E max(0, best − f) for f ~ N(mean, variance): log σ + log h(z), h(z) = φ(z) + z Φ(z), z = (best − mean)/σ, without underflow. */
export function logExpectedImprovement({ mean, variance }: { mean: number; variance: number }, best: number): number {
  const deviation = Math.sqrt(variance)
  return Math.log(deviation) + logImprovement((best - mean) / deviation)
}

const farBelow = -1e4
const logImprovement = (z: number): number => logNormalDensity(z) + (z < farBelow ? -2 * Math.log(-z) : Math.log1p(z / normalHazard(z)))
/** Φ(z)/h(z). */
const logImprovementSlope = (z: number): number => (z < farBelow ? -z : 1 / (normalHazard(z) + z))

function withGradient(process: GaussianProcess, x: Float64Array, best: number): { value: number; gradient: Float64Array } {
  const { mean, variance, meanGradient, varianceGradient } = process.predict(x)
  const deviation = Math.sqrt(variance)
  const z = (best - mean) / deviation
  const slope = logImprovementSlope(z)
  const gradient = meanGradient.map((change, k) => {
    const spread = varianceGradient[k]! / (2 * deviation)
    return spread / deviation + (slope * (-change - z * spread)) / deviation
  })
  return { value: Math.log(deviation) + logImprovement(z), gradient }
}
