import { expect, it } from 'vitest'
import { binned } from './bins'

it('counts every value once, the largest too, in bins that touch', () => {
  const values = Array.from({ length: 100 }, (_, at) => Math.sin(at))
  const bins = binned(values)
  expect(bins).toHaveLength(12)
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(100)
  expect(bins[0]!.from).toBe(Math.min(...values))
  bins.slice(1).forEach(({ from }, at) => expect(from).toBeCloseTo(bins[at]!.to, 12))
})

it('of equal values makes one full bin and empty ones', () => {
  expect(binned([2, 2, 2]).map(({ count }) => count).filter((count) => count > 0)).toEqual([3])
})
