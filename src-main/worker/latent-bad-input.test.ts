import { beforeAll, describe, expect, it } from 'vitest'
import { writeDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let iris: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
})

let tables = 0
async function table(rows: number[][], labelled = false): Promise<StoredDataset> {
  tables += 1
  const folder = `${iris.folder}-${tables}`
  const labels = labelled ? Int32Array.from(rows, (_, row) => row % 2) : null
  await writeDatasetArrays(folder, { features: Float64Array.from(rows.flat()), labels })
  const columns = rows[0]!.map((_, d) => ({ name: `column ${d}`, type: 'real' as const, role: 'feature' as const, missing: 0 }))
  const classes = labelled ? ['a', 'b'] : null
  return { folder, dataset: { ...iris.dataset, rows: rows.length, columns, shape: [rows.length, columns.length], classes } }
}
const wave = (row: number, d: number): number => Math.sin(1.7 * row + 2.3 * d) + (row % 3 === 0 ? 3 : 0)
const rows = (count: number, value: (row: number, d: number) => number): number[][] =>
  Array.from({ length: count }, (_, row) => [0, 1, 2].map((d) => value(row, d)))

const em = { kind: 'em', restarts: 3, maxIterations: 200 }
const models = {
  ppca: { model: { kind: 'ppca', latent: 1 }, inference: { kind: 'closed-form' } },
  'ppca by EM': { model: { kind: 'ppca', latent: 1 }, inference: em },
  'factor analysis': { model: { kind: 'factor-analysis', latent: 1 }, inference: em },
  'mixture of factor analysers': { model: { kind: 'mixture-of-factor-analyzers', components: 2, latent: 1 }, inference: em },
  'Gaussian HMM': { model: { kind: 'hmm', states: 2 }, inference: em },
  'categorical HMM': { model: { kind: 'hmm', states: 2, emissions: 'categorical' }, inference: em },
  'Poisson HMM': { model: { kind: 'hmm', states: 2, emissions: 'poisson' }, inference: em },
  'Bayesian mixture': { model: { kind: 'bayesian-gaussian-mixture', components: 3 }, inference: { kind: 'variational-bayes', restarts: 3 } },
  plsa: { model: { kind: 'plsa', topics: 2 }, inference: em },
  lda: { model: { kind: 'lda', topics: 2 }, inference: { kind: 'variational-bayes', restarts: 3 } },
  clutter: { model: { kind: 'clutter' }, inference: { kind: 'expectation-propagation' } },
  probit: { model: { kind: 'probit-regression' }, inference: { kind: 'expectation-propagation' } },
}

/*
 * scikit-learn 1.2.1 on these: FactorAnalysis and PCA take a constant column and a single row (log-likelihood inf or nan with a warning of
 * division by zero); BayesianGaussianMixture and GaussianMixture fit all rows equal by reg_covar alone, with converged_=True, and raise
 * "ill-defined empirical covariance" at an offset of 1e10 or a scale of 1e-160; LatentDirichletAllocation takes fractions as counts. mclust
 * 6.0 stops with NULL and no reason on equal rows and on single rows. Here every one is either fitted to numbers or refused in a sentence.
 */
describe.each(Object.entries(models))('%s', (_, spec) => {
  it.each([
    ['all rows equal', rows(30, () => 2)],
    ['two points, fifty times each', rows(100, (row, d) => (row % 2) * (d + 1))],
    ['a constant column', rows(40, (row, d) => (d === 1 ? 5 : wave(row, d)))],
    ['collinear columns', rows(40, (row, d) => (d === 2 ? wave(row, 0) + wave(row, 1) : wave(row, d)))],
    ['a single row', rows(1, wave)],
    ['two rows', rows(2, wave)],
    ['an offset of 1e10', rows(60, (row, d) => wave(row, d) + 1e10)],
    ['a scale of 1e-160', rows(60, (row, d) => wave(row, d) * 1e-160)],
    ['a scale of 1e100', rows(60, (row, d) => wave(row, d) * 1e100)],
    ['columns of scales 1e-100 and 1e100', rows(60, (row, d) => wave(row, d) * 10 ** (100 * (d - 1)))],
    ['whole numbers', rows(60, (row, d) => Math.round(4 + wave(row, d)))],
    ['all zeros', rows(20, () => 0)],
  ])('is fitted to numbers or refused in a sentence: %s', async (_name, values) => {
    const stored = await table(values, spec.model.kind === 'probit-regression')
    const run = await train(stored, spec)
    const last = run.messages.at(-1)!
    if (last.kind === 'failed') {
      expect(last.error.code).not.toBe('system/internal')
      return
    }
    const { metrics } = run.finished()
    for (const [key, value] of Object.entries(metrics)) expect([key, Number.isFinite(value)]).toEqual([key, true])
    const fell = run.messages.some((message) => message.kind === 'warning' && message.warning.code === 'em/bound-fell')
    expect(fell).toBe(false)
    const params = JSON.stringify(await run.inspect({ kind: 'params' }))
    expect(params).not.toContain('null')
  })
})
