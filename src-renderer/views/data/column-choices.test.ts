import { expect, test } from 'vitest'
import { withRole, withType } from './column-choices'

const columns = [
  { name: 'id', role: 'feature', type: 'integer' },
  { name: 'town', role: 'ignore', type: 'category' },
  { name: 'class', role: 'label', type: 'category' },
] as const

test('a column has one role at a time', () => {
  const ids = withRole({}, columns, 'id', 'id')
  expect(ids).toMatchObject({ ids: ['id'], ignore: [], categorical: [] })
  expect(withRole(ids, columns, 'id', 'ignore')).toMatchObject({ ids: [], ignore: ['id'] })
  expect(withRole(withRole(ids, columns, 'id', 'ignore'), columns, 'id', 'feature')).toMatchObject({ ids: [], ignore: [], categorical: [] })
})

test('names that become a feature are categories; numbers are not', () => {
  expect(withRole({}, columns, 'town', 'feature')).toMatchObject({ categorical: ['town'] })
  expect(withRole({ categorical: ['town'] }, columns, 'town', 'ignore')).toMatchObject({ categorical: [], ignore: ['town'] })
})

test('the label that was guessed stays until it is given another role', () => {
  expect(withRole({}, columns, 'id', 'ignore').label).toBeUndefined()
  expect(withRole({}, columns, 'class', 'ignore').label).toBe('')
  expect(withRole({}, columns, 'town', 'label').label).toBe('town')
})

test('numbers are read as categories and as numbers again', () => {
  expect(withType({}, 'id', true)).toEqual({ categorical: ['id'] })
  expect(withType({ categorical: ['id', 'town'] }, 'id', false)).toEqual({ categorical: ['town'] })
})
