import { expect, test } from 'vitest'
import { Draws } from '../models/draws'
import { RowMoments } from './row-moments'

const [rows, passes] = [400, 6]
const draws = new Draws({ seed: 5, stream: 'test/row-moments' })
const centres = Float64Array.from({ length: rows }, () => -20 + 3 * draws.normal())
/** Rows spread by 3, each draw of a row by 2. */
const drawn = Array.from({ length: passes }, () => centres.map((centre) => centre + 2 * draws.normal()))

test('the error of the draws is that of their spread within rows, that over rows holds both', () => {
  const moments = new RowMoments(rows)
  for (const pass of drawn) {
    moments.add('elbo', 0, pass.subarray(0, 250), 250)
    moments.add('elbo', 250, pass.slice(250), 150)
  }
  const { elbo } = moments.known(passes, 1)
  expect(elbo).toMatchObject({ estimator: 'elbo', samples: passes, rows, effectiveSampleSize: null })
  expect(elbo!.standardError).toBeCloseTo(2 / Math.sqrt(rows * passes), 2)
  const means = centres.map((_, row) => drawn.reduce((sum, pass) => sum + pass[row]! / passes, 0))
  const mean = means.reduce((sum, value) => sum + value / rows, 0)
  expect(elbo!.rowStandardError).toBeCloseTo(Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1) / rows), 12)
})

test('one draw of each row cannot tell what draws leave uncertain; where nothing is drawn it is nothing', () => {
  const moments = new RowMoments(rows)
  moments.add('elbo', 0, drawn[0]!, rows)
  expect(moments.known(1, 1)['elbo']).toMatchObject({ samples: 1, standardError: null })
  expect(moments.known(0, 1)['elbo']).toMatchObject({ samples: null, standardError: 0 })
})

test('of a bound of K weights K is that of the bound, however often it is drawn anew, with the mean effective number', () => {
  const moments = new RowMoments(2)
  for (const effective of [Float64Array.of(3, 5), Float64Array.of(5, 7)]) {
    moments.add('iwae', 0, Float64Array.of(-1, -2), 2)
    moments.add('effective', 0, effective, 2)
  }
  expect(moments.known(2, 50)['iwae']).toEqual({ estimator: 'iwae', samples: 50, rows: 2, standardError: 0, rowStandardError: 0.5, effectiveSampleSize: 5 })
})
