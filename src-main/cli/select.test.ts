import { expect, test } from 'vitest'
import { parseComponents, parseStructures } from './commands/select'

test('a range, a list, and nothing else', () => {
  expect(parseComponents('1..4')).toEqual([1, 2, 3, 4])
  expect(parseComponents('2,5')).toEqual([2, 5])
  for (const bad of ['', '4..1', '0..3', 'a', '1.5']) expect(() => parseComponents(bad)).toThrow(/components/)
})

test('structures by their codes, in either case, and the code that is none', () => {
  expect(parseStructures('all')).toHaveLength(14)
  expect(parseStructures('eee,VVV')).toEqual(['EEE', 'VVV'])
  expect(() => parseStructures('EEE,XYZ')).toThrow(/XYZ/)
})
