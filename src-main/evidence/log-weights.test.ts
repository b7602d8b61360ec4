import { describe, expect, it } from 'vitest'
import { groupedEstimates, logSumExpOf, paretoShape, runningEstimates, sampleCounts, weightFigures } from './log-weights'

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
    expect(figures.paretoK).toBe(-Infinity)
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
})
