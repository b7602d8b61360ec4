import { expect, it } from 'vitest'
import { randomSubset } from './random-sample'

it('draws different numbers, ascending, all of them where there are no more', () => {
  const drawn = randomSubset(500, 1000, { seed: 1, stream: 'test' })
  expect(new Set(drawn).size).toBe(500)
  expect([...drawn]).toEqual([...drawn].sort((a, b) => a - b))
  expect([...randomSubset(5, 3, { seed: 1, stream: 'test' })]).toEqual([0, 1, 2])
  expect(randomSubset(500, 1000, { seed: 2, stream: 'test' })).not.toEqual(drawn)
})

it('draws every number equally often', () => {
  const counts = new Float64Array(10)
  for (let seed = 0; seed < 5000; seed += 1) for (const number of randomSubset(3, 10, { seed, stream: 'test' })) counts[number]! += 1
  // 1500 expected, standard deviation √(5000 · 0.3 · 0.7) = 32.4.
  for (const count of counts) expect(Math.abs(count - 1500)).toBeLessThan(5 * 32.4)
})
