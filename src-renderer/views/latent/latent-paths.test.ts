import { expect, test } from 'vitest'
import type { LatentSummary } from '@shared/domain/run'
import { attributeVector, meanCode, placesOfClasses, pointsAlong, spherical, straight, traversal } from './latent-paths'

const summary = {
  latent: 2,
  mean: [1, 0],
  standardDeviation: [2, 1],
  latentMeans: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1, 5, 5),
  labels: Int32Array.of(0, 0, 1, 1, -1),
  classes: ['low', 'high'],
} as unknown as LatentSummary

test('both ways go from one end to the other; the circle keeps the length that the straight line cuts short', () => {
  const [a, b] = [[3, 0, 0], [0, 3, 0]]
  for (const path of [straight(a, b), spherical(a, b)]) {
    path(0).forEach((value, at) => expect(value).toBeCloseTo(a[at]!, 12))
    path(1).forEach((value, at) => expect(value).toBeCloseTo(b[at]!, 12))
  }
  for (const point of pointsAlong(spherical(a, b), 9)) expect(Math.hypot(...point)).toBeCloseTo(3, 12)
  expect(Math.hypot(...straight(a, b)(0.5))).toBeCloseTo(3 / Math.SQRT2, 12)
  // Shoemake's formula at a third of the way, by hand: sin(60°) and sin(30°)
  expect(spherical(a, b)(1 / 3)).toEqual([expect.closeTo(3 * Math.cos(Math.PI / 6), 12), expect.closeTo(1.5, 12), 0])
})

test('where no circle is nearest the way is straight', () => {
  expect(spherical([1, 0], [-1, 0])(0.5)).toEqual([0, 0])
  expect(spherical([0, 0], [2, 2])(0.5)).toEqual([1, 1])
})

test('a traversal moves one dimension by three deviations to both sides', () => {
  expect(traversal(summary, [9, 7], 0, 3)).toEqual([[-5, 7], [1, 7], [7, 7]])
})

test('an attribute is the difference of mean codes, and its area that of all pairs', () => {
  const [low, high] = placesOfClasses(summary)
  expect([...low!.places, ...high!.places]).toEqual([0, 1, 2, 3])
  expect(meanCode(summary, high!.places)).toEqual([1, 0.5])
  expect(attributeVector(summary, high!.places, low!.places)).toEqual({ vector: [1, 0], area: 1 })
  expect(attributeVector(summary, [0, 3], [1, 2]).area).toBe(0.5)
})
