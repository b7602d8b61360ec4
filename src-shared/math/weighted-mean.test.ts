import { expect, test } from 'vitest'
import { WeightedMean } from './weighted-mean'

test('a weight of n is the value n times; R: mean and sd(x)/sqrt(n) of c(1, 4, 4, 4, 10)', () => {
  const [weighted, repeated] = [new WeightedMean(), new WeightedMean()]
  for (const [value, weight] of [[1, 1], [4, 3], [10, 1], [99, 0]] as const) weighted.add(value, weight)
  for (const value of [1, 4, 4, 4, 10]) repeated.add(value)
  for (const found of [weighted, repeated]) {
    expect(found.mean).toBeCloseTo(4.6, 14)
    expect(found.standardError).toBeCloseTo(1.469693845669907, 14)
    expect(found.weight).toBe(5)
  }
})

test('one value has no standard error', () => {
  const one = new WeightedMean()
  one.add(3)
  expect(one.standardError).toBeNull()
})
