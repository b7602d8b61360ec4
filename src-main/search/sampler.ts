import { parseConstraint } from '@shared/domain/constraint'
import type { Observation, Point, SearchSpace } from '@shared/domain/search-space'
import { type RandomKey, fillUniform } from '@shared/math/random'
import { type Dimension, dimensionsOf, gridPoints, pointAt } from './space'
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
  /** Conditions that every point must meet. */
  constraints?: readonly string[] | undefined
}

/** Uniform in the coordinates of the space. */
export function uniformCoordinates(count: number, key: RandomKey, counter: number): Float64Array {
  const out = new Float64Array(count)
  fillUniform(out, key, counter)
  return out
}

/** Does a point meet all conditions? */
export function allowedBy(constraints: readonly string[] = []): (point: Point) => boolean {
  const parsed = constraints.flatMap((text) => parseConstraint(text) ?? [])
  return (point) => parsed.every(({ holds }) => holds(point))
}

/** So many points are drawn before the conditions are held to be impossible. */
export const mostDraws = 10_000

/** The first allowed point of a series of coordinates; null where none of `mostDraws` is. */
export function firstAllowed(dimensions: readonly Dimension[], isAllowed: (point: Point) => boolean, draw: (attempt: number) => ArrayLike<number>): Point | null {
  for (let attempt = 0; attempt < mostDraws; attempt += 1) {
    const point = pointAt(dimensions, draw(attempt))
    if (isAllowed(point)) return point
  }
  return null
}

/** A uniform point that meets the conditions; a key for each attempt. */
export const uniformAllowed = (dimensions: readonly Dimension[], isAllowed: (point: Point) => boolean, key: RandomKey, counter: number): Point | null =>
  firstAllowed(dimensions, isAllowed, (attempt) =>
    uniformCoordinates(dimensions.length, attempt === 0 ? key : { ...key, stream: `${key.stream}/again/${attempt}` }, counter),
  )

export function randomSampler({ space, seed, constraints }: SamplerOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const isAllowed = allowedBy(constraints)
  return (history) => uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/random' }, history.length)
}

/** The points of the sequence that meet the conditions, in its order. */
export function sobolSampler({ space, seed, constraints }: SamplerOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const isAllowed = allowedBy(constraints)
  const places: number[] = []
  return (history) => {
    let next = (places.at(-1) ?? -1) + 1
    const end = next + mostDraws
    for (; places.length <= history.length && next < end; next += 1) {
      if (isAllowed(pointAt(dimensions, sobolPoint(next, dimensions.length, seed)))) places.push(next)
    }
    const place = places[history.length]
    return place === undefined ? null : pointAt(dimensions, sobolPoint(place, dimensions.length, seed))
  }
}

/** The same for equal points, whatever the order of their parameters. */
export const keyOf = (point: Point): string =>
  Object.keys(point)
    .sort()
    .map((path) => `${path}=${JSON.stringify(point[path])}`)
    .join('\n')

/** Every point once, in order; ranges that cannot be counted are an error of the caller. */
export function gridSampler({ space, constraints }: SamplerOptions): Sampler {
  const isAllowed = allowedBy(constraints)
  const points = gridPoints(dimensionsOf(space)).filter(isAllowed)
  const keys = points.map(keyOf)
  return (history) => {
    const tried = new Set(history.map(({ point }) => keyOf(point)))
    return points[keys.findIndex((key) => !tried.has(key))] ?? null
  }
}
