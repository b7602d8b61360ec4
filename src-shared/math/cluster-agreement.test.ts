import { expect, it } from 'vitest'
import { adjustedRandIndex, normalizedMutualInformation } from './cluster-agreement'

const a = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
const b = [0, 0, 1, 1, 1, 1, 2, 2, 0, 2]

// scikit-learn 1.2.1: adjusted_rand_score(a, b), normalized_mutual_info_score(a, b)
it('agreement equals that of scikit-learn', () => {
  expect(adjustedRandIndex(a, b)).toBeCloseTo(0.4318181818181818, 12)
  expect(normalizedMutualInformation(a, b)).toBeCloseTo(0.6180656462921542, 12)
})

it('agreement does not depend on names, and is perfect for equal partitions', () => {
  expect(
    adjustedRandIndex(
      a,
      a.map((code) => 7 - code),
    ),
  ).toBe(1)
  expect(
    normalizedMutualInformation(
      a,
      a.map((code) => 7 - code),
    ),
  ).toBeCloseTo(1, 12)
  expect(adjustedRandIndex([...a, -1], [...b, 0])).toBe(adjustedRandIndex(a, b))
})
