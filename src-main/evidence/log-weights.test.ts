import { describe, expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { groupedEstimates, logSumExpOf, paretoShape, repeatedError, runningEstimates, sampleCounts, weightFigures } from './log-weights'

const weights = (scale: number, count = 1000): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => -scale * Math.log((index + 0.5) / count) + 0.2 * Math.sin(index + 1))

describe('weights of samples', () => {
  it.each([
    [0.3, 0.36482474],
    [0.7, 0.73441475],
    [1.5, 1.36968244],
  ])('the tail of weights u^−%f has the shape that the R package loo finds', (scale, expected) => {
    // R 4.2, loo 2.5.1: psis(matrix(lw, ncol = 1), r_eff = 1)$diagnostics$pareto_k
    expect(paretoShape(weights(scale))).toBeCloseTo(expected, 7)
  })

  it('equal weights are worth as many samples as there are', () => {
    const figures = weightFigures(new Float64Array(100).fill(-1234.5))
    expect(figures.logMean).toBeCloseTo(-1234.5, 10)
    expect(figures.effectiveSampleSize).toBeCloseTo(100, 8)
    expect(figures.standardError).toBeCloseTo(0, 6)
    expect(paretoShape(new Float64Array(100).fill(-1234.5))).toBe(-Infinity)
  })

  it('one weight that outweighs all others is worth one sample', () => {
    const figures = weightFigures(Float64Array.from({ length: 50 }, (_, index) => (index === 7 ? 0 : -400)))
    expect(figures.effectiveSampleSize).toBeCloseTo(1, 10)
    expect(figures.logMean).toBeCloseTo(-Math.log(50), 10)
  })

  it('weights of zero count as samples', () => {
    expect(weightFigures(Float64Array.of(0, -Infinity)).logMean).toBeCloseTo(Math.log(0.5), 12)
    expect(weightFigures(new Float64Array(3).fill(-Infinity)).logMean).toBe(-Infinity)
    expect(runningEstimates(Float64Array.of(-Infinity, 0), [1, 2])).toEqual(Float64Array.of(-Infinity, Math.log(0.5)))
  })

  it('running and grouped estimates are those of the samples they name', () => {
    const own = weights(0.5, 100)
    const counts = sampleCounts(100)
    expect(counts.at(-1)).toBe(100)
    const running = runningEstimates(own, counts)
    counts.forEach((count, at) => expect(running[at]).toBeCloseTo(logSumExpOf(own, 0, count) - Math.log(count), 10))
    expect(groupedEstimates(own, [50])[0]).toBeCloseTo((logSumExpOf(own, 0, 50) + logSumExpOf(own, 50, 100)) / 2 - Math.log(50), 10)
  })

  it('more samples give a higher log p̂ on average', () => {
    const expected = groupedEstimates(weights(0.7), [1, 10, 100, 1000])
    for (let at = 1; at < 4; at += 1) expect(expected[at]).toBeGreaterThan(expected[at - 1]!)
  })

  it('repeats that agree by chance are known no better than their weights say; repeats that scatter more, as they scatter', () => {
    const error = 0.0014
    const variances = Float64Array.of(error, error, error).map((value) => value ** 2)
    expect(repeatedError(Float64Array.of(-92.52203, -92.52203, -92.52203), variances)).toBeCloseTo(error / Math.sqrt(3), 12)
    expect(repeatedError(Float64Array.of(-92.5, -92.6), variances.subarray(0, 2))).toBeCloseTo(0.05, 12)
    expect(repeatedError(Float64Array.of(-92.5), variances.subarray(0, 1))).toBeCloseTo(error, 12)
  })

  it('three repeats of weights with a known mean lie beyond 4 standard errors hardly ever', () => {
    // log w ~ N(−½, 1): E w = 1. By the scatter of three repeats alone, one trial in eighteen lies beyond 4 (t with two degrees of freedom).
    const trials = 1000
    const samples = 100
    const normal = new Float64Array(samples)
    const beyond = Array.from({ length: trials }, (_, trial) => {
      const found = [0, 1, 2].map((repeat) => {
        fillNormal(normal, { seed: trial, stream: `repeat/${repeat}` })
        return weightFigures(normal.map((value) => value - 0.5))
      })
      const means = Float64Array.from(found, ({ logMean }) => logMean)
      const bias = (Math.E - 1) / (2 * samples)
      const off = Math.abs(means.reduce((sum, value) => sum + value, 0) / 3 + bias)
      return off > 4 * repeatedError(means, Float64Array.from(found, ({ standardError }) => standardError ** 2))
    })
    expect(beyond.filter(Boolean).length).toBeLessThan(0.01 * trials)
  })
})
