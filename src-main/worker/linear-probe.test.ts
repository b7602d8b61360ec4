import { expect, it } from 'vitest'
import type { LinearProbeResult } from '@shared/domain/linear-probe'
import { openDatasetArrays } from '../files/dataset-arrays'
import { fitLinearProbe } from '../inference/linear-probe'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { storeDataset, train } from './training-fixture'

it('a linear probe is the logistic regression of scikit-learn', async () => {
  const iris = await storeDataset('iris.csv', { label: 'target' })
  const { features, labels } = openDatasetArrays(iris.folder, iris.dataset)
  const part = { codes: features as Float64Array, labels: labels! }
  const probe = await fitLinearProbe(createOnnxRuntime({ threads: 1 }), part, { columns: 4, classes: 3 })
  expect(probe.converged).toBe(true)
  // scikit-learn 1.9.1: LogisticRegression(C=1, tol=1e-12, max_iter=10000) on iris standardized with the population's deviation
  const { accuracy, crossEntropy } = probe.score(part)
  expect(accuracy).toBeCloseTo(0.9733333333333334, 12)
  expect(crossEntropy).toBeCloseTo(0.12954226886618309, 6)
})

const digitsVae = (split: object): object => ({
  split,
  preprocess: ['scale'],
  model: { kind: 'vae', latent: 8, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood: 'bernoulli' },
  inference: { kind: 'gradient', batchSize: 64, epochs: 8 },
})

it('the codes of a VAE tell the digits apart, far better than the largest class, on rows it was not fitted to', async () => {
  const digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', {}, [0, 16])
  const run = await train(digits, digitsVae({ train: 0.8, test: 0.2 }))
  const { classes, parts, converged } = await run.inspect<LinearProbeResult>({ kind: 'linearProbe' })
  expect(converged).toBe(true)
  expect(classes).toBe(10)
  expect(parts.map(({ part }) => part)).toEqual(['train', 'test'])
  const test = parts.find(({ part }) => part === 'test')!
  expect(test.rows).toBe(360)
  expect(test.accuracy).toBeGreaterThan(test.largestClass + 0.5)
})

it('a probe without labels is refused', async () => {
  const faithful = await storeDataset('faithful.csv')
  const run = await train(faithful, {
    preprocess: ['standardize'],
    model: { kind: 'vae', latent: 1, encoder: { mlp: [4] }, decoder: { mlp: [4] }, likelihood: { gaussian: {} } },
    inference: { kind: 'gradient', batchSize: 64, epochs: 1 },
  })
  await expect(run.inspect({ kind: 'linearProbe' })).rejects.toThrow(/has no label column/)
})
