import { expect, test } from 'vitest'
import { digamma, logBeta, logGamma } from './gamma'

// SciPy 1.10: gammaln, digamma
test.each([
  [1e-8, 18.42068073818021, -100000000.57721564],
  [0.5, 0.5723649429247001, -1.9635100260214235],
  [1, 0, -0.5772156649015329],
  [3.7, 1.428072326665388, 1.1671535393615113],
  [25.5, 56.38916764371994, 3.2189424728839198],
  [1234.5, 7550.550901077894, 7.1180162318279985],
])('log Γ and ψ agree with SciPy at %d', (x, gamma, psi) => {
  expect(Math.abs(logGamma(x) - gamma)).toBeLessThan(2e-14 * Math.max(1, Math.abs(gamma)))
  expect(Math.abs(digamma(x) - psi)).toBeLessThan(2e-14 * Math.max(1, Math.abs(psi)))
})

test('Γ(x+1) = x·Γ(x), and B(a, b) of whole numbers', () => {
  for (const x of [0.3, 1.9, 9.99, 10, 47.2]) expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 12)
  expect(Math.exp(logBeta(3, 4))).toBeCloseTo(1 / 60, 15)
})
