import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runSpecSchema, type RunSpec } from '@shared/domain/spec'
import { methodsParagraph } from './methods'
import { sweepParagraph } from './sweep-in-words'

const folder = resolve('resources/experiments')
const specs = readdirSync(folder).flatMap((file): [string, RunSpec][] => {
  const { runs = [] } = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as { runs?: { spec: unknown }[] }
  return runs.map(({ spec }, index): [string, RunSpec] => [`${file} ${index}`, runSpecSchema.parse(spec)])
})
const said = (spec: RunSpec, language: 'en' | 'zh', more: Partial<Parameters<typeof methodsParagraph>[0]> = {}): string =>
  methodsParagraph({ spec, dataset: null, datasetName: 'D', seeds: [1, 2], estimators: [{ estimator: 'importance', samples: 5000 }], device: 'cpu', runtime: 'onnx', ...more }, language)

describe('the Methods paragraph', () => {
  it.each(specs)('of %s names no setting as the specification spells it', (_, spec) => {
    expect(said(spec, 'en')).not.toMatch(/\b[a-z]+[A-Z]|\b[a-z]+-(em|mixture|bayes|process|vae)\b|\[object|undefined/)
    const columns = 'likelihood' in spec.model && typeof spec.model.likelihood === 'object' ? Object.values(Object.values(spec.model.likelihood)[0] as object).flat().map(String) : []
    const rest = columns.reduce((text, column) => text.replaceAll(column, ''), said(spec, 'zh'))
    expect((rest.match(/(?<![A-Za-z])[a-z]{4,}/g) ?? []).filter((word) => word !== 'softmax')).toEqual([])
  })
  it('says model, likelihood, objective, optimizer, data, split, seeds, device and estimator with K, in English and in Chinese', () => {
    const spec = runSpecSchema.parse({
      ...{ dataset: 'D', split: { train: 0.8, test: 0.2 }, preprocess: ['scale', { binarize: 'stochastic' }], seed: 1 },
      ...{ model: { kind: 'vae', latent: 8, encoder: { mlp: [64, 128] }, decoder: { mlp: [128, 64] }, likelihood: 'bernoulli' } },
      inference: { kind: 'gradient', batchSize: 64, epochs: 40, optimizer: { adam: { learningRate: 0.002 } } },
    })
    const dataset = { name: 'D', rows: 1797, shape: [1797, 8, 8] }
    const english = said(spec, 'en', { dataset })
    for (const part of [
      'A variational autoencoder (latent dimensions 8, encoder (hidden layers 64, 128, activation ReLU)',
      'was fitted to D (1797 rows, 8 × 8 features) by stochastic gradients',
      '80 % for training, 20 % for testing (split seed 0); preprocessing, fitted on the training rows only: scale to a range, then binarize (stochastic)',
      'The likelihood is Bernoulli.',
      'climbed by Adam (learning rate 0.002,',
      'for at most 40 epochs in batches of 64 rows',
      'Seeds: 1, 2.',
      'Computed on CPU by ONNX Runtime.',
      'log p(x) was estimated by importance sampling (K = 5000).',
    ]) expect(english).toContain(part)
    expect(said(spec, 'zh', { dataset })).toMatch(/变分自编码器（隐变量维数 8，编码器（隐藏层 64、128，激活函数 ReLU）.*训练 80 %，测试 20 %.*似然为伯努利。目标函数为 证据下界.*Adam（学习率 0\.002.*随机种子：1、2。.*重要性采样（K = 5000）。$/)
  })
  it('leaves a given start, which may be a whole table, out', () => {
    const spec = runSpecSchema.parse({ dataset: 'D', model: { kind: 'gaussian-mixture', components: 2 }, inference: { kind: 'em', initialization: 'responsibilities', start: '1,0\n0,1\n' } })
    expect(said(spec, 'en')).toContain('starting point given responsibilities')
    expect(said(spec, 'en')).not.toContain('1,0')
  })
})

describe('the Methods paragraph of a sweep', () => {
  const plan = {
    parameters: { 'inference.optimizer.adam.learningRate': { logUniform: [0.0003, 0.03] }, 'model.encoder.mlp.0': { integer: [4, 32] }, 'model.likelihood': { values: ['bernoulli'] } },
    ...{ constraints: ['model.latent <= 4'], sampler: 'tpe', pruner: { median: { startTrials: 5, warmup: 1, interval: 1 } }, trials: 3, seeds: [1, 2], parallel: 1, seed: 7 },
    objective: [{ metric: 'validation/elbo', direction: 'maximize' }],
  }
  const trials = ['completed', 'completed', 'pruned'].map((status) => ({ status }))
  it('says sampler, space with its scales, constraints, objective, trials, seeds, pruner and the best, in English and in Chinese', () => {
    const english = sweepParagraph({ plan, best: 1 } as never, trials as never, 'en')
    for (const part of [
      'searched by a tree-structured Parzen estimator (TPE) (sampler seed 7)',
      'learning rate (log-uniformly 0.0003 to 0.03), hidden layers [0] (whole numbers 4 to 32), likelihood ({bernoulli})',
      'subject to model.latent <= 4, to maximize validation/elbo: 3 trials, 2 completed, 1 pruned, each with seeds 1, 2.',
      'pruned by the median rule',
      'The best is trial 1.',
    ]) expect(english).toContain(part)
    const chinese = sweepParagraph({ plan, best: 1 } as never, trials as never, 'zh')
    expect(chinese).toMatch(/树形 Parzen 估计器.*学习率（对数均匀，0\.0003 至 0\.03）、隐藏层 \[0\]（整数，4 至 32）.*最大化 validation\/elbo.*共 3 个试验，完成 2 个，剪枝 1 个.*种子为 1、2。.*中位数规则.*最优者为试验 1。/)
  })
})

it('what was drawn by a sweep is told in six digits, and a test part only where there is one', () => {
  const spec = runSpecSchema.parse({ dataset: 'D', model: { kind: 'vae', latent: 2, encoder: { mlp: [8] }, decoder: { mlp: [8] }, likelihood: 'bernoulli' }, inference: { kind: 'gradient', optimizer: { adam: { learningRate: 0.025292547349611594 } } } })
  expect(said(spec, 'en')).toContain('learning rate 0.0252925,')
  const { test: _, ...split } = spec.split
  const own = { ...spec, split } as RunSpec
  const dataset = { name: 'D', rows: 3, shape: [3, 1] }
  expect(said(own, 'en', { dataset: { ...dataset, parts: [] } })).not.toContain('test part')
  expect(said(own, 'en', { dataset: { ...dataset, parts: [{ name: 'test', start: 2, rows: 1 }] } })).toContain('the test part as the dataset has it')
})

it('methods have no article, and settings that say nothing are left out', () => {
  const of = (model: object): string => said(runSpecSchema.parse({ dataset: 'D', model, inference: { kind: 'em' } }), 'en')
  expect(of({ kind: 'factor-analysis', latent: 2 })).toMatch(/^Factor analysis \(latent/)
  expect(of({ kind: 'hmm', states: 2, emissions: 'categorical' })).toMatch(/^A hidden Markov model \(states 2, emissions categorical\) was/)
  expect(of({ kind: 'hmm', states: 2, emissions: 'gaussian' })).toMatch(/covariance full/)
})
