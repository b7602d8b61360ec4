import { describe, expect, it } from 'vitest'
import { elbowOf, entropyMerges, mergedShares } from './entropy-merges'

/** Responsibilities of four components of which 0 and 2 overlap much, 1 and 3 a little. */
const shares = Float64Array.of(
  0.5, 0, 0.5, 0,
  0.4, 0, 0.6, 0,
  0.6, 0.01, 0.39, 0,
  0, 0.9, 0, 0.1,
  0, 0.8, 0, 0.2,
  0, 0, 0, 1,
)
const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0)
const entropyOf = (values: ArrayLike<number>): number => -Array.from(values).reduce((sum, value) => sum + xLogX(value), 0)

describe('merging by entropy', () => {
  it('each step takes the pair whose union leaves least entropy, by trying all pairs', () => {
    const { merges, entropies, groups } = entropyMerges(shares, 4)
    expect(merges[0]!.merged).toEqual([[0], [2]])
    expect(merges[1]!.merged).toEqual([[1], [3]])
    for (let clusters = 4; clusters > 1; clusters -= 1) {
      const before = groups[clusters - 1]!
      const tried = before.flatMap((_, a) =>
        before.slice(a + 1).map((__, b) => {
          const other = a + 1 + b
          const union = before.flatMap((group, at) => (at === a ? [[...group, ...before[other]!]] : at === other ? [] : [group]))
          return entropyOf(mergedShares(shares, 4, union))
        }),
      )
      expect(entropies[clusters - 2]).toBeCloseTo(Math.min(...tried), 12)
      expect(entropies[clusters - 1]! - entropies[clusters - 2]!).toBeCloseTo(merges[4 - clusters]!.drop, 12)
    }
    expect(entropies[0]).toBeCloseTo(0, 12)
  })

  it('merged shares of a row still add up to its whole', () => {
    const merged = mergedShares(shares, 4, [[0, 2], [1, 3]])
    for (let row = 0; row < 6; row += 1) expect(merged[2 * row]! + merged[2 * row + 1]!).toBeCloseTo(1, 12)
  })

  // mclust 6: clustCombiOptim on a published example with six components, and on five of iris.
  it.each([
    [[0, 0.000009, 0.877382, 4.676466, 46.376658, 130.004413], 4],
    [[0, 0, 5.590311, 11.460753, 23.546901], 4],
    [[0, 0.482527, 42.742354], 2],
    [[0, 3], null],
  ])('the elbow of %j is at %s', (entropies, elbow) => expect(elbowOf(entropies)).toBe(elbow))
})
