import { expect, test } from 'vitest'
import { createTimeLeft } from './time-left'

test('nothing is claimed before there is something to go by', () => {
  const timeLeft = createTimeLeft()
  timeLeft.add(0, 0)
  timeLeft.add(500, 0.1)
  expect(timeLeft.estimate()).toEqual({ etaMs: null, etaLowMs: null, etaHighMs: null })
})

test('at a steady pace the time left is exact', () => {
  const timeLeft = createTimeLeft()
  for (let second = 0; second <= 40; second++) timeLeft.add(second * 1000, second / 100)
  const { etaMs, etaLowMs, etaHighMs } = timeLeft.estimate()
  expect(etaMs).toBeCloseTo(60_000, 3)
  expect(etaLowMs).toBeCloseTo(60_000, 3)
  expect(etaHighMs).toBeCloseTo(60_000, 3)
})

test('the range holds the estimate, and is wider at an uneven pace', () => {
  const timeLeft = createTimeLeft()
  let fraction = 0
  for (let second = 0; second <= 60; second++) timeLeft.add(second * 1000, (fraction += second % 20 < 10 ? 0.002 : 0.008))
  const { etaMs, etaLowMs, etaHighMs } = timeLeft.estimate() as Record<'etaMs' | 'etaLowMs' | 'etaHighMs', number>
  expect(etaLowMs).toBeLessThan(etaMs)
  expect(etaHighMs).toBeGreaterThan(etaMs)
  expect(etaHighMs / etaLowMs).toBeGreaterThan(1.5)
})

test('after ten thousand reports the recent pace counts, not the first', () => {
  const timeLeft = createTimeLeft()
  for (let index = 0; index <= 5000; index++) timeLeft.add(index * 100, index * 1e-5)
  for (let index = 1; index <= 5000; index++) timeLeft.add(500_000 + index * 100, 0.05 + index * 1e-4)
  expect(timeLeft.estimate().etaMs).toBeLessThan(((1 - 0.55) / 1e-4) * 100 * 1.5)
})
