import { expect, test } from 'vitest'
import { selectionRequestSchema } from '@shared/domain/selection'
import { runSpecSchema } from '@shared/domain/spec'
import { fitsOf, newSelectionDraft, requestOf, sizedModels, structureFamilies, withModel } from './selection-draft'

test('every model that has a size makes a request that the contract takes', () => {
  for (const model of sizedModels) {
    const request = requestOf(withModel(newSelectionDraft('grid', undefined), undefined, model), undefined)
    const parsed = selectionRequestSchema.parse(request)
    if (parsed.kind !== 'grid') throw new Error('asked for a grid')
    expect(runSpecSchema.parse({ ...(parsed.spec as object), dataset: 'iris' }).model.kind).toBe(model)
    expect(parsed.structures.length).toBe(model === 'gaussian-mixture' ? 14 : 0)
  }
})

test('every structure belongs to one family', () => {
  const all = structureFamilies.flatMap(({ structures }) => structures)
  expect(new Set(all).size).toBe(14)
  expect(all).toHaveLength(14)
})

test('folds multiply the fits of a grid', () => {
  const draft = newSelectionDraft('grid', undefined)
  expect(fitsOf(draft)).toBe(126)
  expect(fitsOf({ ...draft, folds: 5 })).toBe(126 * 6)
  expect(fitsOf({ ...newSelectionDraft('bootstrap', undefined), replicates: 99 })).toBe(100)
})
