import { expect, it } from 'vitest'
import { gammaVariates } from './gamma-variates'

it.each([0.3, 1, 4.5])('gamma variates have mean and variance of their shape: %d', (shape) => {
  const values = gammaVariates(new Float64Array(40_000).fill(shape), { seed: 3, stream: 'test' })
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / values.length))
  expect(variance / shape).toBeGreaterThan(0.93)
  expect(variance / shape).toBeLessThan(1.07)
})
