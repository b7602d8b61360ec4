import { expect, test } from 'vitest'
import { emissionsOf } from './emission-tables'

test('symbols of one column come without its name, of several by name', () => {
  const one = emissionsOf({ symbols: [1, 6], probabilities: [[0.5, 0.5], [0.9, 0.1]] }, ['roll'])
  expect(one.tables).toEqual([{ feature: 'roll', symbols: ['1', '6'], probabilities: [[0.5, 0.5], [0.9, 0.1]] }])
  const two = emissionsOf({ symbols: { a: [0], b: [0, 1] }, probabilities: { a: [[1]], b: [[0.2, 0.8]] } }, ['a', 'b'])
  expect(two.tables.map(({ feature, symbols }) => [feature, symbols.length])).toEqual([['a', 1], ['b', 2]])
})

test('a Gaussian state spreads by the roots of its variances, a Poisson state by that of its rate', () => {
  expect(emissionsOf({ covariances: [[[4, 1], [1, 9]]] }, ['a', 'b']).deviations).toEqual([[2, 3]])
  expect(emissionsOf({ rates: [16, 25] }, ['count']).deviations).toEqual([[4], [5]])
  expect(emissionsOf({ rates: [[16, 1], [25, 4]] }, ['a', 'b']).deviations).toEqual([[4, 1], [5, 2]])
})
