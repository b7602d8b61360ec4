import { expect, it } from 'vitest'
import { type Gaps, gapsOptionsSchema } from '@shared/domain/gaps'
import type { InquiryAnswer } from '@shared/domain/inquiry'
import { runSpecSchema } from '@shared/domain/spec'
import { checkSpecAgainstData } from '../datasets/check-spec'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

async function gapsOf(run: Trained, { dataset, folder }: StoredDataset, rows: number): Promise<Gaps> {
  const question = { kind: 'gaps' as const, options: gapsOptionsSchema.parse({ samples: 200, rows }) }
  const answer = await run.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset, datasetFolder: folder, threads: 1 })
  if (answer.kind !== 'gaps') throw new Error('another answer')
  return answer.gaps
}

it('a linear decoder trained by SVI, without any encoder, comes to the optimum of PPCA, and its bound is log p', async () => {
  const wine = await storeDataset('wine.csv', { label: 'target' })
  const run = await train(wine, {
    split: { train: 1, test: 0 },
    preprocess: ['standardize'],
    model: { kind: 'vae', latent: 2, decoder: { mlp: [] }, likelihood: { gaussian: { variance: 'shared' } } },
    inference: { kind: 'gradient', mode: 'svi', batchSize: 178, epochs: 800, optimizer: { adam: { learningRate: 0.03 } }, schedule: { cosine: { final: 0 } } },
  })
  expect(Object.keys(await run.inspect<object>({ kind: 'params' })).filter((name) => name.startsWith('encoder'))).toEqual([])
  const found = await gapsOf(run, wine, 178)
  // scikit-learn 1.9: PCA(n_components=2, svd_solver='full').fit(X).score(X), X standardized
  expect(Math.abs(found.logLikelihood.value + 16.15526)).toBeLessThan(2e-3)
  expect(Math.abs(found.amortizationGap.value)).toBeLessThan(2e-3)
}, 300_000)

it('what was found of training rows is where their next ascent begins: in training, afterwards, and after a stop, bitwise', async () => {
  const wine = await storeDataset('wine.csv', { label: 'target' })
  const spec = (epochs: number): object => ({
    split: { train: 0.7, test: 0.3 },
    preprocess: ['standardize'],
    model: { kind: 'vae', latent: 2, decoder: { mlp: [] }, likelihood: { gaussian: { variance: 0.4 } } },
    inference: { kind: 'gradient', mode: 'svi', inner: { steps: 1, rate: 0.2 }, batchSize: 40, epochs, optimizer: { adam: { learningRate: 0.02 } } },
  })
  const [whole, part] = [await train(wine, spec(60)), await train(wine, spec(30))]
  const resumed = await train(wine, spec(60), { runFolder: part.runFolder, resume: true })
  expect(resumed.finished().metrics).toEqual(whole.finished().metrics)
  expect(resumed.series('train/elbo')).toEqual(whole.series('train/elbo').slice(30))
  // A step of a fifth from the prior is far from the posterior of a row that was never seen; sixty of them are not.
  const gaps = async (of: 'train' | 'test'): Promise<number> => {
    const question = { kind: 'gaps' as const, options: gapsOptionsSchema.parse({ samples: 200, rows: 50, part: of }) }
    const answer = await whole.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset: wine.dataset, datasetFolder: wine.folder, threads: 1 })
    return answer.kind === 'gaps' ? answer.gaps.amortizationGap.value : NaN
  }
  const [known, unseen] = [await gaps('train'), await gaps('test')]
  expect(Math.abs(known)).toBeLessThan(0.02)
  expect(unseen).toBeGreaterThan(1)
}, 120_000)

it('with a small encoder, ascent from what it gives leaves less to gain than the encoder alone', async () => {
  const digits = await storeDataset('digits', {}, [0, 16])
  const fit = (mode: string): Promise<Trained> =>
    train(digits, {
      preprocess: ['scale'],
      model: { kind: 'vae', latent: 4, encoder: { mlp: [8] }, decoder: { mlp: [32] } },
      inference: { kind: 'gradient', mode, inner: { steps: 5 }, batchSize: 128, epochs: 10 },
    })
  const [alone, ascending] = [await gapsOf(await fit('amortized'), digits, 60), await gapsOf(await fit('semi-amortized'), digits, 60)]
  expect(ascending.amortizationGap.value).toBeLessThan(0.5 * alone.amortizationGap.value)
}, 300_000)

it('modes that a model has no use for are refused in words', async () => {
  const { dataset } = await storeDataset('digits', {}, [0, 16])
  const check = (model: object, mode: string) =>
    checkSpecAgainstData(runSpecSchema.parse({ dataset: 'digits', preprocess: ['scale'], model, inference: { kind: 'gradient', mode } }), dataset)
  expect(check({ kind: 'autoencoder' }, 'svi')).toMatchObject([{ path: 'inference.mode', error: { code: 'vae/mode-needs-vae' } }])
  expect(check({ kind: 'vae', posterior: { planar: {} } }, 'semi-amortized')).toMatchObject([{ error: { code: 'vae/mode-needs-diagonal' } }])
  expect(check({ kind: 'vae', prior: { vamp: {} } }, 'svi')).toMatchObject([{ error: { code: 'vae/vamp-needs-encoder' } }])
  expect(check({ kind: 'vae' }, 'svi')).toEqual([])
})
