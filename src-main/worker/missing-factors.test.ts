import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { cutIntoChunks } from '../inference/chunks'
import { fitByEm } from '../inference/em'
import { factorProblem, rowMoments } from '../inference/factor-problem'
import { missingFactorProblem } from '../inference/missing-factors'
import { randomFactors } from '../models/factors/factor-solutions'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let airquality: StoredDataset
let iris: StoredDataset
beforeAll(async () => {
  airquality = await storeDataset(resolve('src-main/datasets/fixture-airquality.csv'), { missing: 'keep', ignore: ['Month', 'Day'] })
  iris = await storeDataset('iris.csv', { label: 'target' })
})
const factors = (kind: string, latent: number, inference: object = {}): object => ({
  model: { kind, latent },
  inference: { kind: 'em', restarts: 3, maxIterations: 20_000, ...inference },
})

describe('factor models of rows with absent entries', () => {
  it('reach the full Gaussian where the factors can hold any covariance', async () => {
    const run = await train(airquality, factors('factor-analysis', 2, { tolerance: 1e-10 }))
    // R 4.2, observed-data log-likelihood of one Gaussian on Ozone, Solar.R, Wind, Temp
    expect(run.finished().metrics['train/logLikelihood']! * 153).toBeCloseTo(-2326.697383, 2)
  })

  it.each(['ppca', 'factor-analysis'])('satisfy log p = L + KL at every iteration, and L never falls: %s', async (kind) => {
    const run = await train(airquality, { ...factors(kind, 1, { restarts: 1, maxIterations: 300 }), preprocess: ['standardize'] })
    const logLikelihood = run.series('train/logLikelihood') as number[]
    const lowerBound = run.series('train/lowerBound') as number[]
    const kl = run.series('train/kl') as number[]
    expect(lowerBound.length).toBeGreaterThan(5)
    lowerBound.forEach((bound, index) => {
      expect(Math.abs(bound + kl[index]! - logLikelihood[index + 1]!)).toBeLessThan(1e-9)
      expect(bound).toBeGreaterThanOrEqual(logLikelihood[index]! - 1e-12)
    })
  })

  it('end where ordinary EM does when nothing is absent', async () => {
    const { features } = openDatasetArrays(iris.folder, iris.dataset)
    const x = Float64Array.from(features, (value, index) => value - [5.8, 3, 3.7, 1.2][index % 4]!)
    const moments = await rowMoments(createOnnxRuntime({ threads: 1 }), cutIntoChunks(x, 4))
    const exactly = { tolerance: 1e-13, maxIterations: 20_000, identityEvery: 0 }
    for (const isotropic of [true, false]) {
      const constraint = { isotropic, noiseFloor: 0.02 }
      const start = randomFactors(moments.mean, moments.scatter, 1, isotropic, { seed: 1, stream: 'a' })
      const one = await fitByEm(factorProblem(moments, 1, constraint), start, exactly)
      const other = await fitByEm(missingFactorProblem(x, 4, 1, constraint), start, exactly)
      expect(other.trace.at(-1)).toBeCloseTo(one.trace.at(-1)!, 9)
    }
  })

  it('fill in half of iris better than the means of the columns, and say how sure they are', async () => {
    const { features } = openDatasetArrays(iris.folder, iris.dataset)
    const hidden = (index: number): boolean => (index * 7919) % 10 < 3
    const folder = `${iris.folder}-holes`
    await writeDatasetArrays(folder, { features: Float64Array.from(features, (value, index) => (hidden(index) ? NaN : value)), labels: null })
    const dataset = { ...iris.dataset, classes: null }
    const run = await train({ folder, dataset }, factors('factor-analysis', 1))
    const filled = await run.inspect<Matrix>({ kind: 'apply', output: 'impute', dataset, datasetFolder: folder })
    expect(filled.columns).toHaveLength(8)
    const means = [0, 1, 2, 3].map((d) => Array.from({ length: 150 }, (_, row) => features[row * 4 + d]!).reduce((sum, value) => sum + value / 150, 0))
    let [own, plain, within, count] = [0, 0, 0, 0]
    features.forEach((value, index) => {
      const [row, d] = [Math.floor(index / 4), index % 4]
      const [told, deviation] = [filled.values[row * 8 + d]!, filled.values[row * 8 + 4 + d]!]
      if (!hidden(index)) {
        expect(told).toBeCloseTo(value, 9)
        expect(deviation).toBe(0)
        return
      }
      own += (told - value) ** 2
      plain += (means[d]! - value) ** 2
      if (Math.abs(told - value) < 2 * deviation) within += 1
      count += 1
    })
    expect(own).toBeLessThan(0.5 * plain)
    expect(within / count).toBeGreaterThan(0.85)
    const encoded = await run.inspect<Matrix>({ kind: 'apply', output: 'encode', dataset, datasetFolder: folder })
    expect(encoded.values.every(Number.isFinite)).toBe(true)
    const density = await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset, datasetFolder: folder })
    const some = Array.from({ length: 150 }, (_, row) => row).filter((row) => [0, 1, 2, 3].some((d) => !hidden(row * 4 + d)))
    const mean = some.reduce((sum, row) => sum + density.values[row]! / some.length, 0)
    expect(mean).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 9)
  })

  it('say that the closed form needs every entry', async () => {
    const run = await train(airquality, { model: { kind: 'ppca', latent: 1 }, inference: { kind: 'closed-form' } })
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'factors/missing-needs-em' } })
  })
})
