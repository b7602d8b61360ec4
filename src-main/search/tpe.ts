import type { Observation, Point } from '@shared/domain/search-space'
import { logNormalDensity, normalCdf, normalQuantile } from '@shared/math/normal-cdf'
import { rankTrials } from './pareto'
import { allowedBy, type Sampler, type SamplerOptions, uniformAllowed, uniformCoordinates } from './sampler'
import { type Dimension, coordinatesOf, dimensionsOf, pointAt } from './space'

/*
 * The tree-structured Parzen estimator of Bergstra et al. 2011 in its multivariate form (Falkner et al. 2018): trials are parted into good
 * and other ones, each set becomes a mixture with a kernel at every trial, and of candidates drawn from the good mixture the one with the
 * largest ratio of densities is tried. All parameters of a trial share a kernel, so that dependencies between them are kept; parameters
 * that are absent from a trial count as spread evenly.
 */

export interface TpeOptions extends SamplerOptions {
  /** Random trials before the first estimate. */
  startTrials?: number
  candidates?: number
}

interface Mixture {
  weights: Float64Array
  /** [kernels][dimensions], NaN where absent. */
  centres: Float64Array[]
  bandwidths: Float64Array[]
  /** What of each kernel lies inside [0, 1]. */
  inside: Float64Array[]
}

const goodCount = (trials: number): number => Math.min(25, Math.ceil(0.1 * trials))

/** Candidates are drawn anew where none meets the conditions, so often at most. */
const mostRounds = 20

export function tpeSampler({ space, seed, constraints, startTrials = 10, candidates = 24 }: TpeOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const isAllowed = allowedBy(constraints)
  const stride = 1 + dimensions.length
  return (history) => {
    const counter = history.length
    const start = (): Point | null => uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/tpe/start' }, counter)
    const finished = history.filter(({ value, failed }) => value !== null || failed === true)
    if (finished.length < startTrials) return start()
    const { good, others } = part(history)
    const inside = parzen(dimensions, good, true)
    const outside = parzen(dimensions, others, false)
    for (let round = 0; round < mostRounds; round += 1) {
      const uniform = uniformCoordinates(candidates * stride, { seed, stream: round === 0 ? 'search/tpe' : `search/tpe/${round}` }, counter)
      let best: { point: Point; score: number } | null = null
      for (let candidate = 0; candidate < candidates; candidate += 1) {
        const coordinates = drawFrom(inside, dimensions, uniform.subarray(candidate * stride, (candidate + 1) * stride))
        const point = pointAt(dimensions, coordinates)
        if (!isAllowed(point)) continue
        const score = logDensity(inside, dimensions, coordinates) - logDensity(outside, dimensions, coordinates)
        if (!best || score > best.score) best = { point, score }
      }
      if (best) return best.point
    }
    return start()
  }
}

/** Trials that run count as bad ones (constant liar), so that parallel trials spread out; failed ones too. */
function part(history: readonly Observation[]): { good: Observation[]; others: Observation[] } {
  const ranked = rankTrials(history)
  const count = goodCount(ranked.length)
  const good = new Set(ranked.slice(0, count))
  return { good: ranked.slice(0, count), others: history.filter((trial) => !good.has(trial)) }
}

/** Standard deviation of a uniform coordinate, and how many trials it counts for where few are known. */
const [uniformSpread, uniformTrials] = [Math.sqrt(1 / 12), 2]
const [widest, narrowest] = [0.2, 0.01]

/**
 * A kernel at each trial, and one over the whole space. Bandwidths shrink with the number of trials by Scott's rule. Those of the good trials
 * also follow how far these are spread in each coordinate, so that the search narrows as they draw together; measured on the functions of
 * the tests, this halves the regret of fixed bandwidths. Those of the others stay wide: narrow ones would leave every gap between bad trials
 * looking promising.
 */
function parzen(dimensions: readonly Dimension[], trials: readonly Observation[], areGood: boolean): Mixture {
  const count = trials.length
  const centres = trials.map(({ point }) => coordinatesOf(dimensions, point))
  const shrink = Math.max(1, count) ** (-1 / (dimensions.length + 4))
  const bandwidths = Float64Array.from(dimensions, (_, index) => {
    if (!areGood) return Math.max(narrowest, widest * shrink)
    const present = centres.map((centre) => centre[index]!).filter((value) => !Number.isNaN(value))
    const mean = present.reduce((sum, value) => sum + value / present.length, 0)
    const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const spread = Math.sqrt((squares + uniformTrials * uniformSpread ** 2) / (present.length + uniformTrials))
    return Math.min(widest * shrink, Math.max(narrowest, 0.7 * spread * shrink))
  })
  const all = [...centres, new Float64Array(dimensions.length).fill(0.5)]
  const widths = [...centres.map(() => bandwidths), new Float64Array(dimensions.length).fill(1)]
  return {
    weights: new Float64Array(count + 1).fill(1 / (count + 1)),
    centres: all,
    bandwidths: widths,
    inside: all.map((kernel, index) => {
      const width = widths[index]!
      return kernel.map((centre, axis) => normalCdf((1 - centre) / width[axis]!) - normalCdf(-centre / width[axis]!))
    }),
  }
}

/** How much of a categorical kernel is spread over all values. */
const categoricalShare = (kernels: number): number => 1 / kernels

function drawFrom(mixture: Mixture, dimensions: readonly Dimension[], uniform: Float64Array): Float64Array {
  let kernel = 0
  for (let rest = uniform[0]! - mixture.weights[0]!; rest >= 0 && kernel < mixture.weights.length - 1; ) rest -= mixture.weights[(kernel += 1)]!
  const isPrior = kernel === mixture.weights.length - 1
  return Float64Array.from(dimensions, (dimension, index) => {
    const centre = mixture.centres[kernel]![index]!
    const u = uniform[1 + index]!
    if (Number.isNaN(centre) || (isPrior && dimension.isCategorical)) return u
    if (dimension.isCategorical) {
      const spread = categoricalShare(mixture.weights.length)
      return u < 1 - spread ? centre : (u - (1 - spread)) / spread
    }
    return drawTruncated(centre, mixture.bandwidths[kernel]![index]!, u)
  })
}

/** From a normal that is cut off outside [0, 1]. */
function drawTruncated(centre: number, bandwidth: number, uniform: number): number {
  const [low, high] = [normalCdf(-centre / bandwidth), normalCdf((1 - centre) / bandwidth)]
  const p = Math.min(1 - 1e-15, Math.max(1e-15, low + uniform * (high - low)))
  return Math.min(1, Math.max(0, centre + bandwidth * normalQuantile(p)))
}

function logDensity(mixture: Mixture, dimensions: readonly Dimension[], coordinates: Float64Array): number {
  const kernels = mixture.weights.length
  const logs = new Float64Array(kernels)
  for (let kernel = 0; kernel < kernels; kernel += 1) {
    let sum = Math.log(mixture.weights[kernel]!)
    for (const [index, dimension] of dimensions.entries()) {
      const centre = mixture.centres[kernel]![index]!
      if (Number.isNaN(centre)) continue
      const shape = { centre, bandwidth: mixture.bandwidths[kernel]![index]!, inside: mixture.inside[kernel]![index]! }
      sum += logKernel(dimension, coordinates[index]!, shape, kernel === kernels - 1, kernels)
    }
    logs[kernel] = sum
  }
  const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity)
  return largest + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}

interface Kernel {
  centre: number
  bandwidth: number
  inside: number
}

function logKernel(dimension: Dimension, x: number, { centre, bandwidth, inside }: Kernel, isPrior: boolean, kernels: number): number {
  const { cells, isCategorical } = dimension
  if (isCategorical) {
    if (isPrior) return -Math.log(cells!)
    const spread = categoricalShare(kernels)
    const same = Math.floor(x * cells!) === Math.floor(centre * cells!)
    return Math.log((same ? 1 - spread : 0) + spread / cells!)
  }
  if (cells === null || cells > 1000) return logNormalDensity((x - centre) / bandwidth) - Math.log(bandwidth * inside)
  // A counted value has the probability of its cell.
  const low = Math.floor(Math.min(x, 1 - 1e-12) * cells) / cells
  const mass = normalCdf((low + 1 / cells - centre) / bandwidth) - normalCdf((low - centre) / bandwidth)
  return Math.log(Math.max(1e-300, mass / inside))
}
