import { describe, expect, it } from 'vitest'
import { parsePruner, type Pruner } from '@shared/domain/pruner-spec'
import { fillNormal, fillUniform } from '@shared/math/random'
import { bracketOf, type Curve, judge, rungsOf } from './pruner'

const curve = (trial: number, ...cost: (number | null)[]): Curve => ({ trial, cost, step: cost.map((_, index) => index + 1) })
const asha = parsePruner('asha')

describe('rungs', () => {
  it.each([
    ['asha', 20, [1, 4, 16]],
    ['asha', 64, [3, 12, 48]],
    [{ asha: { minimum: 2, reduction: 3 } }, 60, [2, 6, 18, 54]],
    [{ median: { startTrials: 5, warmup: 3, interval: 2 } }, 9, [3, 5, 7]],
    ['none', 50, []],
  ] as const)('%j of %d epochs are %j', (pruner, epochs, rungs) => {
    expect(rungsOf(parsePruner(pruner), epochs, 0)).toEqual(rungs)
  })

  it('brackets of Hyperband begin later and later, and the strictest gets most trials', () => {
    const hyperband = parsePruner('hyperband') as Extract<Pruner, { kind: 'hyperband' }>
    const brackets = Array.from({ length: 200 }, (_, trial) => bracketOf(hyperband, 27, trial))
    const counts = [0, 1, 2, 3].map((bracket) => brackets.filter((one) => one === bracket).length)
    // shares 27/4 : 9/3 : 3/2 : 1 = 6.75 : 3 : 1.5 : 1
    expect(counts.map((count) => Math.round((count / 200) * 12.25 * 4) / 4)).toEqual([6.75, 3, 1.5, 1])
    expect([0, 1, 2, 3].map((bracket) => rungsOf(hyperband, 27, brackets.indexOf(bracket)))).toEqual([[1, 3, 9], [3, 9], [9], []])
  })
})

describe('the median rule', () => {
  const median = parsePruner({ median: { startTrials: 3, warmup: 1, interval: 1 } })
  const others = [curve(0, 5, 4), curve(1, 7, 6), curve(2, 9, 3)]
  it('ends a trial whose best so far is worse than the median there, and says which', () => {
    expect(judge(median, { own: curve(3, 8, 6), others, step: 2, epochs: 9 })).toEqual({ rule: 'median', step: 2, cost: 6, threshold: 4, count: 3 })
    expect(judge(median, { own: curve(3, 3.5, 6), others, step: 2, epochs: 9 })).toBeNull()
  })
  it('judges nobody before there are enough trials', () => {
    expect(judge(median, { own: curve(3, 80), others: others.slice(1), step: 1, epochs: 9 })).toBeNull()
  })
})

describe('successive halving', () => {
  const others = Array.from({ length: 7 }, (_, trial) => curve(trial, trial + 1))
  it('lets the best quarter of those that reached a rung go on', () => {
    expect(judge(asha, { own: curve(7, 1.5), others, step: 1, epochs: 64 })).toBeNull()
    expect(judge(asha, { own: curve(7, 2.5), others, step: 1, epochs: 64 })).toEqual({ rule: 'asha', step: 1, cost: 2.5, threshold: 2, count: 8, kept: 2 })
  })
  it('ends a trial whose objective is no number', () => {
    expect(judge(asha, { own: curve(7, null), others, step: 1, epochs: 64 })).toEqual({ rule: 'not-finite', step: 1 })
  })

  /** A trial falls from a common start to its own end at its own rate, with noise: what curves of VAEs look like. */
  function simulate(pruner: Pruner, trials: number, epochs: number, seed: number): { share: number; regret: number } {
    const ends = new Float64Array(trials)
    const rates = new Float64Array(trials)
    fillUniform(ends, { seed, stream: 'ends' })
    fillUniform(rates, { seed, stream: 'rates' })
    const curves = Array.from(ends, (end, trial) => {
      const noise = new Float64Array(epochs)
      fillNormal(noise, { seed, stream: `noise/${trial}` })
      return curve(trial, ...Array.from(noise, (z, at) => end + 2 * Math.exp(-(at + 1) * (0.1 + 0.2 * rates[trial]!)) + 0.01 * z))
    })
    const seen: Curve[] = []
    let spent = 0
    let best = Infinity
    for (const own of curves) {
      const end = rungsOf(pruner, epochs, own.trial).find((step) => judge(pruner, { own, others: seen, step, epochs }) !== null) ?? epochs
      spent += end
      if (end === epochs) best = Math.min(best, own.cost.at(-1)!)
      seen.push({ ...own, step: own.step.slice(0, end), cost: own.cost.slice(0, end) })
    }
    return { share: spent / (trials * epochs), regret: best - Math.min(...curves.map(({ cost }) => cost.at(-1)!)) }
  }

  it('spends at most 15 % of the epochs and keeps the best trial or one as good', () => {
    const outcomes = Array.from({ length: 20 }, (_, seed) => simulate(parsePruner({ asha: { minimum: 3, reduction: 4 } }), 100, 128, seed))
    expect(Math.max(...outcomes.map(({ share }) => share))).toBeLessThan(0.15)
    const regrets = outcomes.map(({ regret }) => regret).sort((a, b) => a - b)
    expect(regrets[10]).toBeLessThan(0.02)
    expect(regrets[19]).toBeLessThan(0.1)
  })
})
