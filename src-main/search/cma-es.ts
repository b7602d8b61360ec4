import type { Observation } from '@shared/domain/search-space'
import { fillNormal } from '@shared/math/random'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { allowedBy, type Sampler, type SamplerOptions, uniformAllowed, uniformCoordinates } from './sampler'
import { coordinatesOf, dimensionsOf, pointAt } from './space'

/*
 * The evolution strategy with covariance matrix adaptation of Hansen ("The CMA evolution strategy: a tutorial", 2016), in the coordinates of
 * the space, with restarts of doubled population (Auger & Hansen 2005). Its state is never stored: it is played back from the history, whose
 * trials are taken generation by generation in the order they were proposed.
 */

interface Strategy {
  population: number
  mean: Float64Array
  step: number
  /** [size, size], row-major. */
  covariance: Float64Array
  stepPath: Float64Array
  covariancePath: Float64Array
  generation: number
  /** Least value of each of the latest generations. */
  bests: number[]
}

interface Constants {
  weights: number[]
  parents: number
  effective: number
  stepRate: number
  damping: number
  pathRate: number
  rankOne: number
  rankMany: number
  /** Expected length of a standard normal vector. */
  length: number
}

const firstStep = 0.25

function constantsFor(size: number, population: number): Constants {
  const parents = Math.floor(population / 2)
  const raw = Array.from({ length: parents }, (_, index) => Math.log((population + 1) / 2) - Math.log(index + 1))
  const total = raw.reduce((sum, weight) => sum + weight, 0)
  const weights = raw.map((weight) => weight / total)
  const effective = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0)
  const stepRate = (effective + 2) / (size + effective + 5)
  const rankOne = 2 / ((size + 1.3) ** 2 + effective)
  return {
    weights,
    parents,
    effective,
    stepRate,
    damping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (size + 1)) - 1) + stepRate,
    pathRate: (4 + effective / size) / (size + 4 + (2 * effective) / size),
    rankOne,
    rankMany: Math.min(1 - rankOne, (2 * (effective - 2 + 1 / effective)) / ((size + 2) ** 2 + effective)),
    length: Math.sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size * size)),
  }
}

const begin = (size: number, population: number, mean: Float64Array): Strategy => ({
  population,
  mean,
  step: firstStep,
  covariance: Float64Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0)),
  stepPath: new Float64Array(size),
  covariancePath: new Float64Array(size),
  generation: 0,
  bests: [],
})

export function cmaEsSampler({ space, seed, constraints }: SamplerOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const size = dimensions.length
  const isAllowed = allowedBy(constraints)
  const fits = (x: Float64Array): boolean => isAllowed(pointAt(dimensions, x))
  return (history) => {
    let strategy = begin(size, 4 + Math.floor(3 * Math.log(size)), new Float64Array(size).fill(0.5))
    let start = 0
    while (history.length - start >= strategy.population) {
      const generation = history.slice(start, start + strategy.population)
      // Where trials still run, the next generation cannot be known yet: more of this one are drawn meanwhile.
      if (generation.some(({ value, failed }) => value === null && failed !== true)) break
      start += strategy.population
      const next = advance(strategy, size, ranked(generation, (point) => coordinatesOf(dimensions, point)))
      strategy = hasConverged(next) ? begin(size, 2 * next.population, uniformCoordinates(size, { seed, stream: 'search/cma-es/restart' }, start)) : next
    }
    const x = candidate(strategy, { size, seed, counter: history.length, fits })
    return x ? pointAt(dimensions, x) : uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/cma-es/allowed' }, history.length)
  }
}

interface Draw {
  size: number
  seed: number
  counter: number
  /** Do the conditions of the space hold there? */
  fits(x: Float64Array): boolean
}

const attempts = 10
/** mean + step·B·D·z, drawn again while it lies outside or breaks a condition; at the border after ten times, null where that breaks one too. */
function candidate({ mean, step, covariance }: Strategy, { size, seed, counter, fits }: Draw): Float64Array | null {
  const { values, vectors } = symmetricEigen(covariance, size)
  const noise = new Float64Array(attempts * size)
  fillNormal(noise, { seed, stream: 'search/cma-es' }, counter)
  let x = mean
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    x = mean.slice()
    for (let k = 0; k < size; k += 1) {
      const along = step * Math.sqrt(Math.max(0, values[k]!)) * noise[attempt * size + k]!
      for (let i = 0; i < size; i += 1) x[i]! += along * vectors[k * size + i]!
    }
    if (x.every((value) => value >= 0 && value <= 1) && fits(x)) return x
  }
  const clamped = x.map((value) => Math.min(1, Math.max(0, value)))
  return fits(clamped) ? clamped : null
}

interface Ranked {
  x: Float64Array
  value: number
}

/** Best first; failed trials last. Absent parameters stand in the middle. */
const ranked = (generation: readonly Observation[], coordinates: (point: Observation['point']) => Float64Array): Ranked[] =>
  generation
    .map(({ point, value }) => ({ x: coordinates(point).map((entry) => (Number.isNaN(entry) ? 0.5 : entry)), value: value ?? Infinity }))
    .sort((a, b) => a.value - b.value)

/** One generation: equations 37 to 47 of the tutorial. */
function advance(strategy: Strategy, size: number, generation: readonly Ranked[]): Strategy {
  const { population, mean, step, covariance } = strategy
  const constants = constantsFor(size, population)
  const { weights, effective, stepRate, damping, pathRate, rankOne, rankMany, length } = constants
  const steps = generation.slice(0, constants.parents).map(({ x }) => x.map((value, index) => (value - mean[index]!) / step))
  const average = Float64Array.from({ length: size }, (_, index) => steps.reduce((sum, y, k) => sum + weights[k]! * y[index]!, 0))

  const { values, vectors } = symmetricEigen(covariance, size)
  const whitened = new Float64Array(size)
  for (let k = 0; k < size; k += 1) {
    let along = 0
    for (let i = 0; i < size; i += 1) along += vectors[k * size + i]! * average[i]!
    for (let i = 0; i < size; i += 1) whitened[i]! += (along / Math.sqrt(Math.max(1e-20, values[k]!))) * vectors[k * size + i]!
  }
  const stepPath = strategy.stepPath.map((value, i) => (1 - stepRate) * value + Math.sqrt(stepRate * (2 - stepRate) * effective) * whitened[i]!)
  const norm = Math.hypot(...stepPath)
  const generationNumber = strategy.generation + 1
  const moving = norm / Math.sqrt(1 - (1 - stepRate) ** (2 * generationNumber)) < (1.4 + 2 / (size + 1)) * length ? 1 : 0
  const covariancePath = strategy.covariancePath.map(
    (value, i) => (1 - pathRate) * value + moving * Math.sqrt(pathRate * (2 - pathRate) * effective) * average[i]!,
  )
  const kept = 1 - rankOne - rankMany + (1 - moving) * rankOne * pathRate * (2 - pathRate)
  const next = covariance.map((value, index) => {
    const [i, j] = [Math.floor(index / size), index % size]
    const many = steps.reduce((sum, y, k) => sum + weights[k]! * y[i]! * y[j]!, 0)
    return kept * value + rankOne * covariancePath[i]! * covariancePath[j]! + rankMany * many
  })
  return {
    population,
    mean: mean.map((value, i) => Math.min(1, Math.max(0, value + step * average[i]!))),
    step: Math.min(1, step * Math.exp((stepRate / damping) * (norm / length - 1))),
    covariance: next,
    stepPath,
    covariancePath,
    generation: generationNumber,
    bests: [...strategy.bests, generation[0]!.value].slice(-20),
  }
}

/** Steps that no longer reach anything, or values that no longer differ. */
function hasConverged({ step, covariance, bests }: Strategy): boolean {
  const size = Math.sqrt(covariance.length)
  const reach = step * Math.sqrt(Math.max(...Array.from({ length: size }, (_, i) => covariance[i * (size + 1)]!)))
  const spread = Math.max(...bests) - Math.min(...bests)
  return reach < 1e-9 || (bests.length === 20 && spread < 1e-12 * Math.max(1, Math.abs(bests.at(-1)!)))
}
