import { expect, test } from 'vitest'
import { inOrder } from './figure-order'

test('train comes before test, and what is fitted before what it is made of', () => {
  expect(inOrder(['test/kl', 'train/objective', 'other/x', 'train/kl', 'test/elbo', 'train/elbo'])).toEqual([
    'train/elbo',
    'train/kl',
    'train/objective',
    'test/elbo',
    'test/kl',
    'other/x',
  ])
})
