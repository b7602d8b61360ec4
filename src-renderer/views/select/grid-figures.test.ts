import { expect, test } from 'vitest'
import type { GridResult, SelectionCell } from '@shared/domain/selection-results'
import { curvesOf, mapOf, ranked } from './grid-figures'

const cell = (components: number, structure: SelectionCell['structure'], bic: number | null, spurious = false): SelectionCell => ({
  ...{ components, structure, logLikelihood: bic, freeParameters: 1, bic, icl: bic, aic: bic, crossValidated: null, standardError: null },
  ...{ converged: true, spurious, reason: null },
})
const cells = [cell(1, 'EEE', -20), cell(2, 'EEE', -10), cell(1, 'VVV', -15), cell(2, 'VVV', -1, true), cell(3, 'VVV', null)]
const result: GridResult = { rows: 10, cells, best: { bic: { components: 2, structure: 'EEE', value: -10 }, icl: null, aic: null, crossValidated: null } }

test('spurious optima and cells without a figure come after every proper one', () => {
  expect(ranked(result, 'bic').map(({ bic }) => bic)).toEqual([-10, -15, -20, -1, null])
})

test('curves leave spurious optima out, the map shows them', () => {
  const curves = curvesOf(result, 'bic', ['EEE', 'VVV'], 'model')
  expect(curves.map(({ name, step }) => [name, [...step]])).toEqual([['EEE', [1, 2]], ['VVV', [1]]])
  const map = mapOf(result, 'bic', { structures: ['EEE', 'VVV'], sizes: [1, 2, 3] }, () => '')
  expect(map.filter(({ isBest }) => isBest)).toEqual([expect.objectContaining({ row: 0, column: 1, value: -10 })])
  expect(map.filter(({ isSpurious }) => isSpurious)).toHaveLength(1)
})
