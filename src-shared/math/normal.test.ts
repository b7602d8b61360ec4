import { expect, it } from 'vitest'
import { normalDistribution, normalQuantile } from './normal'

it('the normal distribution has the values of SciPy', () => {
  // SciPy 1.10: scipy.stats.norm.cdf
  const values = { '-8': 6.220960574271785e-16, '-3': 0.0013498980316300933, '-0.5': 0.3085375387259869, '0': 0.5, '1.96': 0.9750021048517795, '5': 0.9999997133484281 }
  for (const [x, wanted] of Object.entries(values)) expect(normalDistribution(Number(x)) / wanted).toBeCloseTo(1, 12)
})

it('quantiles invert it', () => {
  for (const p of [1e-12, 1e-5, 0.02, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9]) expect(normalDistribution(normalQuantile(p)) / p).toBeCloseTo(1, 9)
})
