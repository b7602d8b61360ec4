import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let iris: StoredDataset
let wine: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
  wine = await storeDataset('wine.csv', { label: 'target' })
})
const classifier = (covariance: string, components = 1): object => ({
  model: { kind: 'bayes-classifier', covariance, components, regularization: 0 },
  inference: { kind: 'em' },
})

describe('a Bayes classifier', () => {
  // SciPy: multivariate_normal.logpdf of each class with its maximum-likelihood covariance (pooled; diagonal), and class frequencies;
  // scikit-learn's GaussianNB(var_smoothing=0) has the accuracies of the diagonal rows.
  it.each([
    ['iris', 'full', 0.980000000000, 0.036364709],
    ['iris', 'tied', 0.980000000000, 0.043717060],
    ['iris', 'diagonal', 0.960000000000, 0.111248822],
    ['wine', 'full', 0.994382022472, 0.006330882],
    ['wine', 'tied', 1.000000000000, 0.004562645],
    ['wine', 'diagonal', 0.988764044944, 0.051321233],
  ] as const)('has the accuracy and log loss that the formula gives: %s, %s', async (name, covariance, accuracy, loss) => {
    const run = await train(name === 'iris' ? iris : wine, classifier(covariance))
    const { metrics } = run.finished()
    expect(metrics['train/accuracy']).toBeCloseTo(accuracy, 9)
    expect(metrics['train/logLoss']).toBeCloseTo(loss, 6)
  })

  it('gives probabilities of classes that add up to 1, and decides for the largest', async () => {
    const run = await train(iris, classifier('full', 2))
    const at = { dataset: iris.dataset, datasetFolder: iris.folder }
    const told = await run.inspect<Matrix>({ kind: 'apply', output: 'responsibilities', ...at })
    const decided = await run.inspect<Matrix>({ kind: 'apply', output: 'assignments', ...at })
    expect(told.columns).toEqual(iris.dataset.classes)
    for (let row = 0; row < 150; row += 1) {
      const own = told.values.subarray(row * 3, row * 3 + 3)
      expect(own[0]! + own[1]! + own[2]!).toBeCloseTo(1, 12)
      expect(own[decided.values[row]!]).toBe(Math.max(...own))
    }
    const right = decided.values.filter((code, row) => code === Math.floor(row / 50)).length
    expect(right / 150).toBeCloseTo(run.finished().metrics['train/accuracy']!, 12)
  })

  it('judges held-out rows', async () => {
    const run = await train(wine, { ...classifier('tied'), split: { train: 0.7, test: 0.3 } })
    expect(run.finished().metrics['test/accuracy']).toBeGreaterThan(0.9)
  })

  it('says that it needs classes', async () => {
    const run = await train(await storeDataset('faithful.csv'), classifier('full'))
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'classifier/no-labels' } })
  })
})
