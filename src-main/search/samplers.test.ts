import { describe, expect, it } from 'vitest'
import type { Observation, Point, SearchSpace } from '@shared/domain/search-space'
import { samplerNames } from '@shared/domain/sweep'
import { createSampler } from './samplers'
import { dominates, frontsOf } from './pareto'
import { coordinateOf, dimensionsOf, valueAt } from './space'

const space: SearchSpace = {
  kind: { values: ['a', 'b'] },
  width: { integer: [1, 12] },
  depth: { logInteger: [1, 8], when: { kind: 'b' } },
  layers: { values: [[64], [128, 64]] },
}
const real: SearchSpace = { ...space, rate: { logUniform: [1e-5, 1] } }
const constraints = ['width * depth <= 40']
const score = (point: Point): number => Number(point['width']) + (point['kind'] === 'b' ? Number(point['depth']) : 5) - (point['layers'] as number[]).length

const search = (name: (typeof samplerNames)[number], trials: number, history: Observation[] = []): Observation[] => {
  const suggest = createSampler(name, { space: name === 'grid' ? space : real, seed: 4, constraints })
  while (history.length < trials) {
    const point = suggest(history)
    if (!point) break
    history.push({ point, value: score(point) })
  }
  return history
}

describe.each(samplerNames)('the sampler %s', (name) => {
  const whole = search(name, 40)

  it('stays in the space, meets its conditions, and leaves out what does not exist', () => {
    expect(whole).toHaveLength(40)
    for (const { point } of whole) {
      expect(Number.isInteger(point['width'])).toBe(true)
      expect('depth' in point).toBe(point['kind'] === 'b')
      if ('depth' in point) expect(Number(point['width']) * Number(point['depth'])).toBeLessThanOrEqual(40)
      expect([1, 2]).toContain((point['layers'] as number[]).length)
      if (name !== 'grid') expect(Math.log10(Number(point['rate']))).toBeGreaterThanOrEqual(-5)
    }
  })

  it('goes on after a break as it would have', () => {
    expect(search(name, 40, whole.slice(0, 23)).slice(23)).toEqual(whole.slice(23))
  })

  it('proposes something while trials run, and after all have failed', () => {
    const suggest = createSampler(name, { space: name === 'grid' ? space : real, seed: 4, constraints })
    expect(suggest(whole.slice(0, 20).map((trial, index) => (index >= 16 ? { ...trial, value: null } : trial)))).not.toBeNull()
    expect(suggest(whole.slice(0, 20).map(({ point }) => ({ point, value: null, failed: true })))).not.toBeNull()
  })
})

it('a grid is exhausted when every allowed point was tried, also where a person took some out of turn', () => {
  const all = search('grid', 10_000)
  expect(new Set(all.map(({ point }) => JSON.stringify(point))).size).toBe(all.length)
  // kind a: 12 × 2; kind b: the pairs of width and depth whose product is at most 40, × 2
  const pairs = Array.from({ length: 12 }, (_, width) => Array.from({ length: 8 }, (_, depth) => (width + 1) * (depth + 1) <= 40)).flat().filter(Boolean).length
  expect(all).toHaveLength(24 + 2 * pairs)
  const early = all[7]!
  const others = search('grid', 10_000, [early])
  expect(others).toHaveLength(all.length)
})

it('every value is found again at its coordinate', () => {
  for (const dimension of dimensionsOf(real)) {
    for (const share of [0.01, 0.3, 0.62, 0.99]) {
      const value = valueAt(dimension, share)
      const again = valueAt(dimension, coordinateOf(dimension, value))
      if (typeof value === 'number') expect(Number(again)).toBeCloseTo(value, 9)
      else expect(again).toEqual(value)
    }
  }
})

describe('several objectives', () => {
  it('fronts are those of the definition', () => {
    expect([...frontsOf([[1, 4], [2, 2], [4, 1], [3, 3], [4, 4], [2, 2]])]).toEqual([0, 0, 0, 1, 2, 0])
  })

  /** ZDT1 (Zitzler, Deb & Thiele 2000) in four variables; the front is f2 = 1 − √f1. */
  const zdt: SearchSpace = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`x${index}`, { uniform: [0, 1] as [number, number] }]))
  const values = (point: Point): number[] => {
    const x = Object.keys(zdt).map((name) => Number(point[name]))
    const g = 1 + 3 * (x[1]! + x[2]! + x[3]!)
    return [x[0]!, g * (1 - Math.sqrt(x[0]! / g))]
  }
  /** Area that the trials dominate below (1.1, 6). */
  const hypervolume = (history: readonly Observation[]): number => {
    const points = history.map((trial) => trial.values!)
    const front = points.filter((one) => !points.some((other) => dominates(other, one))).sort((a, b) => a[0]! - b[0]!)
    return front.reduce((area, [first, second], index) => area + Math.max(0, Math.min(1.1, front[index + 1]?.[0] ?? 1.1) - first!) * Math.max(0, 6 - second!), 0)
  }
  const volumes = (name: (typeof samplerNames)[number], trials: number): number =>
    [1, 2, 3].reduce((sum, seed) => {
      const suggest = createSampler(name, { space: zdt, seed })
      const history: Observation[] = []
      while (history.length < trials) {
        const point = suggest(history)!
        const found = values(point)
        history.push({ point, value: found[0]!, values: found })
      }
      return sum + hypervolume(history) / 3
    }, 0)

  it.each(['tpe', 'nsga-ii', 'gp'] as const)('%s finds more of the front than random trials do', (name) => {
    const trials = name === 'gp' ? 60 : 150
    expect(volumes(name, trials)).toBeGreaterThan(volumes('random', trials) * 1.05)
  })
})
