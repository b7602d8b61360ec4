import { expect, it } from 'vitest'
import { secondClassShare } from './probit-boundary'

it('is one half on the boundary, and drawn towards it by uncertainty', () => {
  const sure = { mean: [-1, 2], covariance: [[0, 0], [0, 0]], hasIntercept: true }
  expect(secondClassShare(sure, [0.5])).toBeCloseTo(0.5, 12)
  // Φ(1) = 0.8413447461
  expect(secondClassShare(sure, [1])).toBeCloseTo(0.8413447461, 9)
  const unsure = { ...sure, covariance: [[1, 0], [0, 2]] }
  // Φ(1 / √(1 + 1 + 2)) = Φ(0.5) = 0.6914624613
  expect(secondClassShare(unsure, [1])).toBeCloseTo(0.6914624613, 9)
})

it('without an intercept the boundary goes through the origin', () => {
  const posterior = { mean: [1, -3], covariance: [[0.3, 0.1], [0.1, 0.4]], hasIntercept: false }
  expect(secondClassShare(posterior, [0, 0])).toBeCloseTo(0.5, 12)
  expect(secondClassShare(posterior, [3, 1])).toBeCloseTo(0.5, 12)
})
