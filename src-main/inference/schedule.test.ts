import { expect, it } from 'vitest'
import { rateFactor } from './schedule'

const setting = { warmup: 0, epochs: 10, stepsPerEpoch: 4 }

it('a constant rate rises over the warm-up and stays', () => {
  const factors = Array.from({ length: 12 }, (_, index) => rateFactor({ ...setting, schedule: 'constant', warmup: 2 }, index + 1))
  expect(factors.slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((step) => step / 8))
  expect(factors.slice(8)).toEqual([1, 1, 1, 1])
})

it('a cosine falls from 1 to its end, and is half way in the middle', () => {
  const schedule = { cosine: { final: 0.2 } }
  expect(rateFactor({ ...setting, schedule }, 1)).toBe(1)
  expect(rateFactor({ ...setting, schedule }, 21)).toBeCloseTo(0.6, 12)
  expect(rateFactor({ ...setting, schedule }, 41)).toBeCloseTo(0.2, 12)
})

it('steps multiply after every so many epochs', () => {
  const schedule = { step: { every: 3, factor: 0.5 } }
  expect([1, 12, 13, 24, 25].map((step) => rateFactor({ ...setting, schedule }, step))).toEqual([1, 1, 0.5, 0.5, 0.25])
})
