import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Evidence, evidenceOptionsSchema } from '@shared/domain/evidence'
import type { InquiryAnswer } from '@shared/domain/inquiry'
import type { LatentItem, LatentSummary, Matrix } from '@shared/domain/run'
import type { FromWorker } from '@shared/domain/worker-protocol'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

/* Relatives of the VAE from a fit to what they are looked into by: each goes on bitwise, draws, is exported, and has its bound below log p(x). */

let digits: StoredDataset
beforeAll(async () => {
  digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', { labels: 'resources/datasets/digits/digits-labels-idx1-ubyte.gz' }, [0, 16])
})

const networks = { encoder: { mlp: [32] }, decoder: { mlp: [32] } }
const points = (messages: FromWorker[]) => messages.flatMap((message) => (message.kind === 'metrics' ? message.points : []))
const specOf = (model: object, epochs: number, inference: object = {}): object => ({
  split: { train: 0.8, test: 0.2 },
  preprocess: ['scale', { binarize: 'stochastic' }],
  model: { ...networks, ...model },
  inference: { kind: 'gradient', batchSize: 64, epochs, ...inference },
})

async function evidenceOf(run: Trained, options: object): Promise<Evidence> {
  const question = { kind: 'evidence' as const, options: evidenceOptionsSchema.parse({ rows: 40, samples: 300, ...options }) }
  const answer = await run.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset: digits.dataset, datasetFolder: digits.folder, threads: 1 })
  if (answer.kind !== 'evidence') throw new Error('another answer')
  return answer.evidence
}

interface Case {
  model: object
  inference?: object
  /** Figures of every part, or of training alone. */
  metrics: string[]
  estimator?: object
}
const cases: Record<string, Case> = {
  'a hierarchy that goes up': { model: { kind: 'vae', latent: 6, hierarchy: { bottomUp: { above: [3, 2] } } }, metrics: ['test/elbo', 'test/layerKl[1]', 'test/layerKl[3]', 'train/layerKl[2]'] },
  'a ladder': { model: { kind: 'vae', latent: 6, hierarchy: { ladder: { above: [3] } } }, metrics: ['test/elbo', 'test/layerKl[2]', 'train/layerKl[1]'] },
  'a ladder with IWAE': { model: { kind: 'vae', latent: 6, hierarchy: { ladder: { above: [3] } } }, inference: { objective: { iwae: { samples: 3 } } }, metrics: ['test/iwae'] },
  'one that is told the class': { model: { kind: 'vae', latent: 4, condition: 'labels' }, metrics: ['test/elbo'] },
  'a hierarchy that is told the class': { model: { kind: 'vae', latent: 4, condition: 'labels', hierarchy: { ladder: {} } }, metrics: ['test/elbo'] },
  'convolutions that are told the class': {
    model: { kind: 'vae', latent: 4, condition: 'labels', encoder: { channels: [4, 8], mlp: [16] }, decoder: { channels: [4, 8], mlp: [16] } },
    metrics: ['test/elbo'],
  },
  'an ascent of each row': { model: { kind: 'vae', latent: 3 }, inference: { mode: 'svi', inner: { steps: 3 } }, metrics: ['test/elbo'] },
  'categorical codes, few': { model: { kind: 'categorical-vae', variables: 2, categories: 6, estimator: 'enumeration' }, metrics: ['test/elbo'], estimator: { estimator: 'exact' } },
  'categorical codes, many': { model: { kind: 'categorical-vae', variables: 6, categories: 8 }, metrics: ['test/elbo'] },
  'a codebook of means': { model: { kind: 'vq-vae', variables: 4, entries: 16 }, metrics: ['test/elbo', 'test/deadCodes', 'train/codePerplexity', 'train/commitment'] },
  'a codebook by gradients, few codes': { model: { kind: 'vq-vae', variables: 2, entries: 12, codebook: { gradient: {} } }, metrics: ['test/codePerplexity'], estimator: { estimator: 'exact' } },
  'M1 + M2': {
    model: { kind: 'semi-supervised-vae', latent: 4, labelled: 50, below: { vae: { latent: 6, epochs: 2, ...networks } } },
    metrics: ['test/elbo', 'test/accuracy', 'train/labelFit'],
  },
  M2: { model: { kind: 'semi-supervised-vae', latent: 4, labelled: 50 }, metrics: ['test/elbo', 'test/accuracy'] },
}

describe.each(Object.entries(cases))('%s', (_, { model, inference, metrics, estimator = { estimator: 'importance' } }) => {
  let whole: Trained
  beforeAll(async () => {
    whole = await train(digits, specOf(model, 4, inference))
  })

  it('tells its figures, and the gradient norm of every epoch', () => {
    for (const key of [...metrics, 'train/gradientNorm']) {
      const series = whole.series(key)
      expect([key, series.length]).toEqual([key, 4])
      expect(series.every(Number.isFinite)).toBe(true)
    }
  })

  it('resumed equals the unbroken run, bitwise', async () => {
    const part = await train(digits, specOf(model, 2, inference))
    const resumed = await train(digits, specOf(model, 4, inference), { runFolder: part.runFolder, resume: true })
    expect(points(resumed.messages)).toEqual(points(whole.messages).filter(({ step }) => step > 2))
    expect(resumed.finished().metrics).toEqual(whole.finished().metrics)
  })

  it('draws, encodes and reconstructs, and what it exports computes the same', async () => {
    const { rows } = await whole.inspect<{ rows: Matrix }>({ kind: 'sample', count: 5, seed: 1 })
    expect([...rows.values].every((value) => value >= 0 && value <= 1)).toBe(true)
    const summary = await whole.inspect<LatentSummary>({ kind: 'latents' })
    expect(summary.latentMeans.length).toBe(digits.dataset.rows * summary.latent)
    const item = await whole.inspect<LatentItem>({ kind: 'item', row: 7 })
    const folder = mkdtempSync(join(tmpdir(), 'latent-onnx-'))
    const { out } = await whole.inspect<{ out: string[] }>({ kind: 'export', out: folder })
    expect(out.every(existsSync)).toBe(true)
    const decoder = await ort.InferenceSession.create(join(folder, 'decoder.onnx'))
    const latent = new ort.Tensor('float32', Float32Array.from(item.latentMean), [1, summary.latent])
    const told = summary.condition ? { 'row/condition': new ort.Tensor('float32', Float32Array.from(summary.condition.names, (name) => Number(name === item.label)), [1, 10]) } : {}
    const { mean } = await decoder.run({ latent, ...told })
    item.reconstruction.forEach((value, index) => expect((mean!.data as Float32Array)[index]).toBeCloseTo(value, 5))
  })

  it('has a bound below log p(x)', async () => {
    const found = await evidenceOf(whole, { part: 'test', ...estimator })
    const bound = await evidenceOf(whole, { part: 'test', estimator: 'importance', samples: 1, repeats: 20 })
    expect(bound.logLikelihood!).toBeLessThan(found.logLikelihood! + 3 * (bound.standardError ?? 0) + 1e-6)
    expect(found.logLikelihood!).toBeGreaterThan(-45)
  })
})
