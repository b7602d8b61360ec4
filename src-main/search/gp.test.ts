import { describe, expect, it } from 'vitest'
import { fillUniform } from '@shared/math/random'
import { fitGaussianProcess } from './gaussian-process'
import { gpSampler, logExpectedImprovement } from './gp'
import { minimizeInBox } from './minimize'
import { branin, hartmann6, median, regrets } from './test-functions-suite'

describe('the Gaussian process', () => {
  const coordinates = [0, 1, 2].map(() => ({ isCategorical: false, cells: null }))
  const uniform = new Float64Array(90)
  fillUniform(uniform, { seed: 1, stream: 'test' })
  const points = Array.from({ length: 30 }, (_, row) => uniform.slice(3 * row, 3 * row + 3))
  const raw = Float64Array.from(points, ([a, b]) => Math.sin(6 * a!) + b! ** 2)
  const mean = raw.reduce((sum, y) => sum + y / 30, 0)
  const deviation = Math.sqrt(raw.reduce((sum, y) => sum + (y - mean) ** 2 / 30, 0))
  const values = raw.map((y) => (y - mean) / deviation)
  const process = fitGaussianProcess(coordinates, points, values)

  it('passes through what it was told, and is sure there', () => {
    for (const [row, x] of points.entries()) {
      const { mean: predicted, variance } = process.moments(x)
      expect(predicted).toBeCloseTo(values[row]!, 2)
      expect(variance).toBeLessThan(1e-3)
    }
  })

  it('predicts the function between the points, and ignores the coordinate that does nothing', () => {
    const at = (c: number): number => process.mean(Float64Array.of(0.4, 0.6, c)) * deviation + mean
    expect(at(0.5)).toBeCloseTo(Math.sin(2.4) + 0.36, 1)
    expect(Math.abs(at(0.1) - at(0.9))).toBeLessThan(0.02)
  })

  it('has the gradients that central differences have', () => {
    const x = Float64Array.of(0.31, 0.62, 0.44)
    const { meanGradient, varianceGradient } = process.predict(x)
    for (const k of [0, 1, 2]) {
      const moved = (by: number): Float64Array => x.map((value, at) => (at === k ? value + by : value))
      const [above, below] = [process.moments(moved(1e-5)), process.moments(moved(-1e-5))]
      expect(meanGradient[k]).toBeCloseTo((above.mean - below.mean) / 2e-5, 4)
      expect(varianceGradient[k]).toBeCloseTo((above.variance - below.variance) / 2e-5, 4)
    }
  })
})

it('the logarithm of the expected improvement is exact, far out too', () => {
  // mpmath 1.3.0, 50 digits: log(npdf(z) + z*ncdf(z)) at z = 2, 0, −3, −30
  const reference = [[2, 0.69738354579], [0, -0.91893853320], [-3, -7.86968606], [-30, -457.72465376]] as const
  for (const [z, value] of reference) expect(logExpectedImprovement({ mean: 0, variance: 1 }, z)).toBeCloseTo(value, 6)
  expect(logExpectedImprovement({ mean: 0, variance: 4 }, 4)).toBeCloseTo(0.69738354579 + Math.log(2), 6)
})

it('minimization in a box finds the corner of a valley, and the border where the valley lies outside', () => {
  const rosenbrock = ([x, y]: Float64Array): { value: number; gradient: Float64Array } => ({
    value: 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2,
    gradient: Float64Array.of(-400 * x! * (y! - x! * x!) - 2 * (1 - x!), 200 * (y! - x! * x!)),
  })
  const inside = minimizeInBox(rosenbrock, Float64Array.of(-1, 1), { lower: [-2, -2], upper: [2, 2] }, 200)
  expect(inside.x[0]).toBeCloseTo(1, 4)
  const border = minimizeInBox(rosenbrock, Float64Array.of(-1, 1), { lower: [-2, -2], upper: [0.5, 2] }, 200)
  expect([...border.x].map((one) => Math.round(one * 1e4) / 1e4)).toEqual([0.5, 0.25])
})

describe('search by expected improvement', () => {
  // Bars of the project: Branin ≤ 1e-3 after 50 trials, Hartmann6 ≤ 0.02 after 50 (Optuna 5.0: 3.6e-5, 0.0034; medians of 30 seeds).
  it.each([
    [branin, 1e-3, 5],
    [hartmann6, 0.02, 3],
  ] as const)('reaches the bar on $name', (problem, bar, seeds) => {
    expect(median(regrets(gpSampler, problem, [50], seeds).map(([regret]) => regret!))).toBeLessThan(bar)
  })

  it('finds the good corner of a mixed, conditional space, and takes trials that run into account', () => {
    const space = { rate: { logUniform: [1e-5, 1] as [number, number] }, kind: { values: ['a', 'b', 'c'] }, depth: { integer: [1, 4] as [number, number], when: { kind: 'b' } } }
    const suggest = gpSampler({ space, seed: 3, constraints: ['rate <= 0.5'] })
    const history: { point: Record<string, unknown>; value: number | null }[] = []
    while (history.length < 35) {
      const point = suggest(history as never)!
      const value = Math.abs(Math.log10(Number(point['rate'])) + 3) + (point['kind'] === 'b' ? Number(point['depth']) / 4 : 2)
      expect(Number(point['rate'])).toBeLessThanOrEqual(0.5)
      history.push({ point, value })
    }
    expect(Math.min(...history.map(({ value }) => value!))).toBeLessThan(0.3)
    const first = suggest(history as never)!
    expect(suggest([...history, { point: first, value: null }] as never)).not.toEqual(first)
  })
})
