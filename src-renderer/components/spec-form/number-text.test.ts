import { expect, test } from 'vitest'
import { numberProblem, numberText, parseNumber, stepped } from './number-text'

const fraction = { integer: false, minimum: 0, maximum: 1 }
const whole = { integer: true, minimum: 1, maximum: 10 }

test('what is shown reads back as the same number', () => {
  for (const value of [0, 1, 1e-8, 1e-3, 0.25, 4294967295, 12345678.5, -3]) expect(parseNumber(numberText(value))).toBe(value)
})

test('a text that is no number is told from an empty one', () => {
  expect(parseNumber('')).toBeNull()
  expect(parseNumber('abc')).toBeNaN()
})

test('bounds of the schema are kept', () => {
  expect(numberProblem(1.5, whole)).toBe('notWhole')
  expect(numberProblem(11, whole)).toBe('outOfRange')
  expect(numberProblem(0, { ...fraction, exclusiveMinimum: true })).toBe('outOfRange')
  expect(numberProblem(0, fraction)).toBeNull()
})

test('an arrow key moves a small scale by a factor of ten and never leaves the range', () => {
  expect(stepped(1e-3, { integer: false, minimum: 0, maximum: 10, exclusiveMinimum: true }, -1)).toBe(1e-4)
  expect(stepped(10, whole, 1)).toBe(10)
  expect(stepped(0.98, fraction, 1)).toBe(1)
})
