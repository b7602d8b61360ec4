import type { Observation, Point, SearchSpace } from '@shared/domain/search-space'
import { type RandomKey, fillUniform } from '@shared/math/random'
import { dimensionsOf, gridPoints, pointAt } from './space'
import { sobolPoint } from './sobol'

/**
 * What to try next. A pure function of the trials so far, in the order they were proposed, and of the seed: a sweep that is killed and
 * resumed proposes what the unbroken one would have.
 *
 * @param history  one entry for each earlier trial; those still running have no value
 * @returns        null when the space is exhausted
 */
export type Sampler = (history: readonly Observation[]) => Point | null

export interface SamplerOptions {
  space: SearchSpace
  seed: number
}

/** Uniform in the coordinates of the space. */
export function uniformCoordinates(count: number, key: RandomKey, counter: number): Float64Array {
  const out = new Float64Array(count)
  fillUniform(out, key, counter)
  return out
}

export function randomSampler({ space, seed }: SamplerOptions): Sampler {
  const dimensions = dimensionsOf(space)
  return (history) => pointAt(dimensions, uniformCoordinates(dimensions.length, { seed, stream: 'search/random' }, history.length))
}

export function sobolSampler({ space, seed }: SamplerOptions): Sampler {
  const dimensions = dimensionsOf(space)
  return (history) => pointAt(dimensions, sobolPoint(history.length, dimensions.length, seed))
}

/** Every point once, in order; ranges that cannot be counted are an error of the caller. */
export function gridSampler({ space }: SamplerOptions): Sampler {
  const points = gridPoints(dimensionsOf(space))
  return (history) => points[history.length] ?? null
}
