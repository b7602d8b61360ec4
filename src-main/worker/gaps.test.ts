import { expect, it } from 'vitest'
import { type Gaps, type GapsOptions, gapsOptionsSchema } from '@shared/domain/gaps'
import type { InquiryAnswer } from '@shared/domain/inquiry'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

async function gapsOf(run: Trained, { dataset, folder }: StoredDataset, options: Partial<GapsOptions>): Promise<Gaps> {
  const question = { kind: 'gaps' as const, options: gapsOptionsSchema.parse(options) }
  const answer = await run.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset, datasetFolder: folder, threads: 1 })
  if (answer.kind !== 'gaps') throw new Error('another answer')
  return answer.gaps
}

it('a linear VAE with one learned variance has no gaps: its bound is log p, that of PPCA', async () => {
  const wine = await storeDataset('wine.csv', { label: 'target' })
  const spec = { split: { train: 1, test: 0 }, preprocess: ['standardize'] }
  const run = await train(wine, {
    ...spec,
    model: { kind: 'vae', latent: 2, encoder: { mlp: [] }, decoder: { mlp: [] }, likelihood: { gaussian: { variance: 'shared' } } },
    inference: { kind: 'gradient', batchSize: 178, epochs: 2500, optimizer: { adam: { learningRate: 0.02 } }, schedule: { cosine: { final: 0 } } },
  })
  for (const estimator of ['importance', 'ais'] as const) {
    const found = await gapsOf(run, wine, { estimator, samples: 400, refineSteps: 200, temperatures: 100 })
    // scikit-learn 1.9: PCA(n_components=2, svd_solver='full').fit(X).score(X), X standardized
    expect(Math.abs(found.logLikelihood.value + 16.15526)).toBeLessThan(1e-3 + 4 * found.logLikelihood.standardError)
    expect(Math.abs(found.amortizationGap.value)).toBeLessThan(1e-3)
    expect(Math.abs(found.approximationGap.value)).toBeLessThan(1e-3 + 4 * found.approximationGap.standardError)
    expect(found.verdict).toMatchObject([{ code: 'gaps/none' }])
  }
}, 300_000)

it('of a small encoder that has seen little, both gaps are above 0, add up to what the bound lacks, and most rows gain by refinement', async () => {
  const digits = await storeDataset('digits', {}, [0, 16])
  const run = await train(digits, {
    preprocess: ['scale'],
    model: { kind: 'vae', latent: 4, encoder: { mlp: [8] }, decoder: { mlp: [64] } },
    inference: { kind: 'gradient', batchSize: 64, epochs: 40 },
  })
  const found = await gapsOf(run, digits, { rows: 60, samples: 300 })
  expect(found.rows).toBe(60)
  expect(found.amortizationGap.value).toBeGreaterThan(5 * found.amortizationGap.standardError)
  expect(found.approximationGap.value).toBeGreaterThan(0)
  expect(found.amortizationGap.value + found.approximationGap.value).toBeCloseTo(found.logLikelihood.value - found.elbo.value, 9)
  expect(found.perRow.filter(({ elbo, refinedElbo }) => refinedElbo > elbo).length).toBeGreaterThan(50)
}, 300_000)

it('a mixture has no continuous latent, and says so', async () => {
  const iris = await storeDataset('iris.csv', { label: 'target' })
  const run = await train(iris, { model: { kind: 'gaussian-mixture', components: 2 }, inference: { kind: 'em', restarts: 1 } })
  await expect(gapsOf(run, iris, {})).rejects.toThrow('continuous latent')
})
