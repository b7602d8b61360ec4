import { expect, test } from 'vitest'
import { nearestRows } from './nearest-rows'
import { fillNormal } from './random'

test('the nearest rows are those a full sort finds, in its order', () => {
  const values = new Float64Array(500 * 7)
  fillNormal(values, { seed: 1, stream: 'rows' })
  const point = values.slice(7 * 12, 7 * 13)
  const distance = (row: number): number => Math.hypot(...point.map((value, column) => value - values[row * 7 + column]!))
  const sorted = Array.from({ length: 500 }, (_, row) => row).sort((left, right) => distance(left) - distance(right))
  const found = nearestRows(values, 7, point, 9)
  expect([...found.rows]).toEqual(sorted.slice(0, 9))
  found.distances.forEach((value, at) => expect(value).toBeCloseTo(distance(sorted[at]!), 12))
  expect([...nearestRows(values, 7, point, 9, 12).rows]).toEqual(sorted.slice(1, 10))
})

test('fewer rows than asked for are all there are', () => expect([...nearestRows([3, 1, 2], 1, [0], 8).rows]).toEqual([1, 2, 0]))
