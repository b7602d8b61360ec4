import { expect, test } from 'vitest'
import { fillUniform } from './random'
import { parameterImportance } from './parameter-importance'

const rowsOf = (count: number, size: number): Float64Array[] => {
  const draws = new Float64Array(count * size)
  fillUniform(draws, { seed: 3, stream: 'rows' })
  return Array.from({ length: count }, (_, row) => draws.slice(row * size, (row + 1) * size))
}

test('parameters are ranked by how much of the value hangs on them, interactions too', () => {
  const rows = rowsOf(400, 5)
  const values = Float64Array.from(rows, ([a, b, c, d]) => 4 * a! + 2 * b! + 3 * (c! - 0.5) * (d! - 0.5))
  const importance = parameterImportance(rows, values)!
  expect(importance.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
  expect(importance[0]).toBeGreaterThan(2 * importance[1]!)
  expect(importance[1]).toBeGreaterThan(importance[2]!)
  expect(importance[4]).toBeLessThan(0.02)
  expect(parameterImportance(rows, values)).toEqual(importance)
})

test('nothing is said of too few trials, or of values that are all equal', () => {
  expect(parameterImportance(rowsOf(7, 2), new Float64Array(7))).toBeNull()
  expect(parameterImportance(rowsOf(50, 2), new Float64Array(50).fill(1))).toBeNull()
})

test('ten thousand trials of ten parameters take well under a second', () => {
  const rows = rowsOf(10_000, 10)
  const values = Float64Array.from(rows, (row) => row[0]! + row[1]! * row[2]!)
  const started = performance.now()
  parameterImportance(rows, values)
  expect(performance.now() - started).toBeLessThan(3000)
})
