import { expect, test } from 'vitest'
import { sentence } from '../messages/messages'
import { editDistance, nearest } from './nearest'
import { resolveSpec } from './resolve-spec'
import { modelKinds } from './spec'

const mixture = { dataset: 'faithful', model: { kind: 'gaussian-mixture' } }
const vae = { dataset: 'digits', model: { kind: 'vae' } }

test('two lines are a whole specification: every default is filled in, inference by the kind of model', () => {
  expect(resolveSpec(mixture)).toMatchObject({
    issues: [],
    spec: { inference: { kind: 'em', restarts: 10 }, model: { components: 3, covariance: 'full' }, split: { train: 1 }, seed: 1 },
  })
  expect(resolveSpec({ ...vae, inference: { epochs: 3 } })).toMatchObject({ issues: [], spec: { inference: { kind: 'gradient', epochs: 3, batchSize: 128 } } })
})

test.each([
  [5, '', 'A specification is a group of fields such as dataset and model, not 5.'],
  [{ ...mixture, dataset: undefined }, 'dataset', 'dataset is missing and has no default; give it a value.'],
  [{ dataset: 'x' }, 'model', 'model is missing and has no default; give it a value.'],
  [{ dataset: 'x', model: {} }, 'model.kind', 'model.kind is missing and has no default; give it a value.'],
  [{ dataset: 'x', model: { kind: 'gmm' } }, 'model.kind', `model.kind must be one of ${modelKinds.join(', ')}, not "gmm".`],
  [{ ...mixture, seed: 'one' }, 'seed', 'seed must be a whole number, not "one".'],
  [{ ...mixture, seed: 1.5 }, 'seed', 'seed must be a whole number, not 1.5.'],
  [{ ...mixture, seed: -1 }, 'seed', 'seed must be at least 0, not -1.'],
  [{ ...mixture, modell: 1 }, 'modell', 'modell is not a field of the specification. Did you mean model?'],
  [{ ...mixture, components: 3 }, 'components', 'components is not a field of the specification. Did you mean model.components?'],
  [{ ...mixture, sweep: {} }, 'sweep', /describes many runs, not one/],
  [{ ...mixture, zzzz: 3 }, 'zzzz', /^zzzz is not a field of the specification\. Fields there: name, dataset, split, /],
  [
    { ...mixture, model: { kind: 'gaussian-mixture', componets: 2 } },
    'model.componets',
    'model.componets is not a field of the specification. Did you mean model.components?',
  ],
  [{ ...mixture, model: { kind: 'gaussian-mixture', components: 0 } }, 'model.components', 'model.components must be at least 1, not 0.'],
  [{ ...mixture, model: { kind: 'gaussian-mixture', components: 'many' } }, 'model.components', 'model.components must be a whole number, not "many".'],
  [{ ...mixture, model: { kind: 'gaussian-mixture', covariance: 'ful' } }, 'model.covariance', 'model.covariance must be one of full, tied, diagonal, spherical, EII, VII, EEI, VEI, EVI, VVI, EEE, VEE, EVE, VVE, EEV, VEV, EVV, VVV, not "ful".'],
  [{ ...mixture, inference: { kind: 'gradient' } }, 'inference.kind', 'model.kind gaussian-mixture is fitted by inference.kind em, hard-em, annealed-em, generalized-em, monte-carlo-em, online-em, not gradient.'],
  [{ ...mixture, inference: { kind: 'em', learningRate: 1 } }, 'inference.learningRate', /Did you mean inference\.optimizer\.adam\.learningRate\?/],
  [{ ...mixture, inference: 'em' }, 'inference', 'inference must be a group of fields, not "em".'],
  [{ ...mixture, split: { train: 0.9, validation: 0.2 } }, 'split', /^split: the fractions of train, validation and test add up to 1\.1, not to 1\./],
  [{ ...mixture, preprocess: 'standardize' }, 'preprocess', 'preprocess must be a list, not "standardize".'],
  [{ ...mixture, preprocess: ['standardise'] }, 'preprocess.0', 'preprocess.0 must be one of standardize, dequantize, scale, {scale: …}, log, {log: …}, one-hot, whiten, {pca: …}, {binarize: …}, not "standardise".'],
  [{ ...mixture, preprocess: [{ scale: { to: [0, 'x'] } }] }, 'preprocess.0.scale.to.1', 'preprocess.0.scale.to.1 must be a number, not "x".'],
  [{ ...mixture, preprocess: [{ binarize: 'sometimes' }] }, 'preprocess.0.binarize', /must be one of stochastic, \{threshold: …\}, not "sometimes"\.$/],
  [{ ...vae, model: { kind: 'vae', likelihood: 'poisson' } }, 'model.likelihood', 'model.likelihood must be one of bernoulli, {gaussian: …}, {studentT: …}, {categorical: …}, {discretizedLogistic: …}, {mixed: …}, not "poisson".'],
  [{ ...vae, model: { kind: 'vae', likelihood: { gaussian: { variance: -1 } } } }, 'model.likelihood.gaussian.variance', /variance must be (one of shared, learned, a number|greater than 0), not -1\.$/],
  [{ ...vae, model: { kind: 'vae', encoder: { mlp: [0] } } }, 'model.encoder.mlp.0', 'model.encoder.mlp.0 must be at least 1, not 0.'],
  [{ ...vae, inference: { optimizer: { adam: { learningRate: 0 } } } }, 'inference.optimizer.adam.learningRate', 'inference.optimizer.adam.learningRate must be greater than 0, not 0.'],
  [{ ...vae, inference: { objective: {} } }, 'inference.objective.elbo', 'inference.objective.elbo is missing and has no default; give it a value.'],
])('%j: the field and one sentence', (input, path, message) => {
  const { spec, issues } = resolveSpec(input)
  expect(spec).toBeNull()
  expect(issues[0]).toMatchObject({ path, message: typeof message === 'string' ? message : expect.stringMatching(message) })
  for (const { code, details } of issues) {
    expect(sentence(code, details, 'zh')).toMatch(/[\u4e00-\u9fff]/)
    for (const language of ['en', 'zh'] as const) expect(sentence(code, details, language)).not.toMatch(/\{\w+\}/)
  }
})

test('several faults are all named, in the language that is asked for', () => {
  const { issues } = resolveSpec({ ...mixture, seed: 'x', thread: 2 })
  expect(issues.map((issue) => issue.path).sort()).toEqual(['seed', 'thread'])
  expect(sentence('spec/invalid', { problems: issues }, 'zh')).toMatch(/^实验规格无效：.*seed 应是整数.*threads/s)
})

test('a slip of the hand is found, another word is not', () => {
  expect(nearest('compnents', ['components', 'covariance'])).toBe('components')
  expect(nearest('sede', ['seed', 'split'])).toBe('seed')
  expect(nearest('epochs', ['restarts', 'tolerance'])).toBeUndefined()
  expect([editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('ab', 'ba')]).toEqual([3, 3, 1])
})
