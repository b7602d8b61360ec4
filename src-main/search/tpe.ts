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

/** Kernels over trials, one column per dimension, and at last one over the whole space. */
interface Mixture {
  kernels: number
  columns: Column[]
  /** [kernels − 1], logarithm of the weight and of what makes the kernels densities in [0, 1], over all columns. */
  constants: Float64Array
}

interface Column {
  dimension: Dimension
  /** [kernels − 1], NaN where absent. */
  centres: Float64Array
  bandwidth: number
  /** [kernels − 1], the part of this column in the constants of the mixture. */
  constants: Float64Array
  /** Of counted values: the cell of each centre, −1 where absent, and the log-probability of a cell by its distance from the centre's. */
  counted: { cells: Int32Array; byDistance: Float64Array } | null
}

const goodCount = (trials: number): number => Math.min(25, Math.ceil(0.1 * trials))

/** Candidates are drawn anew where none meets the conditions, so often at most. */
const mostRounds = 20

export function tpeSampler({ space, seed, constraints, startTrials = 10, candidates = 24 }: TpeOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const isConditional = dimensions.some(({ range }) => range.when !== undefined)
  const isAllowed = allowedBy(constraints)
  const stride = 1 + dimensions.length

  /** Of candidates from the kernels of the good trials, the one where these are densest beside those of the others. */
  function likeliest(history: readonly Observation[], counter: number, stream: string, isWanted: (point: Point) => boolean): Point | null {
    const { good, others } = part(history)
    const inside = parzen(dimensions, good, true)
    const outside = parzen(dimensions, others, false)
    for (let round = 0; round < mostRounds; round += 1) {
      const uniform = uniformCoordinates(candidates * stride, { seed, stream: round === 0 ? stream : `${stream}/${round}` }, counter)
      let best: { point: Point; score: number } | null = null
      for (let candidate = 0; candidate < candidates; candidate += 1) {
        const coordinates = drawFrom(inside, uniform.subarray(candidate * stride, (candidate + 1) * stride))
        const point = pointAt(dimensions, coordinates)
        if (!isWanted(point)) continue
        if (isConditional) blankAbsent(dimensions, point, coordinates)
        const score = logDensity(inside, coordinates) - logDensity(outside, coordinates)
        if (!best || score > best.score) best = { point, score }
      }
      if (best) return best.point
    }
    return null
  }

  return (history) => {
    const counter = history.length
    const finished = history.filter(isFinished)
    if (finished.length < startTrials) return uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/tpe/start' }, counter)
    const point = likeliest(history, counter, 'search/tpe', isAllowed)
    if (!point) return uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/tpe/start' }, counter)
    if (!isConditional) return point
    // In a space with conditions this chose the branch; within it, trials of other branches say nothing.
    const isOfBranch = ofBranch(point)
    const branch = history.filter((trial) => isOfBranch(trial.point))
    if (branch.filter(isFinished).length < leastInBranch) return point
    return likeliest(branch, counter, 'search/tpe/branch', (other) => isOfBranch(other) && isAllowed(other)) ?? point
  }
}

function blankAbsent(dimensions: readonly Dimension[], point: Point, coordinates: Float64Array): void {
  for (const [axis, { path }] of dimensions.entries()) if (!(path in point)) coordinates[axis] = NaN
}

const isFinished = ({ value, failed }: Observation): boolean => value !== null || failed === true

/** Does a point have the same parameters, whatever their values? */
function ofBranch(point: Point): (other: Point) => boolean {
  const paths = Object.keys(point)
  return (other) => Object.keys(other).length === paths.length && paths.every((path) => path in other)
}
/** A branch with fewer trials is searched with what is known of the whole space. */
const leastInBranch = 5

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
  const points = trials.map(({ point }) => knownCoordinates(dimensions, point))
  const present = dimensions.filter((_, axis) => points.some((point) => !Number.isNaN(point[axis]!))).length
  const shrink = Math.max(1, count) ** (-1 / (present + 4))
  const constants = new Float64Array(count).fill(-Math.log(count + 1))
  const columns = dimensions.map((dimension, axis) => {
    const centres = Float64Array.from(points, (point) => point[axis]!)
    const column = columnOf(dimension, centres, areGood ? spreadBandwidth(centres, shrink) : Math.max(narrowest, widest * shrink), count + 1)
    if (!dimension.isCategorical) takeInside(column)
    for (let k = 0; k < count; k += 1) constants[k]! += column.constants[k]!
    return column
  })
  return { kernels: count + 1, columns, constants }
}

function spreadBandwidth(centres: Float64Array, shrink: number): number {
  let [present, sum, squares] = [0, 0, 0]
  for (const centre of centres) {
    if (Number.isNaN(centre)) continue
    present += 1
    sum += centre
  }
  for (const centre of centres) if (!Number.isNaN(centre)) squares += (centre - sum / present) ** 2
  const spread = Math.sqrt((squares + uniformTrials * uniformSpread ** 2) / (present + uniformTrials))
  return Math.min(widest * shrink, Math.max(narrowest, 0.7 * spread * shrink))
}

/** Values of a logarithmic range have cells of different lengths; they and very many count as real numbers. */
const isCounted = ({ cells, range }: Dimension): boolean => cells !== null && cells <= 1000 && !('logInteger' in range)

function columnOf(dimension: Dimension, centres: Float64Array, bandwidth: number, kernels: number): Column {
  const constants = new Float64Array(centres.length)
  if (!isCounted(dimension)) return { dimension, centres, bandwidth, constants, counted: null }
  const count = dimension.cells!
  const cells = Int32Array.from(centres, (centre) => (Number.isNaN(centre) ? -1 : Math.min(count - 1, Math.floor(centre * count))))
  const spread = categoricalShare(kernels)
  const byDistance = Float64Array.from({ length: count }, (_, distance) => {
    if (dimension.isCategorical) return Math.log((distance === 0 ? (1 - spread) * count : 0) + spread)
    return Math.log(Math.max(1e-300, count * (normalCdf((distance + 0.5) / (count * bandwidth)) - normalCdf((distance - 0.5) / (count * bandwidth)))))
  })
  return { dimension, centres, bandwidth, constants, counted: { cells, byDistance } }
}

/** Kernels are cut off outside [0, 1] and made up for it. */
function takeInside({ centres, bandwidth, constants, counted }: Column): void {
  const outside = counted ? 0 : Math.log(bandwidth) + 0.5 * Math.log(2 * Math.PI)
  const farInside = 8.5 * bandwidth
  for (let k = 0; k < centres.length; k += 1) {
    const centre = centres[k]!
    if (Number.isNaN(centre)) continue
    constants[k]! -= outside
    if (centre < farInside || 1 - centre < farInside) constants[k]! -= Math.log(tabulatedCdf((1 - centre) / bandwidth) - tabulatedCdf(-centre / bandwidth))
  }
}

const [tableReach, tableSteps] = [8.5, 512]
let table: Float64Array | null = null
/** Φ(z) to 1e-7, by a table: the normalization of kernels is asked for by the ten thousand. */
function tabulatedCdf(z: number): number {
  table ??= Float64Array.from({ length: 2 * tableReach * tableSteps + 2 }, (_, index) => normalCdf(index / tableSteps - tableReach))
  if (z <= -tableReach) return 0
  if (z >= tableReach) return 1
  const place = (z + tableReach) * tableSteps
  const index = Math.floor(place)
  return table[index]! + (place - index) * (table[index + 1]! - table[index]!)
}

const coordinatesByPoint = new WeakMap<Point, { dimensions: readonly Dimension[]; coordinates: Float64Array }>()
/** Trials stay the same from one proposal to the next. */
function knownCoordinates(dimensions: readonly Dimension[], point: Point): Float64Array {
  const known = coordinatesByPoint.get(point)
  if (known?.dimensions === dimensions) return known.coordinates
  const coordinates = coordinatesOf(dimensions, point)
  coordinatesByPoint.set(point, { dimensions, coordinates })
  return coordinates
}

/** How much of a categorical kernel is spread over all values. */
const categoricalShare = (kernels: number): number => 1 / kernels

function drawFrom({ kernels, columns }: Mixture, uniform: Float64Array): Float64Array {
  const kernel = Math.min(kernels - 1, Math.floor(uniform[0]! * kernels))
  const isPrior = kernel === kernels - 1
  return Float64Array.from(columns, ({ dimension, centres, bandwidth }, axis) => {
    const u = uniform[1 + axis]!
    if (isPrior) return dimension.isCategorical ? u : drawTruncated(0.5, 1, u)
    const centre = centres[kernel]!
    if (Number.isNaN(centre)) return u
    if (!dimension.isCategorical) return drawTruncated(centre, bandwidth, u)
    const spread = categoricalShare(kernels)
    return u < 1 - spread ? centre : (u - (1 - spread)) / spread
  })
}

/** From a normal that is cut off outside [0, 1]. */
function drawTruncated(centre: number, bandwidth: number, uniform: number): number {
  const [low, high] = [normalCdf(-centre / bandwidth), normalCdf((1 - centre) / bandwidth)]
  const p = Math.min(1 - 1e-15, Math.max(1e-15, low + uniform * (high - low)))
  return Math.min(1, Math.max(0, centre + bandwidth * normalQuantile(p)))
}

function logDensity({ kernels, columns, constants }: Mixture, x: Float64Array): number {
  const logs = new Float64Array(kernels)
  logs.set(constants)
  logs[kernels - 1] = -Math.log(kernels)
  for (const [axis, column] of columns.entries()) {
    if (Number.isNaN(x[axis]!)) {
      // absent: what stands in the constants for it is taken back
      for (let k = 0; k < kernels - 1; k += 1) logs[k]! -= column.constants[k]!
      continue
    }
    addKernels(column, x[axis]!, logs)
    logs[kernels - 1]! += logWide(column.dimension, x[axis]!)
  }
  let largest = -Infinity
  for (let k = 0; k < kernels; k += 1) if (logs[k]! > largest) largest = logs[k]!
  let sum = 0
  for (let k = 0; k < kernels; k += 1) sum += Math.exp(logs[k]! - largest)
  return largest + Math.log(sum)
}

/** The log-kernels of one dimension at x, less what stands in the constants. */
function addKernels({ dimension, centres, bandwidth, counted }: Column, x: number, logs: Float64Array): void {
  if (counted) {
    const { cells, byDistance } = counted
    const cell = Math.min(dimension.cells! - 1, Math.floor(x * dimension.cells!))
    for (let k = 0; k < cells.length; k += 1) if (cells[k]! >= 0) logs[k]! += byDistance[dimension.isCategorical ? cells[k] === cell ? 0 : 1 : Math.abs(cell - cells[k]!)]!
    return
  }
  for (let k = 0; k < centres.length; k += 1) {
    const z = (x - centres[k]!) / bandwidth
    // absent: z is not a number
    if (!Number.isNaN(z)) logs[k]! -= 0.5 * z * z
  }
}

/** The kernel over the whole space: even over values without order, a normal of width 1 around the middle otherwise. */
function logWide(dimension: Dimension, x: number): number {
  const { cells, isCategorical } = dimension
  if (isCategorical) return 0
  if (!isCounted(dimension)) return logNormalDensity(x - 0.5) - Math.log(wideInside)
  const low = Math.floor(Math.min(x, 1 - 1e-12) * cells!) / cells!
  return Math.log((cells! * (normalCdf(low + 1 / cells! - 0.5) - normalCdf(low - 0.5))) / wideInside)
}
const wideInside = normalCdf(0.5) - normalCdf(-0.5)
