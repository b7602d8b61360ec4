import type { MergeTreeAnswer } from '@shared/domain/merging'
import type { EmFrame } from '@shared/domain/run'
import { mergedShares } from '@shared/math/entropy-merges'

/** A picture of groups of components in place of components: weights add up, means and covariances are those of the group. */
export function mergedFrame(frame: EmFrame, groups: readonly (readonly number[])[]): EmFrame {
  const weights = groups.map((group) => group.reduce((sum, k) => sum + frame.weights[k]!, 0))
  const shares = groups.map((group, at) => group.map((k) => (weights[at]! > 0 ? frame.weights[k]! / weights[at]! : 1 / group.length)))
  const means = groups.map((group, at) => frame.means[group[0]!]!.map((_, i) => group.reduce((sum, k, place) => sum + shares[at]![place]! * frame.means[k]![i]!, 0)))
  const covariances = groups.map((group, at) =>
    means[at]!.map((_, i) =>
      means[at]!.map((__, j) =>
        group.reduce((sum, k, place) => {
          const apart = (frame.means[k]![i]! - means[at]![i]!) * (frame.means[k]![j]! - means[at]![j]!)
          return sum + shares[at]![place]! * (frame.covariances[k]![i]![j]! + apart)
        }, 0),
      ),
    ),
  )
  const responsibilities = Float32Array.from(mergedShares(frame.responsibilities, frame.weights.length, groups))
  return { ...frame, weights, means, covariances, responsibilities }
}

export interface TreePlace {
  /** Components from top to bottom. */
  order: number[]
  /** Each merge joins two branches at heights `a` and `b` that began at steps `fromA`, `fromB`; it is the step `at`. */
  joints: { a: number; b: number; fromA: number; fromB: number; at: number }[]
}

/** Where the branches of a merge tree are drawn: no two cross. Heights are places in `order`; a joint lies between its branches. */
export function treePlaces({ components, merges }: Pick<MergeTreeAnswer, 'components' | 'merges'>): TreePlace {
  const order = merges.reduce(
    (groups, { merged: [a, b] }) => {
      const has = (group: readonly number[], one: readonly number[]): boolean => one.every((k) => group.includes(k))
      const [left, right] = [groups.find((group) => has(group, a))!, groups.find((group) => has(group, b))!]
      return [...groups.filter((group) => group !== left && group !== right), [...left, ...right]]
    },
    Array.from({ length: components }, (_, k) => [k]),
  )[0]!
  const heights = new Map<string, { height: number; from: number }>(order.map((k, place) => [String(k), { height: place, from: 0 }]))
  const joints = merges.map(({ merged: [a, b] }, index) => {
    const [one, other] = [heights.get(a.join())!, heights.get(b.join())!]
    heights.set([...a, ...b].sort((x, y) => x - y).join(), { height: (one.height + other.height) / 2, from: index + 1 })
    return { a: one.height, b: other.height, fromA: one.from, fromB: other.from, at: index + 1 }
  })
  return { order, joints }
}
