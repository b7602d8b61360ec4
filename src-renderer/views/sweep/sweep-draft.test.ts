import { describe, expect, test } from 'vitest'
import { parameterRangeSchema } from '@shared/domain/search-space'
import { resolveSpec } from '@shared/domain/resolve-spec'
import { draftOf, possibleConditions, rangeAround, rangeOf, variablePaths } from './sweep-draft'

describe('parameters as they are written', () => {
  test.each([
    { uniform: [0, 2] },
    { logUniform: [1e-4, 0.1] },
    { integer: [2, 16] },
    { values: ['full', 'EEE'] },
    { values: [1, 2.5, true] },
    { values: [[64], [128, 64]] },
    { integer: [1, 3], when: { 'model.kind': 'vae' }, also: ['model.decoder.mlp.0'] },
  ])('%j survives the form', (range) => {
    expect(rangeOf(draftOf('p', parameterRangeSchema.parse(range)))).toEqual(range)
  })

  test('conditions are written as they are read, and what is none is kept for the check to explain', () => {
    const draft = draftOf('b', parameterRangeSchema.parse({ uniform: [0, 1], when: { 'model.covariance': 'full', 'model.components': 3 } }))
    expect(draft.when).toBe('model.covariance = full; model.components = 3')
    expect(rangeOf(draft)).toEqual({ uniform: [0, 1], when: { 'model.covariance': 'full', 'model.components': 3 } })
    expect(rangeOf({ ...draft, when: 'full' })).toEqual({ uniform: [0, 1], when: { full: '' } })
    expect(rangeOf({ ...draft, when: ' ' })).toEqual({ uniform: [0, 1] })
    const other = draftOf('model.covariance', parameterRangeSchema.parse({ values: ['full', 'tied'] }))
    expect(possibleConditions([draft, other], 'b')).toEqual(['model.covariance = full', 'model.covariance = tied'])
    expect(possibleConditions([draft, other], 'model.covariance')).toEqual([])
  })

  test('what is no number is kept for the check to explain', () => {
    expect(rangeOf({ path: 'p', kind: 'uniform', low: 'a', high: '', values: '', when: '', kept: {} })).toEqual({ uniform: ['a', ''] })
  })
})

test('fields that can be varied are offered, each with a range around what it is', () => {
  const { spec } = resolveSpec({ dataset: 'digits', model: { kind: 'vae', latent: 8 } })
  const paths = variablePaths(spec!)
  expect(paths).toEqual(expect.arrayContaining(['model.latent', 'model.encoder.mlp.0', 'inference.optimizer.adam.learningRate', 'inference.objective.elbo.beta', 'split.train']))
  expect(paths).not.toContain('model.kind')
  expect(rangeOf(rangeAround('model.latent', spec!))).toEqual({ integer: [4, 16] })
  expect(rangeOf(rangeAround('inference.optimizer.adam.learningRate', spec!))).toEqual({ logUniform: [1e-4, 1e-2] })
  for (const path of paths) expect(parameterRangeSchema.safeParse(rangeOf(rangeAround(path, spec!))).success, path).toBe(true)
})
