import type { Observation } from '@shared/domain/search-space'
import { rankTrials } from './pareto'
import { allowedBy, firstAllowed, type Sampler, type SamplerOptions, uniformAllowed, uniformCoordinates } from './sampler'
import { type Dimension, coordinatesOf, dimensionsOf } from './space'

/*
 * The genetic algorithm NSGA-II of Deb, Pratap, Agarwal & Meyarivan 2002, for one objective or several: the best of all earlier generations,
 * by front and then by crowding, are the parents; children by simulated binary crossover and polynomial mutation. Played back from the
 * history, whose trials are taken generation by generation.
 */

const [crossoverRate, crossoverIndex, mutationIndex] = [0.9, 15, 20]

export function nsga2Sampler({ space, seed, constraints }: SamplerOptions): Sampler {
  const dimensions = dimensionsOf(space)
  const isAllowed = allowedBy(constraints)
  const size = dimensions.length
  const population = Math.max(10, Math.min(50, 4 * size))
  return (history) => {
    const counter = history.length
    const complete = completeGenerations(history, population)
    const parents = rankTrials(history.slice(0, complete)).slice(0, population)
    if (parents.length < 2) return uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/nsga-ii/start' }, counter)
    const coordinates = parents.map(({ point }) => coordinatesOf(dimensions, point))
    const child = firstAllowed(dimensions, isAllowed, (attempt) => {
      const draws = uniformCoordinates(5 + 5 * size, { seed, stream: `search/nsga-ii/${attempt}` }, counter)
      // Parents are ranked: of two that meet in a tournament, the earlier wins.
      const chosen = [0, 2].map((at) => Math.floor(Math.min(draws[at]!, draws[at + 1]!) * parents.length))
      const [mother, father] = [coordinates[chosen[0]!]!, coordinates[chosen[1]!]!]
      const crosses = draws[4]! < crossoverRate
      return Float64Array.from(dimensions, (dimension, axis) => inherit(dimension, { mother: mother[axis]!, father: father[axis]!, crosses, size }, draws.subarray(5 + 5 * axis)))
    })
    return child ?? uniformAllowed(dimensions, isAllowed, { seed, stream: 'search/nsga-ii/start' }, counter)
  }
}

/** Trials of generations in which none runs any more. */
function completeGenerations(history: readonly Observation[], population: number): number {
  let complete = 0
  while (complete + population <= history.length) {
    if (history.slice(complete, complete + population).some(({ value, failed }) => value === null && failed !== true)) break
    complete += population
  }
  return complete
}

interface Parents {
  mother: number
  father: number
  crosses: boolean
  size: number
}

/** One coordinate of a child; a parameter that a parent lacks comes from the other, or at random. */
function inherit({ isCategorical }: Dimension, { mother, father, crosses, size }: Parents, draws: Float64Array): number {
  const [side, spread, mutates, how, fresh] = draws as unknown as [number, number, number, number, number]
  const [first, second] = [Number.isNaN(mother) ? father : mother, Number.isNaN(father) ? mother : father]
  if (Number.isNaN(first)) return fresh
  let value = first
  if (crosses && isCategorical) value = side < 0.5 ? first : second
  else if (crosses) {
    const beta = spread <= 0.5 ? (2 * spread) ** (1 / (crossoverIndex + 1)) : (1 / (2 * (1 - spread))) ** (1 / (crossoverIndex + 1))
    value = 0.5 * (first + second) + (side < 0.5 ? -0.5 : 0.5) * beta * Math.abs(first - second)
  }
  if (mutates < 1 / size) {
    if (isCategorical) return fresh
    value += how < 0.5 ? (2 * how) ** (1 / (mutationIndex + 1)) - 1 : 1 - (2 * (1 - how)) ** (1 / (mutationIndex + 1))
  }
  return Math.min(1, Math.max(0, value))
}
