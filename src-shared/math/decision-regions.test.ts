import { expect, test } from 'vitest'
import { classShares } from './decision-regions'

const unit = [
  [1, 0],
  [0, 1],
]
const two = { weights: [0.5, 0.5], means: [[0, 0], [2, 0]], covariances: [unit, unit], classOf: [0, 1] }

test('equal spheres are divided halfway between their means', () => {
  expect(classShares(two, [0, 1], [1, 5])).toEqual([0.5, 0.5])
  expect(classShares(two, [0, 1], [0, 0])[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12)
})

test('components of the same class add up', () => {
  expect(classShares({ ...two, classOf: [0, 0] }, [0, 1], [1, 0])).toEqual([1])
})
