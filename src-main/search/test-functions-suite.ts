import type { Point, SearchSpace } from '@shared/domain/search-space'
import type { Sampler, SamplerOptions } from './sampler'

/** Functions that samplers are measured on, with their least values. */
export interface TestFunction {
  name: string
  space: SearchSpace
  least: number
  at(point: Point): number
  /** Added to what the sampler is told; regrets are then those of the trial that looked best. */
  noise?(seed: number, trial: number): number
}

export const box = (dimensions: number, low: number, high: number): SearchSpace =>
  Object.fromEntries(Array.from({ length: dimensions }, (_, index) => [`x${index}`, { uniform: [low, high] as [number, number] }]))
export const numbersOf = (point: Point): number[] =>
  Object.keys(point)
    .sort()
    .map((name) => Number(point[name]))

const hartmannA = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
const hartmannP = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
]

export const branin: TestFunction = {
  name: 'Branin',
  space: { x0: { uniform: [-5, 10] }, x1: { uniform: [0, 15] } },
  least: 0.39788735772973816,
  at(point) {
    const [x, y] = numbersOf(point) as [number, number]
    return (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10
  },
}
export const hartmann6: TestFunction = {
  name: 'Hartmann6',
  space: box(6, 0, 1),
  least: -3.322368011391339,
  at(point) {
    const x = numbersOf(point)
    const heights = [1, 1.2, 3, 3.2]
    return -heights.reduce((sum, height, i) => sum + height * Math.exp(-x.reduce((all, value, j) => all + hartmannA[i]![j]! * (value - hartmannP[i]![j]! * 1e-4) ** 2, 0)), 0)
  },
}
export const ackley5: TestFunction = {
  name: 'Ackley5',
  space: box(5, -32.768, 32.768),
  least: 0,
  at(point) {
    const x = numbersOf(point)
    const square = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / 5)
    return -20 * Math.exp(-0.2 * square) - Math.exp(x.reduce((sum, value) => sum + Math.cos(2 * Math.PI * value), 0) / 5) + 20 + Math.E
  },
}
export const rosenbrock5: TestFunction = {
  name: 'Rosenbrock5',
  space: box(5, -5, 10),
  least: 0,
  at(point) {
    const x = numbersOf(point)
    return x.slice(1).reduce((sum, next, index) => sum + 100 * (next - x[index]! ** 2) ** 2 + (1 - x[index]!) ** 2, 0)
  },
}

/** The difference to the least value after each of some numbers of trials, one row a seed. */
export function regrets(make: (options: SamplerOptions) => Sampler, { space, least, at, noise }: TestFunction, trials: readonly number[], seeds: number): number[][] {
  return Array.from({ length: seeds }, (_, index) => {
    const seed = index + 1
    const suggest = make({ space, seed })
    const history: { point: Point; value: number }[] = []
    let best = { seen: Infinity, value: Infinity }
    const found: number[] = []
    for (let trial = 1; trial <= Math.max(...trials); trial += 1) {
      const point = suggest(history)!
      const value = at(point)
      const seen = value + (noise?.(seed, trial) ?? 0)
      if (seen < best.seen) best = { seen, value }
      history.push({ point, value: seen })
      if (trials.includes(trial)) found.push(best.value - least)
    }
    return found
  })
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}
