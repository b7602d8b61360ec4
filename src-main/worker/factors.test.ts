import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let iris: StoredDataset
let wine: StoredDataset
let digits: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
  wine = await storeDataset('wine.csv', { label: 'target' })
  digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', {}, [0, 16])
})

const ppca = (latent: number, inference: object = { kind: 'closed-form' }): object => ({ model: { kind: 'ppca', latent }, inference })
const factors = (latent: number, inference: object = {}): object => ({
  model: { kind: 'factor-analysis', latent },
  inference: { kind: 'em', restarts: 3, maxIterations: 20_000, ...inference },
  preprocess: ['standardize'],
})
const em = { kind: 'em', restarts: 2, maxIterations: 20_000, tolerance: 1e-12 }

/** The same table with other numbers. */
async function changed(stored: StoredDataset, name: string, change: (value: number, column: number) => number): Promise<StoredDataset> {
  const { features, labels } = openDatasetArrays(stored.folder, stored.dataset)
  const columns = stored.dataset.shape[1]!
  const folder = `${stored.folder}-${name}`
  await writeDatasetArrays(folder, { features: (features as Float64Array).map((value, index) => change(value, index % columns)), labels })
  return { dataset: stored.dataset, folder }
}

describe('probabilistic PCA', () => {
  // scikit-learn 1.2.1: PCA(q).fit(X).score(X)
  it.each([
    ['iris', 1, -3.137796],
    ['iris', 2, -2.699752],
    ['wine', 2, -16.15526],
    ['digits', 10, -159.993731],
  ] as const)('has the likelihood of the closed form: %s q=%i', async (name, latent, expected) => {
    const stored = { iris, wine, digits }[name]
    const run = await train(stored, { ...ppca(latent), preprocess: name === 'wine' ? ['standardize'] : [] })
    expect(run.finished().metrics['train/logLikelihood']).toBeCloseTo(expected, 5)
    if (name !== 'wine') return
    const { noiseVariance } = await run.inspect<{ noiseVariance: number }>({ kind: 'params' })
    expect(noiseVariance).toBeCloseTo(0.527016, 7)
  })

  it('is reached by EM too, with the same loadings', async () => {
    const closed = await train(iris, ppca(2))
    const climbed = await train(iris, ppca(2, em))
    expect(climbed.finished().metrics['train/logLikelihood']).toBeCloseTo(closed.finished().metrics['train/logLikelihood']!, 9)
    const [one, other] = [await closed.inspect<{ loadings: number[][] }>({ kind: 'params' }), await climbed.inspect<{ loadings: number[][] }>({ kind: 'params' })]
    one.loadings.flat().forEach((value, index) => expect(other.loadings.flat()[index]).toBeCloseTo(value, 4))
  })

  it('does not lose digits to an offset of 1e10 or a scale of 1e-160 or 1e100', async () => {
    // scikit-learn's PCA.score is off by 1e-2 at an offset of 1e8 and NaN at a scale of 1e-160.
    const plain = (await train(iris, ppca(2))).finished().metrics['train/logLikelihood']!
    for (const scale of [1e-160, 1e100]) {
      const told = (await train(await changed(iris, `${scale}`, (value) => value * scale), ppca(2))).finished().metrics['train/logLikelihood']!
      expect(told + 4 * Math.log(scale)).toBeCloseTo(plain, 8)
    }
    const moved = await train(await changed(iris, 'moved', (value) => value + 1e10), ppca(2))
    // At 1e10 a double holds steps of 2e-6, so that is what is left of the data.
    expect(moved.finished().metrics['train/logLikelihood']).toBeCloseTo(plain, 4)
  })

  it('says so where the columns leave no noise', async () => {
    const collinear = await changed(iris, 'collinear', (_, column) => column)
    const run = await train(collinear, ppca(2))
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'factors/no-noise-left' } })
  })
})

describe('factor analysis', () => {
  // scikit-learn 1.2.1: FactorAnalysis(q, tol=1e-12, max_iter=100000, svd_method='lapack').fit(Z).score(Z), Z standardized
  it.each([
    [1, -16.259945],
    [2, -15.433658],
  ])('reaches the maximum of the likelihood on standardized wine: q=%i', async (latent, expected) => {
    const run = await train(wine, factors(latent))
    expect(run.finished().metrics['train/logLikelihood']).toBeCloseTo(expected, 5)
    const { uniquenesses, communalities } = await run.inspect<Record<string, number[]>>({ kind: 'params' })
    uniquenesses!.forEach((value, d) => {
      expect(value).toBeGreaterThan(0)
      expect(communalities![d]! + value).toBeCloseTo(1, 3)
    })
  })

  it.each([
    ['ppca', ppca(2, { ...em, restarts: 1 })],
    ['factor analysis', factors(2, { restarts: 1 })],
  ])('satisfies log p = L + KL at every iteration, and L never falls: %s', async (_, spec) => {
    const run = await train(wine, { preprocess: ['standardize'], ...spec })
    const logLikelihood = run.series('train/logLikelihood') as number[]
    const lowerBound = run.series('train/lowerBound') as number[]
    const kl = run.series('train/kl') as number[]
    expect(lowerBound.length).toBeGreaterThan(10)
    lowerBound.forEach((bound, index) => {
      expect(Math.abs(bound + kl[index]! - logLikelihood[index + 1]!)).toBeLessThan(1e-9)
      expect(bound).toBeGreaterThanOrEqual(logLikelihood[index]! - 1e-12)
      expect(kl[index]).toBeGreaterThanOrEqual(-1e-12)
    })
  })

  it('does not depend on the units of a column', async () => {
    const plain = await train(wine, { ...factors(2), preprocess: [] })
    const scaled = await train(await changed(wine, 'scaled', (value, column) => value * 10 ** (3 * column - 20)), { ...factors(2), preprocess: [] })
    const shift = Array.from({ length: 13 }, (_, column) => Math.log(10) * (3 * column - 20)).reduce((sum, value) => sum + value)
    expect(scaled.finished().metrics['train/logLikelihood']! + shift).toBeCloseTo(plain.finished().metrics['train/logLikelihood']!, 6)
  })

  it('encodes, reconstructs, weighs and samples rows', async () => {
    const run = await train(wine, factors(2))
    const apply = (output: 'encode' | 'reconstruct' | 'logDensity') =>
      run.inspect<Matrix>({ kind: 'apply', output, dataset: wine.dataset, datasetFolder: wine.folder })
    const density = await apply('logDensity')
    expect(density.values.reduce((sum, value) => sum + value, 0) / 178).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 9)
    const latents = await apply('encode')
    const decoded = await run.inspect<{ rows: Matrix }>({ kind: 'decode', latent: [[...latents.values.subarray(0, 2)]] })
    const reconstructed = await apply('reconstruct')
    decoded.rows.values.forEach((value, d) => expect(value).toBeCloseTo(reconstructed.values[d]!, 10))
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 20_000, seed: 1 })
    const { loadings, uniquenesses } = await run.inspect<{ loadings: number[][]; uniquenesses: number[] }>({ kind: 'params' })
    let covariance = 0
    let variance = 0
    for (let row = 0; row < 20_000; row += 1) {
      covariance += (rows.values[row * 13]! * rows.values[row * 13 + 12]!) / 20_000
      variance += rows.values[row * 13]! ** 2 / 20_000
    }
    expect(Math.abs(covariance - (loadings[0]![0]! * loadings[12]![0]! + loadings[0]![1]! * loadings[12]![1]!))).toBeLessThan(0.05)
    expect(Math.abs(variance - (loadings[0]![0]! ** 2 + loadings[0]![1]! ** 2 + uniquenesses[0]!))).toBeLessThan(0.05)
  })

  it('reports a Heywood case, and that too many factors are not identified', async () => {
    const run = await train(iris, { ...factors(3), preprocess: [] })
    const codes = run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : []))
    expect(codes).toContain('factors/not-identified')
  })

  it('judges rows that were left out', async () => {
    const run = await train(wine, { ...factors(2), split: { train: 0.7, test: 0.3 } })
    const { metrics } = run.finished()
    expect(metrics['test/logLikelihood']).toBeLessThan(metrics['train/logLikelihood']!)
    expect(metrics['test/logLikelihood']).toBeGreaterThan(metrics['train/logLikelihood']! - 3)
  })
})
