import { expect, test } from 'vitest'
import { smoothed } from './compared-curves'

test('a running mean of a constant is that constant from the first point on, and weight 0 changes nothing', () => {
  expect([...smoothed(Float64Array.of(3, 3, 3), 0.9)].map((value) => Number(value.toFixed(12)))).toEqual([3, 3, 3])
  expect([...smoothed(Float64Array.of(1, Number.NaN, 5), 0)]).toEqual([1, Number.NaN, 5])
  // pandas 3: Series([1, 2, 4]).ewm(alpha=.5, adjust=True).mean() = 1, 1.6666667, 3
  expect([...smoothed(Float64Array.of(1, 2, 4), 0.5)].map((value) => Number(value.toFixed(7)))).toEqual([1, 1.6666667, 3])
})
