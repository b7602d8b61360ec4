import { expect, it } from 'vitest'
import { type BenchedEstimator, type BenchedName, type EstimatorBench, estimatorBenchOptionsSchema } from '@shared/domain/estimator-bench'
import type { InquiryAnswer } from '@shared/domain/inquiry'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

async function benchOf(run: Trained, { dataset, folder }: StoredDataset, options: object): Promise<EstimatorBench> {
  const question = { kind: 'estimators' as const, options: estimatorBenchOptionsSchema.parse(options) }
  const answer = await run.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset, datasetFolder: folder, threads: 1 })
  if (answer.kind !== 'estimators') throw new Error('another answer')
  return answer.bench
}
const named = ({ estimators }: EstimatorBench, name: BenchedName): BenchedEstimator => estimators.find((one) => one.name === name)!
/** Less by more than three standard errors of both. */
const below = (less: BenchedEstimator, more: BenchedEstimator): void =>
  expect(more.variance - less.variance, `${less.name} below ${more.name}`).toBeGreaterThan(3 * Math.hypot(less.varianceError, more.varianceError))

it('on a sigmoid belief net unbiased estimators meet the enumerated gradient within 4 standard errors, biased ones do not, and variances are ordered', async () => {
  const digits = await storeDataset('digits', {}, [0, 16])
  const run = await train(digits, {
    preprocess: ['scale', { binarize: { threshold: 0.5 } }],
    model: { kind: 'categorical-vae', variables: 5, categories: 2, encoder: { mlp: [16] }, decoder: { mlp: [] }, estimator: 'enumeration' },
    inference: { kind: 'gradient', batchSize: 128, epochs: 3, optimizer: { adam: { learningRate: 0.01 } } },
  })
  const bench = await benchOf(run, digits, { replicates: 20000, rows: 3, temperatures: [1, 0.3] })
  expect(bench).toMatchObject({ codes: 32, rows: 3, referenceDraws: null })
  for (const name of ['enumeration', 'none', 'running', 'learned', 'leaveOneOut', 'vimco'] as const) {
    const one = named(bench, name)
    expect(one.biased).toBe(false)
    expect(one.farthest, name).toBeLessThan(4)
    expect(one.distance, name).toBeLessThanOrEqual(1.6 * one.chance!)
  }
  const [warm, cold] = bench.estimators.filter(({ name }) => name === 'gumbelSoftmax') as [BenchedEstimator, BenchedEstimator]
  for (const one of [warm, cold, named(bench, 'straightThrough')]) {
    expect(one.biased).toBe(true)
    expect(one.farthest, one.name).toBeGreaterThan(6)
  }
  expect(warm.distance).toBeGreaterThan(cold.distance!)
  below(named(bench, 'enumeration'), warm)
  below(warm, cold)
  below(named(bench, 'leaveOneOut'), named(bench, 'running'))
  below(named(bench, 'running'), named(bench, 'none'))
  below(named(bench, 'learned'), named(bench, 'none'))
  expect(named(bench, 'vimco')).toMatchObject({ target: 'iwae', samples: 2 })
  expect(bench.verdict.map(({ code }) => code)).toEqual(['estimators/spread', 'estimators/biased'])
}, 120_000)

it('on a VAE with a Gaussian q reparameterization scatters least, and score functions have the same mean', async () => {
  const iris = await storeDataset('iris.csv', { label: 'target' })
  const run = await train(iris, {
    preprocess: ['standardize'],
    model: { kind: 'vae', latent: 2, encoder: { mlp: [16] }, decoder: { mlp: [16] }, likelihood: { gaussian: { variance: 'shared' } } },
    inference: { kind: 'gradient', batchSize: 50, epochs: 30 },
  })
  const bench = await benchOf(run, iris, { replicates: 4000, rows: 2 })
  expect(bench).toMatchObject({ codes: null, referenceDraws: 320000 })
  for (const one of bench.estimators) expect(one.farthest, one.name).toBeLessThan(4)
  below(named(bench, 'reparameterization'), named(bench, 'leaveOneOut'))
  below(named(bench, 'leaveOneOut'), named(bench, 'none'))
  expect(bench.verdict.map(({ code }) => code)).toEqual(['estimators/spread', 'estimators/none-biased'])
}, 120_000)

it('other models and too many codes are refused in words', async () => {
  const iris = await storeDataset('iris.csv', { label: 'target' })
  const quick = { kind: 'gradient', batchSize: 50, epochs: 1 }
  const flow = await train(iris, { preprocess: ['standardize'], model: { kind: 'vae', latent: 2, posterior: { planar: {} }, likelihood: { gaussian: {} } }, inference: quick })
  await expect(benchOf(flow, iris, {})).rejects.toThrow('Gaussian q')
  const many = await train(iris, { preprocess: ['standardize'], model: { kind: 'categorical-vae', variables: 10, categories: 4, likelihood: { gaussian: {} } }, inference: quick })
  await expect(benchOf(many, iris, {})).rejects.toThrow('4^10')
})
