import type { LatentSummary } from '@shared/domain/run'

/** Points between two, ends included. */
export type Path = (share: number) => number[]

export const straight = (from: readonly number[], to: readonly number[]): Path => (share) => from.map((value, at) => value + share * (to[at]! - value))

/**
 * Along the great circle through both directions, with lengths between those of the ends:
 * sin((1 − t)Ω)/sin Ω · a + sin(tΩ)/sin Ω · b with the angle Ω between a and b.     Shoemake 1985
 * Straight where the angle is 0 or half a turn, and no circle is nearest.
 */
export function spherical(from: readonly number[], to: readonly number[]): Path {
  const dot = from.reduce((sum, value, at) => sum + value * to[at]!, 0)
  const lengths = Math.hypot(...from) * Math.hypot(...to)
  const angle = lengths > 0 ? Math.acos(Math.max(-1, Math.min(1, dot / lengths))) : 0
  if (Math.sin(angle) < 1e-6) return straight(from, to)
  return (share) => from.map((value, at) => (Math.sin((1 - share) * angle) * value + Math.sin(share * angle) * to[at]!) / Math.sin(angle))
}

/** `count` points of a path, evenly spaced, ends included. */
export const pointsAlong = (path: Path, count: number): number[][] => Array.from({ length: count }, (_, at) => path(at / (count - 1)))

/** One dimension from −reach to reach deviations of the aggregate posterior, the others as they are. */
export function traversal({ mean, standardDeviation }: LatentSummary, here: readonly number[], dimension: number, count: number, reach = 3): number[][] {
  return Array.from({ length: count }, (_, at) => {
    const place = mean[dimension]! + (2 * (at / (count - 1)) - 1) * reach * standardDeviation[dimension]!
    return here.map((value, other) => (other === dimension ? place : value))
  })
}

/** The code of a row of the map. */
export const codeOf = ({ latent, latentMeans }: LatentSummary, place: number): number[] => [...latentMeans.subarray(place * latent, (place + 1) * latent)]

/** The mean code of some rows. */
export function meanCode({ latent, latentMeans }: LatentSummary, places: ArrayLike<number>): number[] {
  const mean = new Array<number>(latent).fill(0)
  for (let at = 0; at < places.length; at += 1) for (let j = 0; j < latent; j += 1) mean[j]! += latentMeans[places[at]! * latent + j]! / places.length
  return mean
}

/**
 * From the mean code of rows without an attribute to that of rows with it, and how far it tells them apart: the share of pairs, one of each, whose
 * order along it is right (the area under the ROC curve), ties as a half.
 */
export function attributeVector(summary: LatentSummary, withIt: ArrayLike<number>, without: ArrayLike<number>): { vector: number[]; area: number } {
  const [high, low] = [meanCode(summary, withIt), meanCode(summary, without)]
  const vector = high.map((value, at) => value - low[at]!)
  const along = (place: number): number => vector.reduce((sum, value, at) => sum + value * summary.latentMeans[place * summary.latent + at]!, 0)
  const scores = [...Array.from(withIt, (place) => ({ score: along(place), has: 1 })), ...Array.from(without, (place) => ({ score: along(place), has: 0 }))]
  scores.sort((left, right) => left.score - right.score)
  let rankSum = 0
  for (let start = 0; start < scores.length; ) {
    let end = start
    while (end < scores.length && scores[end]!.score === scores[start]!.score) end += 1
    for (let at = start; at < end; at += 1) if (scores[at]!.has) rankSum += (start + end + 1) / 2
    start = end
  }
  const [many, others] = [withIt.length, without.length]
  return { vector, area: many * others > 0 ? (rankSum - (many * (many + 1)) / 2) / (many * others) : NaN }
}

/** Rows of each class: places on the map; those without a label are left out. */
export function placesOfClasses({ labels, classes }: LatentSummary): { name: string; places: Uint32Array }[] {
  const members = (classes ?? []).map((): number[] => [])
  labels?.forEach((label, place) => members[label]?.push(place))
  return members.map((own, at) => ({ name: classes![at]!, places: Uint32Array.from(own) }))
}
