import fc from 'fast-check'
import { expect, test } from 'vitest'
import { covarianceEllipse } from './covariance-ellipse'

test('every point of the ellipse has the Mahalanobis distance that was asked for', () => {
  const positive = fc.double({ min: 0.1, max: 10, noNaN: true })
  fc.assert(
    fc.property(positive, positive, fc.double({ min: -0.95, max: 0.95, noNaN: true }), fc.constantFrom(1, 2), (a, c, correlation, radius) => {
      const b = correlation * Math.sqrt(a * c)
      const determinant = a * c - b * b
      for (const [x, y] of covarianceEllipse([3, -1], [[a, b], [b, c]], radius)) {
        const dx = x - 3
        const dy = y + 1
        expect((c * dx * dx - 2 * b * dx * dy + a * dy * dy) / determinant).toBeCloseTo(radius * radius, 6)
      }
    }),
  )
})

test('a covariance without extent along one axis gives a line, not NaN', () => {
  const points = covarianceEllipse([0, 0], [[1, 0], [0, 0]], 1)
  expect(points.flat().every(Number.isFinite)).toBe(true)
  expect(Math.max(...points.map(([, y]) => Math.abs(y)))).toBeCloseTo(0)
})
