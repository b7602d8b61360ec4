import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kindOf, naturalOrder, numberOf } from './cells'

test('every finite number that is written in decimal comes back bit for bit', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(numberOf(String(value), false)).toBe(Number(String(value)))
      expect(numberOf(` ${value.toExponential(16)} `, false)).toBe(Number(value.toExponential(16)))
    }),
    { seed: 1, numRuns: 1000 },
  )
})

test.each(['1', '-0.5', '+3', '.5', '5.', '1e3', '1E-3', ' 7 '])('%j is a number', (cell) => {
  expect(numberOf(cell, false)).toBe(Number(cell))
})

test.each(['', ' ', 'abc', '0x10', '0b1', '1,5', '1 2', '12abc', 'Infinity', '1e999', 'NaN'])('%j is not a number', (cell) => {
  expect(numberOf(cell, false)).toBeNaN()
})

test('a decimal comma is read where the file uses it', () => {
  expect(numberOf('-3,25', true)).toBe(-3.25)
  expect(numberOf('1,234,5', true)).toBeNaN()
})

test('the missing marks are empty, NA, N/A, NaN, null and ?, in any case', () => {
  for (const cell of ['', '  ', 'NA', 'n/a', 'nan', 'NULL', '?']) expect(kindOf(cell, false)).toBe('missing')
  for (const cell of ['inf', '-Infinity', '+INF', '1e999', '-1e400']) expect(kindOf(cell, false)).toBe('infinite')
  for (const cell of ['none', 'nano', '??', '-', 'infinite']) expect(kindOf(cell, false)).toBe('text')
})

test('classes are in natural order: numbers by value, texts with their digits as numbers', () => {
  expect(naturalOrder(['10', '9', '-1', '2.5'])).toEqual(['-1', '2.5', '9', '10'])
  expect(naturalOrder(['class 10', 'class 9', 'class 1'])).toEqual(['class 1', 'class 9', 'class 10'])
  expect(naturalOrder(['b', '10', 'a', '9'])).toEqual(['9', '10', 'a', 'b'])
})
