import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assign } from './assignment'

const permutations = (items: number[]): number[][] =>
  items.length === 0 ? [[]] : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))
const total = (cost: number[][], columns: number[]): number => columns.reduce((sum, column, row) => sum + cost[row]![column]!, 0)

test('no permutation costs less than the assignment', () => {
  const matrices = fc.integer({ min: 1, max: 6 }).chain((size) =>
    fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: size, maxLength: size }), { minLength: size, maxLength: size }),
  )
  fc.assert(
    fc.property(matrices, (cost) => {
      const found = assign(cost)
      expect([...found].sort((a, b) => a - b)).toEqual(cost.map((_, index) => index))
      expect(total(cost, found)).toBe(Math.min(...permutations(cost.map((_, index) => index)).map((columns) => total(cost, columns))))
    }),
    { numRuns: 200 },
  )
})
