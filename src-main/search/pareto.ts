import type { Observation } from '@shared/domain/search-space'

/** Smaller is better in every entry: not worse anywhere, better somewhere. */
export const dominates = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((value, index) => value <= other[index]!) && one.some((value, index) => value < other[index]!)

/** Which front each point is on: 0 where no other dominates it, 1 where only those do, and so on (Deb et al. 2002). */
export function frontsOf(points: readonly (readonly number[])[]): Int32Array {
  const fronts = new Int32Array(points.length).fill(-1)
  let left = points.map((_, index) => index)
  for (let front = 0; left.length > 0; front += 1) {
    const here = left.filter((index) => !left.some((other) => dominates(points[other]!, points[index]!)))
    for (const index of here) fronts[index] = front
    const taken = new Set(here)
    left = left.filter((index) => !taken.has(index))
  }
  return fronts
}

/** How far the neighbours of each point of one front are, summed over objectives in units of their range; infinite at the ends. */
export function crowdingOf(points: readonly (readonly number[])[]): Float64Array {
  const distance = new Float64Array(points.length)
  for (let objective = 0; objective < (points[0]?.length ?? 0); objective += 1) {
    const order = points.map((_, index) => index).sort((a, b) => points[a]![objective]! - points[b]![objective]!)
    const range = points[order.at(-1)!]![objective]! - points[order[0]!]![objective]!
    distance[order[0]!] = Infinity
    distance[order.at(-1)!] = Infinity
    for (let at = 1; at < order.length - 1; at += 1) {
      distance[order[at]!]! += range > 0 ? (points[order[at + 1]!]![objective]! - points[order[at - 1]!]![objective]!) / range : 0
    }
  }
  return distance
}

/** Trials that have values, best first: by value, or by front and then by how alone they stand on it. Equals keep their order. */
export function rankTrials(history: readonly Observation[]): Observation[] {
  const valued = history.filter(({ value }) => value !== null && !Number.isNaN(value))
  if (valued.every(({ values }) => values === undefined || values.length < 2)) return stableSort(valued, (a, b) => a.value! - b.value!)
  const points = valued.map(({ value, values }) => values ?? [value!])
  const fronts = frontsOf(points)
  const crowding = new Float64Array(valued.length)
  for (let front = 0; front <= Math.max(-1, ...fronts); front += 1) {
    const members = [...fronts.keys()].filter((index) => fronts[index] === front)
    crowdingOf(members.map((index) => points[index]!)).forEach((distance, at) => (crowding[members[at]!] = distance))
  }
  const order = stableSort([...valued.keys()], (a, b) => fronts[a]! - fronts[b]! || difference(crowding[b]!, crowding[a]!))
  return order.map((index) => valued[index]!)
}

const difference = (a: number, b: number): number => (a === b ? 0 : a - b)
const stableSort = <T>(items: readonly T[], compare: (a: T, b: T) => number): T[] => [...items].sort(compare)
