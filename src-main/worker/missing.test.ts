import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { runtime } from './mixture-fixture'
import { missingGaussianProblem, missingPosterior } from '../inference/missing-gaussian'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { openDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let airquality: StoredDataset
let faithful: StoredDataset
beforeAll(async () => {
  airquality = await storeDataset(resolve('src-main/datasets/fixture-airquality.csv'), { missing: 'keep', ignore: ['Month', 'Day'] })
  faithful = await storeDataset('faithful.csv')
})

const mixture = (components: number, covariance = 'full'): object => ({
  model: { kind: 'gaussian-mixture', components, covariance, regularization: 0 },
  inference: { kind: 'em' },
})

describe('a Gaussian mixture on rows with absent entries', () => {
  // Best known observed-data likelihoods; the table has 153 rows.
  it.each([
    [1, -2326.697383],
    [2, -2273.514601],
    [3, -2240.452174],
  ])('reaches the best known likelihood of airquality: K=%i', async (components, best) => {
    const run = await train(airquality, mixture(components))
    expect(run.finished().metrics['train/logLikelihood']! * 153).toBeGreaterThan(best - 1e-3)
    if (components < 3) expect(run.finished().metrics['train/logLikelihood']! * 153).toBeCloseTo(best, 3)
  })

  it.each(['full', 'diagonal'])('satisfies log p = L + KL at every iteration, and L never falls: %s', async (covariance) => {
    const run = await train(airquality, { ...mixture(2, covariance), inference: { kind: 'em', restarts: 1, initialization: 'kmeans++' } })
    const [logLikelihood, bound, kl] = ['logLikelihood', 'lowerBound', 'kl'].map((name) => run.series(`train/${name}`) as number[])
    expect(bound!.length).toBe(logLikelihood!.length - 1)
    bound!.forEach((value, index) => {
      expect(Math.abs(value + kl![index]! - logLikelihood![index + 1]!)).toBeLessThan(1e-9)
      expect(value).toBeGreaterThanOrEqual(logLikelihood![index]! - 1e-11)
    })
  })

  it('is ordinary EM where nothing is absent', async () => {
    const features = openDatasetArrays(faithful.folder, faithful.dataset).features as Float64Array
    const shape = { structure: 'VVV' as const, components: 2, columns: 2, regularization: 0 }
    const family = gaussianFamily(shape)
    const [with_, without] = [await missingGaussianProblem(runtime, features, shape), await mixtureProblem(runtime, familyChunks(features, family), family)]
    const start = await without.begin(Int32Array.from({ length: 272 }, (_, row) => row % 2))
    const [first, second] = [await with_.expect(start, null), await without.expect(start, null)]
    expect(first.logLikelihood).toBeCloseTo(second.logLikelihood, 9)
    const [a, b] = [with_.maximize(first.statistics, start), without.maximize(second.statistics, start)]
    a.covariances.forEach((value, index) => expect(value).toBeCloseTo(b.covariances[index]!, 8))
  })

  it('imputes what the regression of the one-component fit says, with its deviation', async () => {
    const run = await train(airquality, mixture(1))
    const at = { dataset: airquality.dataset, datasetFolder: airquality.folder }
    const { columns, values, rows } = await run.inspect<Matrix>({ kind: 'apply', output: 'impute', ...at })
    expect(columns).toEqual(['Ozone', 'Solar.R', 'Wind', 'Temp', 'sd Ozone', 'sd Solar.R', 'sd Wind', 'sd Temp'])
    expect(rows).toBe(153)
    const raw = openDatasetArrays(airquality.folder, airquality.dataset).features as Float64Array
    const { means, covariances } = await run.inspect<{ means: number[][]; covariances: number[][][] }>({ kind: 'params' })
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        const told = values[row * 8 + column]!
        if (!Number.isNaN(raw[row * 4 + column]!)) expect(told).toBeCloseTo(raw[row * 4 + column]!, 9)
        expect(values[row * 8 + 4 + column]! > 0).toBe(Number.isNaN(raw[row * 4 + column]!))
      }
    }
    // Row 5 of the file lacks Ozone and Solar.R: the regression on Wind and Temp.
    const [w, t] = [raw[4 * 4 + 2]! - means[0]![2]!, raw[4 * 4 + 3]! - means[0]![3]!]
    const [[, , ow, ot], , [, , ww, wt], [, , , tt]] = covariances[0]! as [number[], number[], number[], number[]]
    const determinant = ww! * tt! - wt! ** 2
    const slope = [(ow! * tt! - ot! * wt!) / determinant, (ot! * ww! - ow! * wt!) / determinant]
    expect(values[4 * 8]).toBeCloseTo(means[0]![0]! + slope[0]! * w + slope[1]! * t, 6)
  })

  it('gives the density of what was observed', async () => {
    const features = Float64Array.of(0.5, NaN, NaN, NaN)
    const standard = { covariance: 'full' as const, components: 1, columns: 2, weights: Float64Array.of(1), means: new Float64Array(2), covariances: Float64Array.of(1, 0.5, 0.5, 2) }
    const { logDensity } = await missingPosterior(runtime, features, { structure: 'VVV', components: 1, columns: 2, regularization: 0 }, standard)
    expect(logDensity[0]).toBeCloseTo(-0.5 * Math.log(2 * Math.PI) - 0.125, 12)
    expect(logDensity[1]).toBe(0)
  })
})

it('a Bernoulli mixture takes absent entries, and fills them in with probabilities', async () => {
  // Two kinds of rows, all ones and all zeros, each with one entry unknown now and then.
  const lines = Array.from({ length: 60 }, (_, row) => {
    const bit = row % 2
    return Array.from({ length: 4 }, (_unused, column) => (row % 10 < 2 && column === row % 4 ? 'NA' : bit)).join()
  })
  const path = join(mkdtempSync(join(tmpdir(), 'latent-table-')), 'bits.csv')
  writeFileSync(path, `a,b,c,d\n${lines.join('\n')}\n`)
  const stored = await storeDataset(path, { missing: 'keep', label: '' })
  const run = await train(stored, { model: { kind: 'bernoulli-mixture', components: 2 }, inference: { kind: 'em' } })
  expect(run.finished().metrics['train/logLikelihood']!).toBeCloseTo(Math.log(0.5), 6)
  const { values } = await run.inspect<Matrix>({ kind: 'apply', output: 'impute', dataset: stored.dataset, datasetFolder: stored.folder })
  for (let row = 0; row < 60; row += 1) for (let column = 0; column < 4; column += 1) expect(values[row * 8 + column]).toBeCloseTo(row % 2, 6)
})
