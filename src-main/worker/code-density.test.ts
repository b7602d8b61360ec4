import { beforeAll, expect, it } from 'vitest'
import type { CodeDensityFigures, Matrix } from '@shared/domain/run'
import { fillNormal } from '@shared/math/random'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { codeDensity } from './code-density'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

const runtime = createOnnxRuntime({ threads: 1 })
const rows = 2000

/** Half of the codes around (−3, 1), half around (3, 1), with variances 0.25 and 4: far from N(0, I). */
function twoClouds(): Float64Array {
  const noise = new Float64Array(2 * rows)
  fillNormal(noise, { seed: 3, stream: 'clouds' })
  return noise.map((value, at) => (at % 2 === 1 ? 1 + 2 * value : (Math.floor(at / 2) < rows / 2 ? -3 : 3) + 0.5 * value))
}

it('a mixture fitted to codes has their entropy as its mean log density, and draws codes with their moments', async () => {
  const codes = twoClouds()
  const density = await codeDensity(runtime, codes, 2, 2, 1)
  const entropy = Math.log(2) + Math.log(2 * Math.PI * Math.E) + Math.log(0.5 * 2)
  expect(density.logDensity).toBeCloseTo(-entropy, 1)
  const drawn = density.sample(20000, 5)
  const mean = (values: ArrayLike<number>, of: (first: number, second: number) => number): number => {
    let sum = 0
    for (let at = 0; at < values.length; at += 2) sum += of(values[at]!, values[at + 1]!)
    return sum / (values.length / 2)
  }
  for (const of of [(a: number) => a, (a: number) => a * a, (_: number, b: number) => b, (_: number, b: number) => b * b]) expect(Math.abs(mean(drawn, of) - mean(codes, of))).toBeLessThan(0.15)
  expect(density.sample(20000, 5)).toEqual(drawn)
  expect(density.sample(20000, 6)).not.toEqual(drawn)
})

it('refuses more Gaussians than there are rows', async () => {
  await expect(codeDensity(runtime, twoClouds().slice(0, 20), 2, 10, 1)).rejects.toMatchObject({ code: 'latent/density-rows', details: { rows: 10, components: 10 } })
})

let digits: StoredDataset
let vae: Trained
let autoencoder: Trained
const spec = (kind: string) => ({
  preprocess: ['scale'],
  model: { kind, latent: 2, encoder: { mlp: [32] }, decoder: { mlp: [32] }, likelihood: 'bernoulli' },
  inference: { kind: 'gradient', batchSize: 64, epochs: 12 },
})
beforeAll(async () => {
  digits = await storeDataset('digits', {}, [0, 16])
  vae = await train(digits, spec('vae'))
  autoencoder = await train(digits, spec('autoencoder'))
})
interface Sampled {
  rows: Matrix
  density?: CodeDensityFigures
}

it('of a VAE says by how much the fitted density is ahead of the prior; samples are pictures, and others than those of the prior', async () => {
  const ask = (fitted?: number) => vae.inspect<Sampled>({ kind: 'sample', count: 12, seed: 4, ...(fitted === undefined ? {} : { fitted }) })
  const [prior, one, ten] = [await ask(), await ask(1), await ask(10)]
  expect(prior.density).toBeUndefined()
  expect(ten.density).toMatchObject({ components: 10, rows: digits.dataset.rows })
  // one Gaussian holds N(0, I), ten hold one
  expect(one.density!.logDensity).toBeGreaterThanOrEqual(one.density!.logPrior!)
  expect(ten.density!.logDensity).toBeGreaterThan(one.density!.logDensity)
  expect(ten.rows.values).toHaveLength(12 * 64)
  expect(ten.rows.values.every((value) => value >= 0 && value <= 1)).toBe(true)
  expect(ten.rows.values).not.toEqual(prior.rows.values)
})

it('gives an autoencoder, which has no prior, samples that look more like its reconstructions than decoded noise does', async () => {
  const { rows: fitted, density } = await autoencoder.inspect<Sampled>({ kind: 'sample', count: 300, seed: 4, fitted: 10 })
  const { rows: noise } = await autoencoder.inspect<Sampled>({ kind: 'sample', count: 300, seed: 4 })
  const seen = await autoencoder.inspect<Matrix>({ kind: 'apply', output: 'reconstruct', dataset: digits.dataset, datasetFolder: digits.folder })
  const meanOf = ({ values, rows: count }: Matrix): Float64Array => {
    const mean = new Float64Array(64)
    values.forEach((value, at) => (mean[at % 64]! += value / count))
    return mean
  }
  const wanted = meanOf(seen)
  const away = (matrix: Matrix): number => meanOf(matrix).reduce((sum, value, pixel) => sum + (value - wanted[pixel]!) ** 2, 0)
  expect(density!.logPrior).toBeNull()
  expect(away(fitted)).toBeLessThan(away(noise) / 2)
})
