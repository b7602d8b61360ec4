import { expect, test } from 'vitest'
import { livingComponents } from './living-components'

test('a component lives while its weight amounts to a row', () => {
  expect(livingComponents([0.6, 0.39, 0.004, 0.006], 200)).toEqual([0, 1, 3])
})

test('one component is always left', () => {
  expect(livingComponents([0.4, 0.6], 1)).toEqual([1])
})
