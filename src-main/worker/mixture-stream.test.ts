import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { EmFrame, Matrix, ModelData } from '@shared/domain/run'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

const budget = 'LATENT_MEMORY_BUDGET_MB'
afterEach(() => vi.unstubAllEnvs())

let faithful: StoredDataset
let iris: StoredDataset
let digits: StoredDataset
beforeAll(async () => {
  faithful = await storeDataset('faithful.csv')
  iris = await storeDataset('iris.csv', { label: 'target' })
  digits = await storeDataset('digits', {}, [0, 16])
})

const split = { train: 0.7, validation: 0.2, test: 0.1, seed: 3 }
const gaussian = (components: number, covariance: string, regularization = 0): object => ({
  model: { kind: 'gaussian-mixture', components, covariance, regularization },
  inference: { kind: 'em', restarts: 2, maxIterations: 60 },
})

async function streamed(stored: StoredDataset, spec: object): Promise<Trained> {
  vi.stubEnv(budget, '0')
  return train(stored, spec)
}

function expectSame(found: Trained, expected: Trained): void {
  const [own, others] = [found.finished().metrics, expected.finished().metrics]
  expect(Object.keys(own)).toEqual(Object.keys(others))
  for (const [key, value] of Object.entries(others)) {
    const scale = Math.max(key === 'train/kl' ? 1 : 0, Math.abs(value!))
    expect(Math.abs(own[key]! - value!), `${key}: ${own[key]} and ${value}`).toBeLessThanOrEqual(1e-9 * scale)
  }
  expect(found.finished().iterations).toBe(expected.finished().iterations)
}

describe('a mixture of rows that stay on disk', () => {
  it.each(['full', 'tied', 'diagonal', 'spherical'])('is that of rows in memory, with split and preprocessing: %s', async (covariance) => {
    const spec = { ...gaussian(3, covariance), split, preprocess: ['standardize'] }
    for (const stored of [faithful, iris]) expectSame(await streamed(stored, spec), await (vi.unstubAllEnvs(), train(stored, spec)))
  })

  it.each(['full', 'tied', 'diagonal', 'spherical'])('is that of rows in memory, of pictures: %s', async (covariance) => {
    const spec = { ...gaussian(4, covariance, 1e-3), inference: { kind: 'em', restarts: 1, maxIterations: 15 }, split, preprocess: ['scale'] }
    expectSame(await streamed(digits, spec), await (vi.unstubAllEnvs(), train(digits, spec)))
  })

  it.each([
    ['bernoulli-mixture', ['scale', { binarize: { threshold: 0.5 } }]],
    ['categorical-mixture', [{ binarize: { threshold: 8 } }]],
    ['poisson-mixture', []],
    ['k-means', []],
  ] as const)('is that of rows in memory, of the other families: %s', async (kind, preprocess) => {
    const spec = { model: { kind, components: 5 }, inference: { kind: 'em', restarts: 2, maxIterations: 10 }, split, preprocess: [...preprocess] }
    expectSame(await streamed(digits, spec), await (vi.unstubAllEnvs(), train(digits, spec)))
  })

  it('answers what an inspector asks as rows in memory would', async () => {
    const spec = { ...gaussian(3, 'full'), split, preprocess: ['standardize'] }
    const inMemory = await train(iris, spec)
    const onDisk = await streamed(iris, spec)
    const ask = async (run: Trained) => ({
      data: await run.inspect<ModelData>({ kind: 'data' }),
      frame: await run.inspect<EmFrame>({ kind: 'emFrame', iteration: 1e6 }),
      density: await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: iris.dataset, datasetFolder: iris.folder }),
      assigned: await run.inspect<Matrix>({ kind: 'apply', output: 'assignments', dataset: iris.dataset, datasetFolder: iris.folder }),
    })
    const found = await ask(onDisk)
    vi.unstubAllEnvs()
    const expected = await ask(inMemory)
    expect(found.data).toEqual(expected.data)
    expect(found.data.total).toBe(105)
    expect(found.assigned).toEqual(expected.assigned)
    found.density.values.forEach((value, row) => expect(value).toBeCloseTo(expected.density.values[row]!, 8))
    found.frame.responsibilities.forEach((value, index) => expect(value).toBeCloseTo(expected.frame.responsibilities[index]!, 6))
  })

  it('says that starts and pictures come from a sample, and how large it is', async () => {
    const { features } = openDatasetArrays(faithful.folder, faithful.dataset)
    const rows = 272 * 200
    const many = new Float64Array(rows * 2)
    for (let copy = 0; copy < 200; copy += 1) many.set(features as Float64Array, copy * 544)
    const folder = `${faithful.folder}-many`
    await writeDatasetArrays(folder, { features: many, labels: null })
    const stored = { folder, dataset: { ...faithful.dataset, rows, shape: [rows, 2] } }
    const run = await streamed(stored, { ...gaussian(2, 'full'), inference: { kind: 'em', restarts: 1 } })
    const warnings = run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning] : []))
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'em/starts-from-sample', details: { rows: 5000, all: rows } }))
    // mclust 6.0, as in mixture.test.ts: the optimum of the rows that were copied.
    expect(run.finished().metrics['train/logLikelihood']! * 272).toBeCloseTo(-1130.264, 3)
    const data = await run.inspect<ModelData>({ kind: 'data' })
    expect([data.total, data.rowIndex.length, data.features.length]).toEqual([rows, 20_000, 40_000])
    data.rowIndex.slice(0, 100).forEach((row, index) => expect(data.features[2 * index]).toBe(Math.fround(many[2 * row]!)))
    const frame = await run.inspect<EmFrame>({ kind: 'emFrame', iteration: 0 })
    expect(frame.responsibilities.length).toBe(40_000)
  })

  it('stops when asked, and continues with the restarts that are left', async () => {
    const spec = { ...gaussian(4, 'full'), inference: { kind: 'em', restarts: 100 } }
    vi.stubEnv(budget, '0')
    let asked = false
    const stopped = await train(faithful, spec, {
      onMessage: (message, worker) => {
        if (message.kind !== 'progress' || asked) return
        asked = true
        void worker.receive({ kind: 'cancel' })
      },
    })
    expect(stopped.finished().status).toBe('cancelled')
    const resumed = await train(faithful, spec, { runFolder: stopped.runFolder, resume: true })
    expect(resumed.finished().metrics).toEqual((await train(faithful, spec)).finished().metrics)
  })

  it('stops when asked while the rows are passed over for the first time', async () => {
    vi.stubEnv(budget, '0')
    const run = await train(faithful, gaussian(2, 'full'), {
      onMessage: (message, worker) => {
        if (message.kind === 'started') void worker.receive({ kind: 'cancel' })
      },
    })
    expect(run.finished().status).toBe('cancelled')
    expect(run.series('train/logLikelihood')).toEqual([])
  })

  it('refuses in words what needs rows in memory, and values that a family has no probability for', async () => {
    const gap = structuredClone(iris)
    gap.dataset.columns[0]!.missing = 1
    const failure = async (stored: StoredDataset, spec: object) => {
      const last = (await streamed(stored, spec)).messages.at(-1)!
      return last.kind === 'failed' ? last.error : null
    }
    expect(await failure(gap, gaussian(2, 'full'))).toMatchObject({ code: 'em/missing-needs-memory' })
    expect(await failure(iris, { model: { kind: 'poisson-mixture', components: 2 }, inference: { kind: 'em' } })).toMatchObject({ code: 'mixture/not-a-count', details: { row: 1 } })
    const online = { model: { kind: 'gaussian-mixture', components: 2 }, inference: { kind: 'online-em' } }
    expect(await failure(iris, online)).toMatchObject({ code: 'em/variant-on-disk' })
    vi.stubEnv(budget, 'much')
    const last = (await train(iris, gaussian(2, 'full'))).messages.at(-1)!
    expect(last).toMatchObject({ kind: 'failed', error: { code: 'system/bad-memory-budget' } })
  })
})
