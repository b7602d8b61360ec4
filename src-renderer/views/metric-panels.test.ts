import { expect, test } from 'vitest'
import { GrowingSeries } from '../stores/growing-series'
import { metricPanels } from './metric-panels'

const series = (...keys: string[]): Map<string, GrowingSeries> => new Map(keys.map((key) => [key, new GrowingSeries([1, 2], [1, 2])]))
const options = { label: (key: string) => key, stepKind: 'epoch' as const, live: false }

test('log-likelihood and lower bound share a panel, the gap between them has its own', () => {
  const panels = metricPanels(series('train/kl', 'train/lowerBound', 'train/logLikelihood'), options)
  expect(panels.map(({ id, curves }) => [id, curves.map(({ key }) => key)])).toEqual([
    ['bound', ['train/lowerBound', 'train/logLikelihood']],
    ['kl', ['train/kl']],
  ])
})

test('parts of the data share the panel of their metric and keep their colour', () => {
  const [panel] = metricPanels(series('test/elbo', 'validation/elbo', 'train/elbo'), options)
  expect(panel!.curves.map(({ colour }) => colour)).toEqual([2, 1, 0])
})

test('a finished run shows no curve of a single point, a live one does', () => {
  const single = new Map([['train/bic', new GrowingSeries([1], [5])]])
  expect(metricPanels(single, options)).toEqual([])
  expect(metricPanels(single, { ...options, live: true })).toHaveLength(1)
})
