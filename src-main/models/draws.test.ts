import { expect, test } from 'vitest'
import { Draws } from './draws'

test.each([0.3, 1, 4.5, 60])('gamma numbers have mean and variance equal to their shape: %d', (shape) => {
  const draws = new Draws({ seed: 1, stream: 'test' })
  const count = 40_000
  const values = Array.from({ length: count }, () => draws.gamma(shape))
  const mean = values.reduce((sum, value) => sum + value / count, 0)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / count, 0)
  expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / count))
  expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1)
})

test('the same key gives the same numbers, another does not', () => {
  const take = (seed: number): number[] => {
    const draws = new Draws({ seed, stream: 'test' })
    return Array.from({ length: 2000 }, () => draws.uniform())
  }
  expect(take(1)).toEqual(take(1))
  expect(take(1)).not.toEqual(take(2))
  expect(new Set(take(1)).size).toBe(2000)
})
