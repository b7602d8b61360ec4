import { expect, test } from 'vitest'
import { explainedShares, loadingsOf } from './factor-loadings'

const loadings = [
  [1, 0],
  [0, 2],
]

test('the variances of features are the squares of their loadings and the noise', () => {
  expect(loadingsOf({ loadings, noiseVariance: 0.5 }).variances).toEqual([1.5, 4.5])
  expect(loadingsOf({ loadings, uniquenesses: [0.25, 1] }).variances).toEqual([1.25, 5])
})

test('a mixture has loadings and uniquenesses for each component', () => {
  const params = { loadings: [loadings, [[3, 0], [0, 0]]], uniquenesses: [[1, 1], [2, 3]] }
  expect(loadingsOf(params, 1)).toEqual({ loadings: [[3, 0], [0, 0]], uniquenesses: [2, 3], variances: [11, 3] })
})

test('what factors explain and what is unique add up to all variance', () => {
  const found = loadingsOf({ loadings, uniquenesses: [0.25, 1] })
  const unique = found.uniquenesses.reduce((sum, value) => sum + value, 0) / 6.25
  expect(explainedShares(found).reduce((sum, share) => sum + share, unique)).toBeCloseTo(1, 12)
})
