import { expect, test } from 'vitest'
import { parseConstraint } from './constraint'

test.each([
  ['model.latent <= 8', { 'model.latent': 8 }, true],
  ['model.latent < 8', { 'model.latent': 8 }, false],
  ['a * (b + 1) >= 2 * c - 1', { a: 2, b: 3, c: 4 }, true],
  ['a * b + 1 > 2 * c', { a: 2, b: 3, c: 4 }, false],
  ['a - b - c == 1', { a: 6, b: 3, c: 2 }, true],
  ['-a > 1e-3', { a: -1 }, true],
  ['a / b != 2', { a: 4, b: 2 }, false],
])('%s of %j is %s', (text, point, holds) => {
  expect(parseConstraint(text)!.holds(point)).toBe(holds)
})

test('a condition says nothing of points that lack one of its parameters', () => {
  const constraint = parseConstraint('a.b + c < 1')!
  expect(constraint.paths).toEqual(['a.b', 'c'])
  expect(constraint.holds({ c: 7 })).toBe(true)
})

test.each(['a', 'a <', 'a + < 2', 'a < b)', '(a < b', 'a <= 2 3', 'a ^ 2 < 1', ''])('%j is no condition', (text) => {
  expect(parseConstraint(text)).toBeNull()
})
