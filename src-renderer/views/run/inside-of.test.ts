import { describe, expect, it } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { modelSpecSchema } from '@shared/domain/spec'
import { mixtureViewsOf } from './inside-of'

const table = { kind: 'table', shape: [10, 3], columns: [] } as unknown as Dataset
const views = (model: object, dataset = table): string[] => mixtureViewsOf(modelSpecSchema.parse(model), dataset)

describe('further views into mixtures', () => {
  it.each([
    ['gaussian-mixture', {}, ['clusters', 'conditional']],
    ['mixed-mixture', {}, ['clusters', 'conditional']],
    ['student-t-mixture', {}, ['clusters']],
    ['gaussian-mixture', { noiseComponent: 'uniform' }, ['clusters']],
    ['k-means', {}, []],
    ['k-means', { softness: 1 }, ['clusters']],
    ['ppca', {}, []],
  ])('%s %j: %j', (kind, more, expected) => expect(views({ kind, ...more })).toEqual(expected))

  it('one column, and pictures, have none to be given', () => {
    expect(views({ kind: 'gaussian-mixture' }, { ...table, shape: [10, 1] })).toEqual(['clusters'])
    expect(views({ kind: 'gaussian-mixture' }, { ...table, kind: 'images', shape: [10, 8, 8, 1] })).toEqual(['clusters'])
  })
})
