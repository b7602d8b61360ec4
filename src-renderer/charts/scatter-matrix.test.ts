import { expect, test } from 'vitest'
import type { Comparison } from '@shared/domain/comparison'
import { histogramOf, scatterAxes, scatterColumns } from './scatter-matrix'

const runs = ['a', 'b', 'c'].map((id, seed) => ({ id, name: id, status: 'completed', seed, group: 0 }))
const comparison = {
  runs,
  differingParameters: { 'model.latent': { a: 2, b: 4 }, 'model.covariance': { a: 'full', b: 'tied', c: 'tied' }, rate: { a: 0.001, b: 0.01, c: 0.5 } },
  metrics: { 'train/elbo': { a: -3, b: -2, c: -1 }, 'made/constant': { a: 1, b: 1, c: 1 }, 'train/kl': { a: 1, b: null, c: 3 } },
} as unknown as Comparison

test('what is shown are numbers that are not the same in all; a run without one has a gap, none is dropped', () => {
  expect(scatterColumns(comparison)).toEqual(['model.latent', 'rate', 'train/elbo', 'train/kl'])
  const [latent, rate, , kl] = scatterAxes(comparison, scatterColumns(comparison))
  expect([latent!.values, latent!.isMetric, kl!.values]).toEqual([[2, 4, null], false, [1, null, 3]])
  expect([latent!.isLog, rate!.isLog]).toEqual([false, true])
})

test('a histogram counts every value, on a logarithmic axis in bins of equal ratio', () => {
  const values = Array.from({ length: 1001 }, (_, index) => 10 ** (index / 250))
  const bars = histogramOf({ name: 'x', isMetric: true, isLog: true, values })
  expect(bars.reduce((sum, [, count]) => sum + count, 0)).toBe(1001)
  for (const [, count] of bars.slice(1)) expect(Math.abs(count - 50)).toBeLessThanOrEqual(2)
  expect(bars.at(-1)![0]).toBeCloseTo(10000, 6)
})
