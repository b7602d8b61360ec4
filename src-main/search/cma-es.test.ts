import { describe, expect, it } from 'vitest'
import type { Observation } from '@shared/domain/search-space'
import { cmaEsSampler } from './cma-es'
import { ackley5, branin, median, regrets, rosenbrock5 } from './test-functions-suite'

describe('CMA-ES', () => {
  // cma 4.5, median of 30 seeds after 200 trials: Branin 3.5e-5, Ackley5 4.0, Rosenbrock5 49; the bars of the project.
  it.each([
    [branin, 1e-3],
    [ackley5, 5],
    [rosenbrock5, 60],
  ] as const)('reaches the bar on $name', (problem, bar) => {
    expect(median(regrets(cmaEsSampler, problem, [200], 20).map(([regret]) => regret!))).toBeLessThan(bar)
  })

  it('goes on after a break, and with trials still running, as it would have', () => {
    const suggest = cmaEsSampler({ space: rosenbrock5.space, seed: 9 })
    const history: Observation[] = []
    while (history.length < 60) {
      const point = suggest(history)!
      history.push({ point, value: rosenbrock5.at(point) })
    }
    const again = cmaEsSampler({ space: rosenbrock5.space, seed: 9 })
    for (const length of [5, 17, 40, 59]) expect(again(history.slice(0, length))).toEqual(history[length]!.point)
    // The last generation is not complete: what is proposed does not hang on values that are yet to come.
    const running = history.slice(0, 58).map((trial, index) => (index >= 56 ? { ...trial, value: null } : trial))
    expect(again(running)).toEqual(history[58]!.point)
  })

  it('starts anew with a larger population where it has converged', () => {
    const suggest = cmaEsSampler({ space: { x: { uniform: [0, 1] }, y: { uniform: [0, 1] } }, seed: 1 })
    const history: Observation[] = []
    while (history.length < 600) {
      const point = suggest(history)!
      history.push({ point, value: (Number(point['x']) - 0.3) ** 2 + (Number(point['y']) - 0.7) ** 2 })
    }
    const far = history.slice(400).filter(({ value }) => value! > 1e-3)
    expect(far.length).toBeGreaterThan(5)
    expect(Math.min(...history.map(({ value }) => value!))).toBeLessThan(1e-15)
  })
})
