import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { isHeldOut } from '@shared/domain/held-out'
import { type ApplyOutput, type LatentItem, type LatentSummary, type Matrix, type ModelRows, type Neighbours, type ReconstructionErrors, applyOutputSchema } from '@shared/domain/run'
import { type ModelKind, hasLatents, modelKinds } from '@shared/domain/spec'
import { Draws } from '../models/draws'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

/*
 * Every kind of model goes from a fit to its parameters, through every output it has, to samples. What a kind cannot tell it refuses in words.
 */

interface Case {
  data: () => StoredDataset
  model?: object
  inference?: object
  /** Names among its parameters. */
  params: string[]
  outputs: ApplyOutput[]
  metrics: string[]
  /** Columns of a sample; those of the features where nothing is said. A hidden Markov model also tells the state, a regression its coefficients. */
  sampled?: number
}

const stored: Record<string, StoredDataset> = {}
const of = (name: string) => (): StoredDataset => stored[name]!

async function storeText(columns: string[], rows: number, cells: (draws: Draws, row: number) => (number | string)[], options = {}): Promise<StoredDataset> {
  const draws = new Draws({ seed: 3, stream: 'test/every-model' })
  const lines = Array.from({ length: rows }, (_, row) => cells(draws, row).join(','))
  const path = join(mkdtempSync(join(tmpdir(), 'latent-table-')), 'table.csv')
  writeFileSync(path, `${columns.join(',')}\n${lines.join('\n')}\n`)
  return storeDataset(path, options)
}

beforeAll(async () => {
  stored['faithful'] = await storeDataset('faithful.csv')
  stored['iris'] = await storeDataset('iris.csv', { label: 'target' })
  stored['mixed'] = await storeDataset(resolve('src-main/worker/fixture-mixed.csv'), { categorical: ['town'] })
  stored['binary'] = await storeText(['a', 'b', 'c'], 90, (draws, row) => [0, 1, 2].map(() => (draws.uniform() < (row % 2 ? 0.8 : 0.2) ? 1 : 0)))
  stored['codes'] = await storeText(['a', 'b', 'c'], 90, (draws, row) => [0, 1, 2].map(() => draws.index(row % 2 ? [5, 1, 1] : [1, 2, 5])))
  stored['counts'] = await storeText(['a', 'b', 'c', 'd'], 60, (draws, row) => [0, 1, 2, 3].map((at) => Math.round(draws.gamma((row + at) % 2 ? 9 : 1.5)) + 1))
  stored['two'] = await storeText(['x', 'y', 'class'], 80, (draws, row) => [draws.normal() + (row % 2), draws.normal(), row % 2 ? 'up' : 'down'], { label: 'class' })
})

const ofMixture: ApplyOutput[] = ['responsibilities', 'assignments', 'logDensity']
const criteria = ['train/logLikelihood', 'train/bic', 'train/aic', 'train/icl']
const em = { kind: 'em', restarts: 2, maxIterations: 200 }
const gradient = { kind: 'gradient', epochs: 2, batchSize: 32 }
const networks = { latent: 2, encoder: { mlp: [8] }, decoder: { mlp: [8] }, likelihood: { gaussian: {} } }

const cases: Record<ModelKind, Case> = {
  'gaussian-mixture': { data: of('faithful'), params: ['weights', 'means', 'covariances'], outputs: [...ofMixture, 'impute', 'conditional'], metrics: criteria },
  'student-t-mixture': { data: of('faithful'), params: ['weights', 'means', 'degreesOfFreedom'], outputs: ofMixture, metrics: criteria },
  'bernoulli-mixture': { data: of('binary'), params: ['weights', 'probabilities'], outputs: [...ofMixture, 'impute', 'conditional'], metrics: criteria },
  'categorical-mixture': { data: of('codes'), params: ['weights', 'probabilities'], outputs: [...ofMixture, 'impute', 'conditional'], metrics: criteria },
  'poisson-mixture': { data: of('counts'), params: ['weights', 'rates'], outputs: [...ofMixture, 'impute', 'conditional'], metrics: criteria },
  'mixed-mixture': { data: of('mixed'), params: ['weights', 'columns'], outputs: [...ofMixture, 'impute', 'conditional'], metrics: criteria },
  // Its softness makes it a density; in the limit there is none.
  'k-means': { data: of('faithful'), model: { softness: 0.5 }, params: ['centres'], outputs: ofMixture, metrics: criteria },
  'bayes-classifier': { data: of('iris'), params: ['weights', 'means', 'covariances', 'classes'], outputs: ofMixture, metrics: ['train/logLikelihood', 'train/bic', 'train/aic', 'train/accuracy'] },
  'bayesian-gaussian-mixture': { data: of('faithful'), inference: { kind: 'variational-bayes' }, params: ['weights', 'means', 'covariances'], outputs: [...ofMixture, 'conditional'], metrics: ['train/lowerBound'] },
  ppca: { data: of('iris'), inference: { kind: 'closed-form' }, params: ['mean', 'loadings', 'noiseVariance'], outputs: ['encode', 'reconstruct', 'logDensity', 'impute'], metrics: ['train/logLikelihood', 'train/bic', 'train/aic'] },
  'factor-analysis': { data: of('iris'), model: { latent: 1 }, params: ['mean', 'loadings', 'uniquenesses'], outputs: ['encode', 'reconstruct', 'logDensity', 'impute'], metrics: ['train/logLikelihood', 'train/bic', 'train/aic'] },
  'mixture-of-factor-analyzers': { data: of('iris'), model: { components: 2 }, params: ['weights', 'means', 'loadings', 'uniquenesses'], outputs: [...ofMixture, 'encode', 'reconstruct', 'impute', 'conditional'], metrics: criteria },
  hmm: { data: of('counts'), model: { emissions: 'poisson' }, params: ['initial', 'transitions', 'rates'], outputs: ofMixture, metrics: criteria, sampled: 5 },
  plsa: { data: of('counts'), model: { topics: 2 }, params: ['topics', 'documents', 'weights'], outputs: ['encode', 'responsibilities', 'assignments', 'logDensity', 'reconstruct'], metrics: ['train/logLikelihood', 'train/bic', 'train/aic'] },
  lda: { data: of('counts'), model: { topics: 2 }, inference: { kind: 'variational-bayes' }, params: ['topics', 'documents', 'weights'], outputs: ['encode', 'responsibilities', 'assignments', 'logDensity', 'reconstruct'], metrics: ['train/lowerBound'] },
  clutter: { data: of('faithful'), inference: { kind: 'expectation-propagation' }, params: ['mean', 'variance'], outputs: ofMixture, metrics: ['train/logEvidence'] },
  'probit-regression': { data: of('two'), inference: { kind: 'expectation-propagation' }, params: ['coefficients', 'covariance'], outputs: ofMixture, metrics: ['train/logEvidence'], sampled: 3 },
  autoencoder: { data: of('iris'), model: networks, inference: gradient, params: [], outputs: ['encode', 'reconstruct'], metrics: [] },
  'categorical-vae': { data: of('iris'), model: { variables: 2, categories: 3, encoder: { mlp: [8] }, decoder: { mlp: [8] }, likelihood: { gaussian: {} } }, inference: gradient, params: [], outputs: ['encode', 'reconstruct'], metrics: ['train/elbo'] },
  'semi-supervised-vae': { data: of('iris'), model: { ...networks, labelled: 9 }, inference: gradient, params: [], outputs: ['encode', 'reconstruct', 'responsibilities', 'assignments'], metrics: ['train/elbo', 'train/labelFit'] },
  'vq-vae': { data: of('iris'), model: { variables: 2, entries: 8, encoder: { mlp: [8] }, decoder: { mlp: [8] }, likelihood: { gaussian: {} } }, inference: gradient, params: ['codebook/counts', 'prior/counts'], outputs: ['encode', 'reconstruct'], metrics: ['train/reconstruction', 'train/codePerplexity', 'train/deadCodes'] },
  vae: { data: of('iris'), model: networks, inference: gradient, params: [], outputs: ['encode', 'reconstruct'], metrics: ['train/elbo'] },
}

describe.each(modelKinds)('%s', (kind) => {
  const { data, model = {}, inference = em, params, outputs, metrics, sampled } = cases[kind]
  let run: Trained
  beforeAll(async () => {
    run = await train(data(), { model: { kind, ...model }, inference })
  })

  it('ends with its figures', () => {
    const found = run.finished().metrics
    for (const metric of metrics) expect(found[metric], metric).toEqual(expect.any(Number))
    if (metrics.includes('train/icl')) expect(found['train/icl']!).toBeLessThanOrEqual(found['train/bic']! + 1e-9)
  })

  it('tells of every figure of log p(x) of held-out rows how it was estimated, and how far it is known', async () => {
    const short = inference === em ? { ...inference, maxIterations: 3 } : inference
    const { metrics: figures, heldOut = {} } = (await train(data(), { model: { kind, ...model }, inference: short, split: { train: 0.7, validation: 0, test: 0.3 } })).finished()
    const told = Object.keys(figures).filter(isHeldOut)
    expect(Object.keys(heldOut).sort()).toEqual(told.sort())
    if (metrics.some((name) => isHeldOut(name.replace('train/', 'test/')))) expect(told).not.toEqual([])
    for (const [key, known] of Object.entries(heldOut)) {
      expect(known.rows, key).toBeGreaterThan(1)
      expect(known.rowStandardError, key).toBeGreaterThan(0)
      expect(known.samples === null ? known.standardError : known.samples, key).toBe(known.samples ?? 0)
    }
  })

  it('tells its parameters by name', async () => {
    const found = await run.inspect<Record<string, unknown>>({ kind: 'params' })
    expect(Object.keys(found)).toEqual(expect.arrayContaining(params))
  })

  it.each(applyOutputSchema.options)('%s: one row per row of the data, or a refusal in words', async (output) => {
    const { dataset, folder } = data()
    const given = output === 'conditional' ? { given: [dataset.columns[0]!.name] } : {}
    const asked = run.inspect<Matrix>({ kind: 'apply', output, ...given, dataset, datasetFolder: folder })
    if (!outputs.includes(output)) return expect(asked).rejects.toThrow(kind)
    const { rows, columns, values } = await asked
    expect(rows).toBe(dataset.rows)
    expect(values).toHaveLength(rows * columns.length)
    expect(values.every(Number.isFinite)).toBe(true)
    if (output === 'responsibilities') {
      for (let row = 0; row < rows; row += 1) {
        const total = values.subarray(row * columns.length, (row + 1) * columns.length).reduce((sum, value) => sum + value, 0)
        expect(total).toBeCloseTo(1, 8)
      }
    }
  })

  it('shows its rows on a map, or says that it has no latent to show', async () => {
    if (!hasLatents(kind)) return expect(run.inspect({ kind: 'latents' })).rejects.toThrow(kind)
    const found = await run.inspect<LatentSummary>({ kind: 'latents' })
    const shown = found.rowIndex.length
    expect(shown).toBe(data().dataset.rows)
    expect(found.latentMeans).toHaveLength(shown * found.latent)
    for (const told of [found.mean, found.standardDeviation, found.active, found.axisNames]) expect(told).toHaveLength(found.latent)
    if (found.components) {
      const { names, probabilities } = found.components
      for (let row = 0; row < shown; row += 1) {
        expect(probabilities.subarray(row * names.length, (row + 1) * names.length).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4)
      }
    }
    const item = await run.inspect<LatentItem>({ kind: 'item', row: 3 })
    const [{ values }, near, { errors }] = [
      await run.inspect<ModelRows>({ kind: 'modelRows', rows: [3] }),
      await run.inspect<Neighbours>({ kind: 'neighbours', of: { row: 3 }, count: 4 }),
      await run.inspect<ReconstructionErrors>({ kind: 'reconstructionErrors' }),
    ]
    expect(values).toEqual(item.input)
    expect(near.rows).toHaveLength(4)
    expect([...near.rows]).not.toContain(3)
    expect(errors).toHaveLength(shown)
    const own = item.reconstruction.reduce((sum, value, at) => sum + (value - item.input[at]!) ** 2, 0) / found.features
    expect(errors[3]).toBeCloseTo(own, 4)
    if (found.decodes) {
      const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'decode', latent: [found.mean] })
      expect(rows.values).toHaveLength(found.features)
    }
    await expect(run.inspect({ kind: 'item', row: data().dataset.rows })).rejects.toThrow(String(data().dataset.rows))
  })

  it('draws samples, the same ones from the same seed', async () => {
    const draw = (seed: number): Promise<{ rows: Matrix }> => run.inspect({ kind: 'sample', count: 5, seed })
    const [first, again, other] = [(await draw(1)).rows, (await draw(1)).rows, (await draw(2)).rows]
    const features = data().dataset.columns.filter(({ role }) => role === 'feature').length
    expect([first.rows, first.columns.length]).toEqual([5, sampled ?? features])
    expect(first.values.every(Number.isFinite)).toBe(true)
    expect(first.values).toEqual(again.values)
    expect(first.values).not.toEqual(other.values)
  })
})
