import { describe, expect, it } from 'vitest'
import { fillNormal, fillUniform } from '@shared/math/random'
import { logNormalCdf } from '@shared/math/normal-cdf'
import { propagate } from '../../inference/expectation-propagation'
import { ClutterSites } from './clutter'
import { ProbitSites } from './probit'

const exactly = { damping: 0, tolerance: 1e-13, maxIterations: 1000 }

/** Mean, variance and log of the integral of exp(logDensity) over a grid, by the trapezoidal rule. */
function integrate(logDensity: (theta: number) => number, low: number, high: number): { mean: number; variance: number; log: number } {
  const points = 40_001
  const step = (high - low) / (points - 1)
  const logs = Float64Array.from({ length: points }, (_, index) => logDensity(low + index * step))
  const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity)
  let [mass, first, second] = [0, 0, 0]
  logs.forEach((value, index) => {
    const share = Math.exp(value - largest) * step
    const theta = low + index * step
    mass += share
    first += share * theta
    second += share * theta * theta
  })
  return { mean: first / mass, variance: second / mass - (first / mass) ** 2, log: largest + Math.log(mass) }
}
const logNormal = (x: number, mean: number, variance: number): number => -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance)

function clutteredRows(count: number, theta: number): Float64Array {
  const noise = new Float64Array(count)
  const uniform = new Float64Array(count)
  fillNormal(noise, { seed: 7, stream: 'noise' })
  fillUniform(uniform, { seed: 7, stream: 'which' })
  return noise.map((value, row) => (uniform[row]! < 0.5 ? Math.sqrt(10) * value : theta + value))
}

describe('the clutter problem', () => {
  it('equals the exact posterior and evidence without clutter', async () => {
    const rows = Float64Array.of(1.2, -0.4, 2.5, 0.3, 0.9, 1.1)
    const problem = new ClutterSites({ columns: 2, clutterWeight: 0, clutterVariance: 10, priorVariance: 4 }, rows)
    const { converged } = await propagate(problem, exactly)
    expect(converged).toBe(true)
    const { mean, variance } = problem.posterior()
    expect(variance).toBeCloseTo(1 / (1 / 4 + 3), 14)
    expect(mean[0]).toBeCloseTo(4.6 / 3.25, 13)
    const exact = [0, 1].map((d) => integrate((theta) => [0, 2, 4].reduce((sum, at) => sum + logNormal(rows[at + d]!, theta, 1), logNormal(theta, 0, 4)), -20, 20))
    expect(problem.logEvidence()).toBeCloseTo(exact[0]!.log + exact[1]!.log, 10)
  })

  it.each([20, 200])('is near the posterior by numerical integration: %i rows', async (count) => {
    const rows = clutteredRows(count, 2)
    const problem = new ClutterSites({ columns: 1, clutterWeight: 0.5, clutterVariance: 10, priorVariance: 100 }, rows)
    const { converged } = await propagate(problem, { ...exactly, damping: 0.3 })
    expect(converged).toBe(true)
    const logPosterior = (theta: number): number =>
      rows.reduce((sum, x) => sum + Math.log(0.5 * Math.exp(logNormal(x, theta, 1)) + 0.5 * Math.exp(logNormal(x, 0, 10))), logNormal(theta, 0, 100))
    const exact = integrate(logPosterior, -6, 8)
    const { mean, variance } = problem.posterior()
    expect(Math.abs(mean[0]! - exact.mean)).toBeLessThan(0.05 * Math.sqrt(exact.variance))
    expect(Math.abs(variance / exact.variance - 1)).toBeLessThan(count > 100 ? 0.02 : 0.1)
    expect(Math.abs(problem.logEvidence() - exact.log)).toBeLessThan(0.02)
  })

  it('ends at the same place whatever the damping', async () => {
    const rows = clutteredRows(60, 1.5)
    const ends: number[][] = []
    for (const damping of [0, 0.5, 0.9]) {
      const problem = new ClutterSites({ columns: 1, clutterWeight: 0.5, clutterVariance: 10, priorVariance: 100 }, rows)
      expect((await propagate(problem, { ...exactly, damping, maxIterations: 3000 })).converged).toBe(true)
      ends.push([problem.posterior().mean[0]!, problem.posterior().variance, problem.logEvidence()])
    }
    for (const end of ends) end.forEach((value, index) => expect(value).toBeCloseTo(ends[0]![index]!, 9))
  })
})

describe('probit regression', () => {
  it('is exact for one row: its moments match those by numerical integration', async () => {
    const problem = new ProbitSites(Float64Array.of(1.7), Float64Array.of(1), 1, 3)
    expect((await propagate(problem, exactly)).converged).toBe(true)
    const exact = integrate((beta) => logNormalCdf(1.7 * beta) + logNormal(beta, 0, 3), -20, 20)
    expect(problem.posterior().mean[0]).toBeCloseTo(exact.mean, 10)
    expect(problem.posterior().covariance[0]).toBeCloseTo(exact.variance, 10)
    expect(problem.logEvidence()).toBeCloseTo(exact.log, 10)
  })

  it('is near the posterior and evidence by numerical integration for many rows', async () => {
    const x = clutteredRows(40, 0.5)
    const uniform = new Float64Array(40)
    fillUniform(uniform, { seed: 9, stream: 'labels' })
    const signs = x.map((value, row) => (Math.log(uniform[row]!) < logNormalCdf(0.8 * value) ? 1 : -1))
    const problem = new ProbitSites(x, signs, 1, 10)
    const outcome = await propagate(problem, exactly)
    expect(outcome.converged).toBe(true)
    expect(outcome.iterations).toBeLessThan(30)
    const exact = integrate((beta) => x.reduce((sum, value, row) => sum + logNormalCdf(signs[row]! * value * beta), logNormal(beta, 0, 10)), -4, 8)
    const { mean, covariance } = problem.posterior()
    expect(Math.abs(mean[0]! - exact.mean)).toBeLessThan(0.02 * Math.sqrt(exact.variance))
    expect(Math.abs(covariance[0]! / exact.variance - 1)).toBeLessThan(0.1)
    expect(Math.abs(problem.logEvidence() - exact.log)).toBeLessThan(0.02)
  })

  it('has the fixed point of EP in the space of functions', async () => {
    const rows = Float64Array.of(1, 0.5, 1, -1.2, 1, 2, 1, 0.1, 1, -0.3)
    const problem = new ProbitSites(rows, Float64Array.of(1, -1, 1, 1, -1), 2, 2)
    await propagate(problem, exactly)
    // Plain NumPy, Rasmussen & Williams' algorithm 3.5 with kernel 2·X·Xᵀ; by integration over a grid the evidence is −2.9304798
    expect(problem.logEvidence()).toBeCloseTo(-2.9421177588, 9)
    const { mean, covariance } = problem.posterior()
    expect([...mean].map((value) => value.toFixed(8))).toEqual(['0.23725158', '1.72102578'])
    expect([...covariance].map((value) => value.toFixed(8))).toEqual(['0.46530683', '0.02589112', '0.02589112', '0.86520666'])
  })

  it('stays proper where the classes are separable, and a row of zeros changes nothing', async () => {
    const problem = new ProbitSites(Float64Array.of(1e4, -1e4, 2e4, 0), Float64Array.of(1, -1, 1, -1), 1, 100)
    const { converged } = await propagate(problem, exactly)
    expect(converged).toBe(true)
    expect(problem.posterior().covariance[0]).toBeGreaterThan(0)
    // Half of the prior's mass explains the three rows, and the fourth is a coin; EP pays a little for taking three steps one by one.
    expect(Math.abs(problem.logEvidence() - 2 * Math.log(0.5))).toBeLessThan(0.25)
  })
})
