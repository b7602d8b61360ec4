import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Completion, Imputation } from '@shared/domain/inside'
import type { Matrix } from '@shared/domain/run'
import { openDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let airquality: StoredDataset
let iris: StoredDataset
let digits: StoredDataset
beforeAll(async () => {
  airquality = await storeDataset(resolve('src-main/datasets/fixture-airquality.csv'), { missing: 'keep', ignore: ['Month', 'Day'] })
  iris = await storeDataset('iris.csv', { label: 'target' })
  digits = await storeDataset('digits', {}, [0, 16])
})

const mixture = { kind: 'gaussian-mixture', components: 2, covariance: 'full', regularization: 0 }
const factors = { kind: 'factor-analysis', latent: 1 }
const em = { kind: 'em', restarts: 2 }

describe('rows that lack entries', () => {
  it.each([
    ['a mixture', mixture],
    ['factors', factors],
  ])('are told with what was observed, and expectations with their deviations elsewhere: %s', async (_, model) => {
    const run = await train(airquality, { model, inference: em })
    const raw = openDatasetArrays(airquality.folder, airquality.dataset).features as Float64Array
    const { rowIndex, values, deviations, total, units, featureNames } = await run.inspect<Imputation>({ kind: 'imputation' })
    expect([total, units, featureNames]).toEqual([153, 'file', ['Ozone', 'Solar.R', 'Wind', 'Temp']])
    // 42 of the 153 rows lack Ozone, Solar.R or both: 37 + 7 entries
    expect(rowIndex).toHaveLength(42)
    expect(deviations.filter((deviation) => !Number.isNaN(deviation))).toHaveLength(44)
    rowIndex.forEach((row, at) => {
      for (let column = 0; column < 4; column += 1) {
        const observed = raw[row * 4 + column]!
        if (Number.isNaN(observed)) expect(deviations[at * 4 + column]).toBeGreaterThan(0)
        else expect([values[at * 4 + column], deviations[at * 4 + column]]).toEqual([observed, NaN])
      }
    })
  })

  it('are told in the units of the file whatever the model was given', async () => {
    const plain = await train(airquality, { model: factors, inference: { kind: 'em', tolerance: 1e-11, maxIterations: 20000 } })
    const scaled = await train(airquality, { model: factors, preprocess: ['standardize'], inference: { kind: 'em', tolerance: 1e-11, maxIterations: 20000 } })
    const [first, second] = [await plain.inspect<Imputation>({ kind: 'imputation' }), await scaled.inspect<Imputation>({ kind: 'imputation' })]
    expect(second.units).toBe('file')
    first.values.forEach((value, index) => expect(second.values[index]! / value).toBeCloseTo(1, 3))
    first.deviations.forEach((deviation, index) => !Number.isNaN(deviation) && expect(second.deviations[index]! / deviation).toBeCloseTo(1, 3))
  })
})

describe('entries that are hidden from the model', () => {
  // Four of the fourteen structures: covariances stored as full, tied, diagonal and spherical
  it.each(['VVV', 'EEE', 'VVI', 'VII'])('are the regression of the component on what is seen: one component %s', async (covariance) => {
    const run = await train(iris, { model: { ...mixture, components: 1, covariance }, inference: em })
    const rows = [0, 60, 140]
    const found = await run.inspect<Completion>({ kind: 'completion', rows, hidden: [2] })
    const { means, covariances } = await run.inspect<{ means: number[][]; covariances: number[][][] }>({ kind: 'params' })
    const [mean, whole] = [means[0]!, covariances[0]!]
    const seen = [0, 1, 3]
    const slope = solve(
      seen.map((row) => seen.map((column) => whole[row]![column]!)),
      seen.map((row) => whole[2]![row]!),
    )
    rows.forEach((_row, at) => {
      const x = found.original.subarray(at * 4, at * 4 + 4)
      const expected = mean[2]! + seen.reduce((sum, column, i) => sum + slope[i]! * (x[column]! - mean[column]!), 0)
      const variance = whole[2]![2]! - seen.reduce((sum, column, i) => sum + slope[i]! * whole[2]![column]!, 0)
      expect(found.completed[at * 4 + 2]).toBeCloseTo(expected, 8)
      expect(found.deviations[at * 4 + 2]).toBeCloseTo(Math.sqrt(variance), 8)
      for (const column of seen) expect([found.completed[at * 4 + column], found.deviations[at * 4 + column]]).toEqual([x[column], NaN])
    })
  })

  const half = Array.from({ length: 64 }, (_, pixel) => pixel).filter((pixel) => pixel >= 32)
  it.each([
    ['ppca', { kind: 'ppca', latent: 10 }, ['scale'], { kind: 'closed-form' }],
    ['factor analysis', { kind: 'factor-analysis', latent: 10 }, ['scale'], { kind: 'em', restarts: 1, maxIterations: 60 }],
    ['factor mixture', { kind: 'mixture-of-factor-analyzers', components: 10, latent: 4 }, ['scale'], { kind: 'em', restarts: 1, maxIterations: 40 }],
    ['Bernoulli mixture', { kind: 'bernoulli-mixture', components: 20 }, ['scale', { binarize: { threshold: 0.5 } }], { kind: 'em', restarts: 2, maxIterations: 60 }],
  ])('are guessed better than by the mean picture, for the lower half of digits: %s', async (_, model, preprocess, inference) => {
    const run = await train(digits, { model, preprocess, inference, split: { train: 0.8, test: 0.2 } })
    const rows = Array.from({ length: 60 }, (_unused, at) => at * 29)
    const { error, errorOfMeans, completed, deviations, imageShape } = await run.inspect<Completion>({ kind: 'completion', rows, hidden: half })
    expect(imageShape).toEqual([8, 8, 1])
    expect(error).toBeLessThan(0.9 * errorOfMeans)
    expect(completed.every(Number.isFinite)).toBe(true)
    rows.forEach((_row, at) => half.forEach((pixel) => expect(deviations[at * 64 + pixel]).toBeGreaterThanOrEqual(0)))
  })

  it('may be those of any row and feature there is, and no other', async () => {
    const run = await train(iris, { model: mixture, inference: em })
    await expect(run.inspect({ kind: 'completion', rows: [150], hidden: [0] })).rejects.toThrow(/There is no row 150: the dataset has 150 rows/)
    await expect(run.inspect({ kind: 'completion', rows: [0], hidden: [4] })).rejects.toThrow(/There is no feature 4/)
    const all = await run.inspect<Completion>({ kind: 'completion', rows: [0], hidden: [0, 1, 2, 3] })
    const { weights, means } = await run.inspect<{ weights: number[]; means: number[][] }>({ kind: 'params' })
    for (let column = 0; column < 4; column += 1) {
      expect(all.completed[column]).toBeCloseTo(weights.reduce((sum, weight, k) => sum + weight * means[k]![column]!, 0), 8)
    }
  })

  it('are refused where the model has no such conditional, in words', async () => {
    const run = await train(iris, { model: { kind: 'student-t-mixture', components: 2 }, inference: em })
    await expect(run.inspect({ kind: 'completion', rows: [0], hidden: [1] })).rejects.toThrow(/student-t-mixture/)
    await expect(run.inspect<Matrix>({ kind: 'apply', output: 'impute', dataset: iris.dataset, datasetFolder: iris.folder })).rejects.toThrow(/student-t-mixture/)
  })
})

/** By elimination with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index]!])
  const size = rows.length
  for (let k = 0; k < size; k += 1) {
    const pivot = rows.slice(k).reduce((best, _row, at) => (Math.abs(rows[k + at]![k]!) > Math.abs(rows[best]![k]!) ? k + at : best), k)
    ;[rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!]
    for (let row = 0; row < size; row += 1) {
      if (row === k) continue
      const factor = rows[row]![k]! / rows[k]![k]!
      for (let column = k; column <= size; column += 1) rows[row]![column]! -= factor * rows[k]![column]!
    }
  }
  return rows.map((row, index) => row[size]! / row[index]!)
}
