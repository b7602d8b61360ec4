import { expect, it } from 'vitest'
import type { Imputation } from '@shared/domain/inside'
import { columnsOfGaps, imputedEntries } from './imputed-entries'

const found: Imputation = {
  featureNames: ['a', 'b'],
  units: 'file',
  total: 10,
  rowIndex: Int32Array.of(2, 7),
  values: Float64Array.of(1.5, 20, 3, 41),
  deviations: Float64Array.of(0.3, NaN, 0.4, 5),
  codes: [false, false],
  complete: Float64Array.of(1, 10, 2, 30),
}

it('lists every entry that was filled in, by its row in the dataset', () => {
  expect(imputedEntries(found)).toEqual([
    { row: 2, column: 0, value: 1.5, deviation: 0.3 },
    { row: 7, column: 0, value: 3, deviation: 0.4 },
    { row: 7, column: 1, value: 41, deviation: 5 },
  ])
})

it('compares observed and imputed means column by column', () => {
  const [a, b] = columnsOfGaps(found)
  expect(a).toMatchObject({ column: 0, missing: 2, observed: 1.5, imputed: 2.25 })
  expect(a!.deviation).toBeCloseTo(Math.sqrt((0.09 + 0.16) / 2), 12)
  // the observed entry of a row that lacks another counts as observed
  expect(b).toMatchObject({ column: 1, missing: 1, observed: 20, imputed: 41, deviation: 5 })
})
