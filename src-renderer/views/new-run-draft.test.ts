import { expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { modelKinds, runSpecSchema } from '@shared/domain/spec'
import { newDraft } from './new-run-draft'

const dataset = (kind: 'table' | 'images', parts: Dataset['parts'] = []): Dataset => ({
  id: 'd1',
  name: 'things',
  format: 'csv',
  kind,
  rows: 10,
  columns: [],
  shape: kind === 'table' ? [10, 3] : [10, 8, 8, 1],
  parts,
  classes: null,
  valueRange: kind === 'table' ? null : [0, 16],
  sha256: '',
  source: [],
  bundled: null,
  description: '',
  createdAt: '2026-01-01T00:00:00Z',
})

test.each(modelKinds)('a draft of a %s for any kind of data is a valid, complete specification', (model) => {
  for (const data of [dataset('table'), dataset('images'), dataset('images', [{ name: 'test', start: 5, rows: 5 }])]) {
    const draft = newDraft(model, data)
    expect(runSpecSchema.parse(draft)).toEqual(draft)
  }
})

test('an autoencoder for images scales their pixels into the range of a Bernoulli likelihood', () => {
  expect(newDraft('vae', dataset('images'))).toMatchObject({ preprocess: [{ scale: { to: [0, 1] } }], model: { likelihood: 'bernoulli' } })
})

test('a test part that came with the data is not split again', () => {
  expect(newDraft('vae', dataset('images', [{ name: 'test', start: 5, rows: 5 }]))).toMatchObject({ split: { train: 1 } })
  expect(newDraft('vae', dataset('images'))).toMatchObject({ split: { train: 0.8, test: 0.2 } })
})

const withColumns = (...features: [type: 'real' | 'integer', minimum: number, maximum: number][]): Dataset => ({
  ...dataset('table'),
  columns: features.map(([type, minimum, maximum], index) => ({
    name: `x${index}`,
    type,
    role: 'feature' as const,
    missing: 0,
    summary: { minimum, maximum, mean: 1, standardDeviation: 1, histogram: [] },
  })),
})
test.each([
  ['poisson', withColumns(['integer', 6, 41])],
  ['categorical', withColumns(['integer', 1, 6])],
  ['gaussian', withColumns(['integer', 43, 96], ['real', 1.6, 5.1])],
  ['gaussian', withColumns(['integer', -3, 3])],
] as const)('a hidden Markov model starts with %s emissions where the columns look like them', (emissions, data) => {
  expect(newDraft('hmm', data)).toMatchObject({ model: { emissions } })
})

test('a Bernoulli mixture binarizes what is not binary yet', () => {
  expect(newDraft('bernoulli-mixture', dataset('images'))).toMatchObject({ preprocess: [{ scale: {} }, { binarize: { threshold: 0.5 } }] })
  expect(newDraft('bernoulli-mixture', withColumns(['integer', 0, 1]))).toMatchObject({ preprocess: [] })
})
