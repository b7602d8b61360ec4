import { gammaVariates } from '@shared/math/gamma-variates'
import { fillNormal, fillUniform, permutation } from '@shared/math/random'

/** Random numbers of one generator: each use has a stream of its own, so that one more column does not change the others. */
export interface Draws {
  uniform(count: number, use: string): Float64Array
  normal(count: number, use: string): Float64Array
  /** Codes below weights.length, each with its weight. */
  categories(count: number, weights: ArrayLike<number>, use: string): Int32Array
  /** Rows that sum to one: [count][concentration.length], row-major. */
  dirichlet(count: number, concentration: ArrayLike<number>, use: string): Float64Array
  /** As equal shares of 0 … groups − 1 as can be, in random order. */
  shares(count: number, groups: number, use: string): Int32Array
}

export function createDraws(kind: string, seed: number): Draws {
  const key = (use: string): { seed: number; stream: string } => ({ seed, stream: `generate/${kind}/${use}` })
  const filled = (fill: typeof fillUniform, count: number, use: string): Float64Array => {
    const out = new Float64Array(count)
    fill(out, key(use))
    return out
  }
  const uniform = (count: number, use: string): Float64Array => filled(fillUniform, count, use)
  return {
    uniform,
    normal: (count, use) => filled(fillNormal, count, use),
    categories: (count, weights, use) => {
      const ends = cumulative(weights)
      return Int32Array.from(uniform(count, use), (at) => place(ends, at))
    },
    dirichlet: (count, concentration, use) => {
      const width = concentration.length
      const shapes = Float64Array.from({ length: count * width }, (_, index) => concentration[index % width]!)
      return normalized(gammaVariates(shapes, key(use)), width)
    },
    shares: (count, groups, use) => permutation(count, key(use)).map((position) => position % groups),
  }
}

/** Upper ends of the intervals of [0, total) that belong to each weight. */
export function cumulative(weights: ArrayLike<number>): Float64Array {
  let sum = 0
  return Float64Array.from(weights, (weight) => (sum += weight))
}

/** The interval that a uniform number falls into. */
export function place(ends: Float64Array, uniform: number): number {
  const at = uniform * ends[ends.length - 1]!
  let [low, high] = [0, ends.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at < ends[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

/** Rows are brought to a sum of one; a row that is all zeros, which a tiny concentration can give, becomes one category. */
function normalized(values: Float64Array, width: number): Float64Array {
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width)
    const sum = row.reduce((total, value) => total + value, 0)
    if (sum > 0) row.forEach((value, index) => (row[index] = value / sum))
    else row[(start / width) % width] = 1
  }
  return values
}
