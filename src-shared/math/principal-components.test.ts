import fc from 'fast-check'
import { expect, test } from 'vitest'
import { principalComponents } from './principal-components'

test('the direction and the variance of a stretched cloud are found', () => {
  const angle = 0.6
  const values = Array.from({ length: 400 }, (_, index) => {
    const along = 3 * Math.sin(index)
    const across = 0.5 * Math.cos(index * 1.7)
    return [5 + along * Math.cos(angle) - across * Math.sin(angle), -2 + along * Math.sin(angle) + across * Math.cos(angle)]
  }).flat()
  const { directions, variances } = principalComponents(values, 2, 2)
  expect(Math.abs(directions[0]! * Math.cos(angle) + directions[1]! * Math.sin(angle))).toBeGreaterThan(0.999)
  expect(variances[0]).toBeCloseTo(4.5, 0)
})

test('directions are orthonormal, variances fall, and scores have those variances', () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }).chain((columns) => fc.tuple(fc.constant(columns), fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: 2, maxLength: 30 }))), ([columns, rows]) => {
      const { directions, variances, scores } = principalComponents(rows.flat(), columns, 2)
      const at = (component: number): Float64Array => directions.subarray(component * columns, (component + 1) * columns)
      const dot = (left: Float64Array, right: Float64Array): number => left.reduce((sum, value, index) => sum + value * right[index]!, 0)
      expect(dot(at(0), at(0))).toBeCloseTo(1, 6)
      expect(dot(at(1), at(1))).toBeCloseTo(1, 6)
      expect(dot(at(0), at(1))).toBeCloseTo(0, 6)
      expect(variances[0]! - variances[1]!).toBeGreaterThan(-1e-3 * (1 + variances[0]!))
      const spread = rows.reduce((sum, _, row) => sum + scores[row * 2]! ** 2, 0) / rows.length
      expect(spread).toBeCloseTo(variances[0]!, 2)
    }),
  )
})

test('rows without any spread give axes and zeros instead of NaN', () => {
  const { directions, variances, scores } = principalComponents([1, 2, 3, 1, 2, 3], 3, 2)
  expect([...directions, ...variances, ...scores].every(Number.isFinite)).toBe(true)
  expect([...variances]).toEqual([0, 0])
})
