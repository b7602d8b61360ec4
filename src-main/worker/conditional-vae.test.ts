import { beforeAll, describe, expect, it } from 'vitest'
import type { LatentSummary, Matrix } from '@shared/domain/run'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import { openDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let iris: StoredDataset
let digits: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
  digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', { labels: 'resources/datasets/digits/digits-labels-idx1-ubyte.gz' }, [0, 16])
})

/** Standardized columns of iris [150][4], and classes. */
function irisRows(): { x: number[][]; labels: number[] } {
  const { features, labels } = openDatasetArrays(iris.folder, iris.dataset)
  const rows = Array.from({ length: 150 }, (_, row) => Array.from(features.subarray(row * 4, row * 4 + 4)))
  const means = [0, 1, 2, 3].map((d) => rows.reduce((sum, row) => sum + row[d]! / 150, 0))
  const deviations = means.map((mean, d) => Math.sqrt(rows.reduce((sum, row) => sum + (row[d]! - mean) ** 2 / 150, 0)))
  return { x: rows.map((row) => row.map((value, d) => (value - means[d]!) / deviations[d]!)), labels: [...labels!] }
}

/** Least squares of `targets` on `inputs` and a constant, by Gaussian elimination: what is left. */
function residuals(inputs: number[][], targets: number[][]): number[][] {
  const design = inputs.map((row) => [1, ...row])
  const size = design[0]!.length
  const normal = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => design.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    ...targets[0]!.map((_, d) => design.reduce((sum, row, at) => sum + row[i]! * targets[at]![d]!, 0)),
  ])
  for (let at = 0; at < size; at += 1) {
    for (let other = 0; other < size; other += 1) {
      if (other === at) continue
      const factor = normal[other]![at]! / normal[at]![at]!
      normal[other] = normal[other]!.map((value, column) => value - factor * normal[at]![column]!)
    }
  }
  const weights = normal.map((row, at) => row.slice(size).map((value) => value / row[at]!))
  return targets.map((row, at) => row.map((value, d) => value - design[at]!.reduce((sum, one, i) => sum + one * weights[i]![d]!, 0)))
}

/** Mean log-likelihood of PPCA at its optimum, Tipping & Bishop 1999. */
function ppcaOptimum(rows: number[][], latent: number): number {
  const size = rows[0]!.length
  const covariance = Array.from({ length: size * size }, (_, at) => rows.reduce((sum, row) => sum + row[Math.floor(at / size)]! * row[at % size]!, 0) / rows.length)
  const values = [...symmetricEigen(covariance, size).values].sort((a, b) => b - a)
  const rest = values.slice(latent)
  const noise = rest.reduce((sum, value) => sum + value, 0) / rest.length
  const logDeterminant = values.slice(0, latent).reduce((sum, value) => sum + Math.log(value), 0) + rest.length * Math.log(noise)
  return -0.5 * (size * Math.log(2 * Math.PI) + logDeterminant + size)
}

describe('a linear VAE that is told y comes to the optimum of PPCA of what the regression on y leaves', () => {
  it.each<[string, number[], number]>([
    ['the class', [], 2],
    ['two columns', [2, 3], 1],
  ])('%s', async (_, told, latent) => {
    const rows = irisRows()
    const names = iris.dataset.columns.filter(({ role }) => role === 'feature').map(({ name }) => name)
    const own = told.length > 0 ? { columns: told.map((at) => names[at]!) } : 'labels'
    const inputs = told.length > 0 ? rows.x.map((row) => told.map((at) => row[at]!)) : rows.labels.map((label) => [1, 2].map((value) => Number(label === value)))
    const left = residuals(inputs, rows.x.map((row) => row.filter((__, at) => !told.includes(at))))
    const run = await train(iris, {
      split: { train: 1, test: 0 },
      preprocess: ['standardize'],
      model: { kind: 'vae', latent, condition: own, encoder: { mlp: [] }, decoder: { mlp: [] }, likelihood: { gaussian: { variance: 'shared' } } },
      inference: { kind: 'gradient', batchSize: 150, epochs: 1000, optimizer: { adam: { learningRate: 0.03 } }, schedule: { cosine: { final: 0 } }, objective: { elbo: { samples: 4 } } },
    })
    const elbo = (run.series('train/elbo') as number[]).slice(-200)
    const mean = elbo.reduce((sum, value) => sum + value / elbo.length, 0)
    const error = Math.sqrt(elbo.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / elbo.length
    expect(Math.abs(mean - ppcaOptimum(left, latent))).toBeLessThan(2e-3 + 4 * error)
  }, 120_000)
})

describe('a VAE of digits that is told their class', () => {
  it('draws of every class what looks like it, whatever its code, and says what it is told', async () => {
    const run = await train(digits, {
      split: { train: 0.8, test: 0.2 },
      preprocess: ['scale'],
      model: { kind: 'vae', latent: 4, condition: 'labels', encoder: { mlp: [64] }, decoder: { mlp: [64] } },
      inference: { kind: 'gradient', batchSize: 64, epochs: 30 },
    })
    const { features, labels } = openDatasetArrays(digits.folder, digits.dataset)
    const centres = Array.from({ length: 10 }, () => new Float64Array(64))
    const counts = new Array<number>(10).fill(0)
    labels!.forEach((label, row) => {
      counts[label]! += 1
      for (let at = 0; at < 64; at += 1) centres[label]![at]! += features[row * 64 + at]! / 16
    })
    const nearest = (values: Float64Array): number => {
      const distances = centres.map((centre, label) => centre.reduce((sum, value, at) => sum + (value / counts[label]! - values[at]!) ** 2, 0))
      return distances.indexOf(Math.min(...distances))
    }
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 200, seed: 1 })
    const met = Array.from({ length: 200 }, (_, row) => nearest(rows.values.slice(row * 64, row * 64 + 64)) === row % 10)
    expect(met.filter(Boolean).length).toBeGreaterThan(180)

    const summary = await run.inspect<LatentSummary>({ kind: 'latents' })
    expect(summary.condition).toMatchObject({ kind: 'classes', names: digits.dataset.classes })
    expect(summary.condition!.start.reduce((sum, value) => sum + value, 0)).toBe(1)
    const seven = Array.from({ length: 10 }, (_, at) => Number(at === 7))
    const asked = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 40, seed: 2, condition: seven })
    const sevens = Array.from({ length: 40 }, (_, row) => nearest(asked.rows.values.slice(row * 64, row * 64 + 64))).filter((label) => label === 7)
    expect(sevens.length).toBeGreaterThan(34)
    await expect(run.inspect({ kind: 'sample', count: 1, seed: 1, condition: [1, 0] })).rejects.toThrow('10 numbers')
    await expect(run.inspect({ kind: 'decode', latent: [[0, 0, 0, 0]], condition: [1] })).rejects.toThrow('10 numbers')
  })

  it('refuses rows without a label in words', async () => {
    const { folder, dataset } = digits
    const arrays = openDatasetArrays(folder, dataset)
    arrays.labels![3] = -1
    expect(arrays.labels![3]).toBe(-1)
    const { tellRows } = await import('./condition')
    const condition = { kind: 'classes' as const, names: dataset.classes!, columns: [] }
    expect(() => tellRows(condition, new Float32Array(dataset.rows * 64), 64, arrays.labels)).toThrow(`1 of ${dataset.rows} rows have no label`)
  })
})
