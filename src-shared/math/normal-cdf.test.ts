import { expect, test } from 'vitest'
import { logNormalCdf, normalCdf, normalHazard } from './normal-cdf'

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
