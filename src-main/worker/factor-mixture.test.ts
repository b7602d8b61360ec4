import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let iris: StoredDataset
let wine: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
  wine = await storeDataset('wine.csv', { label: 'target' })
})
const analyzers = (components: number, latent: number, more: object = {}, inference: object = {}): object => ({
  model: { kind: 'mixture-of-factor-analyzers', components, latent, ...more },
  inference: { kind: 'em', ...inference },
  preprocess: ['standardize'],
})

describe('a mixture of factor analysers', () => {
  it('is factor analysis with one component', async () => {
    const run = await train(wine, analyzers(1, 2, { noiseFloor: 1e-6 }, { restarts: 1, maxIterations: 20_000 }))
    // scikit-learn 1.2.1: FactorAnalysis(2, tol=1e-12, svd_method='lapack') on standardized wine
    expect(run.finished().metrics['train/logLikelihood']).toBeCloseTo(-15.433658, 5)
  })

  it('lies between the diagonal and the full mixture, and grows with the latents', async () => {
    // mclust 6.0: best known of wine standardized with two components, diagonal −2853.6018 and full −2248.8451
    const found = []
    for (const latent of [1, 2, 4]) found.push((await train(wine, analyzers(2, latent, {}, { restarts: 6 }))).finished().metrics['train/logLikelihood']! * 178)
    expect(found[0]).toBeGreaterThan(-2853.6018)
    expect(found[1]).toBeGreaterThan(found[0]!)
    expect(found[2]).toBeGreaterThan(found[1]!)
    expect(found[2]).toBeLessThan(-2248.8451)
  })

  it.each(['separate', 'shared'])('satisfies log p = L + KL at every iteration, and L never falls: %s noise', async (noise) => {
    const run = await train(iris, analyzers(3, 1, { noise }, { restarts: 1, maxIterations: 200 }))
    const logLikelihood = run.series('train/logLikelihood') as number[]
    const lowerBound = run.series('train/lowerBound') as number[]
    const kl = run.series('train/kl') as number[]
    expect(lowerBound.length).toBeGreaterThan(10)
    lowerBound.forEach((bound, index) => {
      expect(Math.abs(bound + kl[index]! - logLikelihood[index + 1]!)).toBeLessThan(1e-9)
      expect(bound).toBeGreaterThanOrEqual(logLikelihood[index]! - 1e-12)
    })
  })

  it('finds the three cultivars of wine, and tells where on each plane a row lies', async () => {
    const run = await train(wine, analyzers(3, 1))
    const { metrics } = run.finished()
    expect(metrics['train/ari']).toBeGreaterThan(0.8)
    expect(metrics['train/icl']).toBeLessThanOrEqual(metrics['train/bic']!)
    const apply = (output: 'encode' | 'reconstruct' | 'logDensity' | 'responsibilities') =>
      run.inspect<Matrix>({ kind: 'apply', output, dataset: wine.dataset, datasetFolder: wine.folder })
    const density = await apply('logDensity')
    expect(density.values.reduce((sum, value) => sum + value, 0) / 178).toBeCloseTo(metrics['train/logLikelihood']!, 9)
    const encoded = await apply('encode')
    expect(encoded.columns).toEqual(['component', 'z1'])
    const reconstructed = await apply('reconstruct')
    expect(reconstructed.values.every(Number.isFinite)).toBe(true)
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 20_000, seed: 1 })
    const square = rows.values.reduce((sum, value, index) => sum + (index % 13 === 0 ? value ** 2 / rows.rows : 0), 0)
    expect(Math.abs(square - 1)).toBeLessThan(0.1)
  })

  it('says in words that there are too few rows or too many latents', async () => {
    const many = await train(iris, analyzers(2, 4))
    expect(many.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'spec/too-many-latents' } })
    const few = await train(iris, analyzers(200, 1))
    expect(few.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'spec/too-few-rows' } })
  })
})
