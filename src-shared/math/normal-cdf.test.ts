import { expect, test } from 'vitest'
import { logNormalCdf, normalCdf, normalHazard, normalQuantile } from './normal-cdf'

// SciPy 1.10: norm.logcdf
test.each([
  [-1000, -500007.8266948122],
  [-40, -804.6084420137539],
  [-10, -53.23128515051248],
  [-2.5, -5.081648277278691],
  [-2, -3.7831843336820317],
  [-1, -1.8410216450092634],
  [0, -0.6931471805599453],
  [0.7, -0.2770239422771313],
  [3, -0.0013508099647481925],
  [5.5, -1.8989562646189424e-08],
  [9, -1.1285884059538324e-19],
])('log Φ(%d) agrees with SciPy', (z, expected) => {
  expect(Math.abs(logNormalCdf(z) - expected)).toBeLessThan(1e-14 * Math.max(1, Math.abs(expected)))
})

test('the hazard is the derivative of log Φ, and Φ(z) + Φ(−z) = 1', () => {
  for (const z of [-30, -6, -2.001, -1.999, -0.5, 0, 1.7, 4.9, 5.1, 7]) {
    const slope = (logNormalCdf(z + 1e-5) - logNormalCdf(z - 1e-5)) / 2e-5
    expect(Math.abs(normalHazard(z) - slope)).toBeLessThan(1e-7 * Math.max(1, slope))
    expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 14)
  }
})

test('the normal distribution has the values of SciPy', () => {
  // SciPy 1.10: scipy.stats.norm.cdf
  const values = { '-8': 6.220960574271785e-16, '-3': 0.0013498980316300933, '-0.5': 0.3085375387259869, '0': 0.5, '1.96': 0.9750021048517795, '5': 0.9999997133484281 }
  for (const [x, wanted] of Object.entries(values)) expect(normalCdf(Number(x)) / wanted).toBeCloseTo(1, 12)
})

test('quantiles invert it', () => {
  for (const p of [1e-12, 1e-5, 0.02, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9)
})
