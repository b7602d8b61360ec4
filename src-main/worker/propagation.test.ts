import { beforeAll, expect, it } from 'vitest'
import type { Propagation } from '@shared/domain/inside'
import type { Matrix } from '@shared/domain/run'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let iris: StoredDataset
let pair: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
  const { features, labels } = openDatasetArrays(iris.folder, iris.dataset)
  const folder = `${iris.folder}-pair`
  await writeDatasetArrays(folder, { features: (features as Float64Array).slice(200), labels: labels!.slice(50).map((label) => label - 1) })
  pair = { folder, dataset: { ...iris.dataset, rows: 100, shape: [100, 4], classes: ['versicolor', 'virginica'] } }
})
const ep = { kind: 'expectation-propagation' }
const standardized = { preprocess: ['standardize'], inference: ep }

it('separates two species by probit regression, and tells how sure it is', async () => {
  const run = await train(pair, { model: { kind: 'probit-regression' }, ...standardized })
  const { converged, metrics } = run.finished()
  expect(converged).toBe(true)
  expect(metrics['train/accuracy']).toBeGreaterThan(0.95)
  expect(run.series('train/change').at(-1)).toBeLessThan(1e-10)
  const { coefficients, coefficientNames } = await run.inspect<{ coefficients: number[]; coefficientNames: string[] }>({ kind: 'params' })
  expect(coefficientNames[0]).toBe('intercept')
  expect(coefficients).toHaveLength(5)
  const shares = await run.inspect<Matrix>({ kind: 'apply', output: 'responsibilities', dataset: pair.dataset, datasetFolder: pair.folder })
  expect(shares.columns).toEqual(['versicolor', 'virginica'])
  for (let row = 0; row < 100; row += 1) expect(shares.values[2 * row]! + shares.values[2 * row + 1]!).toBeCloseTo(1, 12)
  const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 5000, seed: 1 })
  const mean = rows.values.reduce((sum, value, index) => sum + (index % 5 === 1 ? value / rows.rows : 0), 0)
  expect(Math.abs(mean - coefficients[1]!)).toBeLessThan(0.2)
})

it('finds what is not clutter, and reports every sweep', async () => {
  const run = await train(iris, { model: { kind: 'clutter', clutterWeight: 0.3 }, ...standardized })
  expect(run.finished().metrics['train/logEvidence']).toBeCloseTo(run.series('train/logEvidence').at(-1)!, 9)
  expect(run.series('train/waitingSites')).toHaveLength(run.finished().iterations!)
  const shares = await run.inspect<Matrix>({ kind: 'apply', output: 'responsibilities', dataset: iris.dataset, datasetFolder: iris.folder })
  expect(shares.columns).toEqual(['signal', 'clutter'])
  expect(shares.values.every((value) => value >= 0 && value <= 1)).toBe(true)
})

it('says that it has not converged, which classes it needs, and what is out of scale', async () => {
  const short = await train(pair, { model: { kind: 'probit-regression' }, preprocess: ['standardize'], inference: { ...ep, maxIterations: 1 } })
  expect(short.finished().converged).toBe(false)
  expect(short.messages.some((message) => message.kind === 'warning' && message.warning.code === 'ep/not-converged')).toBe(true)
  const three = await train(iris, { model: { kind: 'probit-regression' }, ...standardized })
  expect(three.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'probit/needs-two-classes' } })
  const { features } = openDatasetArrays(iris.folder, iris.dataset)
  const folder = `${iris.folder}-large`
  await writeDatasetArrays(folder, { features: (features as Float64Array).map((value) => value * 1e160), labels: null })
  const large = await train({ folder, dataset: { ...iris.dataset, classes: null } }, { model: { kind: 'clutter' }, inference: ep })
  expect(large.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'ep/out-of-scale' } })
})

it('tells the sites and the exact posterior beside the approximate one', async () => {
  const probit = await train(pair, { model: { kind: 'probit-regression' }, ...standardized })
  const one = await probit.inspect<Propagation>({ kind: 'propagation' })
  expect([one.rowIndex.length, one.marginals.length, one.exactBy]).toEqual([100, 5, 'importance-sampling'])
  expect(one.logEvidence).toBeCloseTo(probit.finished().metrics['train/logEvidence']!, 9)
  expect(Math.abs(one.exactLogEvidence! - one.logEvidence)).toBeLessThan(0.2)
  expect(one.effectiveSamples).toBeGreaterThan(1000)
  for (const { mean, deviation, exactMean, exactDeviation } of one.marginals) {
    expect(Math.abs(mean - exactMean!)).toBeLessThan(0.1 * deviation)
    expect(exactDeviation! / deviation).toBeCloseTo(1, 0)
  }
  // Φ is log-concave, so that every row makes the posterior narrower.
  expect(one.precision.every((precision) => precision >= 0)).toBe(true)
  expect(one.logMass.every((logMass, site) => Math.abs(Math.exp(logMass) - one.agreement[site]!) < 1e-12)).toBe(true)
  const clutter = await train(iris, { model: { kind: 'clutter', clutterWeight: 0.3 }, ...standardized })
  const other = await clutter.inspect<Propagation>({ kind: 'propagation' })
  expect(other.marginals.map(({ name }) => name)).toHaveLength(4)
  expect(other.agreement.every((share) => share >= 0 && share <= 1)).toBe(true)
})
