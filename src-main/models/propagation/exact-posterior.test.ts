import { describe, expect, it } from 'vitest'
import { logNormalCdf } from '@shared/math/normal-cdf'
import { exactPosterior } from './exact-posterior'

const logNormal = (x: number, mean: number, variance: number): number => -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance)
const key = { seed: 3, stream: 'test' }

describe('the exact posterior beside an approximation', () => {
  it.each([1, 2, 4])('is that of a Gaussian with its normalizing constant, whatever q is near it: %i dimensions', (size) => {
    const centres = [0.4, -1, 2, 0.1].slice(0, size)
    const logDensity = (at: Float64Array): number => at.reduce((sum, x, d) => sum + logNormal(x, centres[d]!, 0.25 + d), -3)
    const covariance = new Float64Array(size * size)
    for (let d = 0; d < size; d += 1) covariance[d * (size + 1)] = 1.3 * (0.25 + d)
    if (size === 2) covariance[1] = covariance[2] = 0.2
    const mean = Float64Array.from(centres, (value) => value + 0.2)
    const { by, logEvidence, marginals, effectiveSamples } = exactPosterior({ mean, covariance }, logDensity, 10, key)!
    const digits = size > 2 ? 1 : 6
    expect(by).toBe(size > 2 ? 'importance-sampling' : 'quadrature')
    expect(logEvidence).toBeCloseTo(-3, digits)
    marginals.forEach((marginal, d) => {
      expect(marginal.mean).toBeCloseTo(centres[d]!, digits)
      expect(marginal.deviation).toBeCloseTo(Math.sqrt(0.25 + d), digits)
      const step = marginal.at[1]! - marginal.at[0]!
      expect(marginal.density.reduce((sum, value) => sum + value * step, 0)).toBeCloseTo(1, 2)
    })
    if (size > 2) expect(effectiveSamples).toBeGreaterThan(5000)
  })

  it('is skewed where the posterior is', () => {
    // log Φ(3x) with a standard normal prior is a skew normal with α = 3: mean δ√(2/π), δ = 3/√10, evidence 1/2
    const { logEvidence, marginals } = exactPosterior(
      { mean: Float64Array.of(0.7), covariance: Float64Array.of(0.4) },
      ([x]) => logNormalCdf(3 * x!) + logNormal(x!, 0, 1),
      1,
      key,
    )!
    const delta = 3 / Math.sqrt(10)
    expect(logEvidence).toBeCloseTo(Math.log(0.5), 9)
    expect(marginals[0]!.mean).toBeCloseTo(delta * Math.sqrt(2 / Math.PI), 6)
    expect(marginals[0]!.deviation).toBeCloseTo(Math.sqrt(1 - (2 * delta ** 2) / Math.PI), 6)
  })

  it('is not told where too few samples count', () => {
    const size = 6
    const covariance = new Float64Array(size * size)
    for (let d = 0; d < size; d += 1) covariance[d * (size + 1)] = 1
    const far = (at: Float64Array): number => at.reduce((sum, x) => sum + logNormal(x, 30, 1e-4), 0)
    expect(exactPosterior({ mean: new Float64Array(size), covariance }, far, 1, key)).toBeNull()
  })
})
