import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EmFrame, Matrix } from '@shared/domain/run'
import { openDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

const mixture = (components: number, covariance = 'full', restarts = 20, regularization = 0): object => ({
  model: { kind: 'gaussian-mixture', components, covariance, regularization },
  inference: { kind: 'em', restarts },
})

let faithful: StoredDataset
let iris: StoredDataset
beforeAll(async () => {
  faithful = await storeDataset('faithful.csv')
  iris = await storeDataset('iris.csv', { label: 'target' })
})

describe('a Gaussian mixture by EM', () => {
  // Best known total log-likelihoods, R 4.2 with mclust 6.0, no regularization.
  it.each([
    ['full', 2, -1130.264],
    ['full', 3, -1114.4399],
    ['full', 4, -1106.0302],
    ['tied', 3, -1126.3159],
    ['diagonal', 3, -1127.0075],
    ['spherical', 3, -1637.4344],
  ] as const)('finds the best known optimum of faithful: %s K=%i', async (covariance, components, best) => {
    const run = await train(faithful, mixture(components, covariance))
    expect(run.finished().metrics['train/logLikelihood']! * 272).toBeCloseTo(best, 3)
  })

  it('finds the best known optimum of iris and its classes', async () => {
    const run = await train(iris, mixture(3))
    const { metrics } = run.finished()
    expect(metrics['train/logLikelihood']! * 150).toBeCloseTo(-180.1855, 3)
    // mclust 6.0: adjusted Rand index of the full three-component fit
    expect(metrics['train/ari']).toBeCloseTo(0.904, 3)
  })

  it('does not take a component that only regularization keeps from collapsing for the best', async () => {
    const run = await train(iris, { ...mixture(3, 'full', 20, 1e-6), inference: { kind: 'em', restarts: 20, initialization: 'kmeans++' } })
    expect(run.finished().metrics['train/logLikelihood']! * 150).toBeCloseTo(-180.19, 1)
    expect(run.messages.some((message) => message.kind === 'warning' && message.warning.code === 'em/spurious-excluded')).toBe(true)
  })

  it('has the BIC of mclust', async () => {
    const run = await train(faithful, mixture(3, 'tied'))
    // mclust 6.0: Mclust(faithful), model EEE with three components
    expect(run.finished().metrics['train/bic']).toBeCloseTo(-2314.3, 1)
  })

  it.each(['full', 'tied', 'diagonal', 'spherical'])('satisfies log p = L + KL at every iteration, and L never falls: %s', async (covariance) => {
    const run = await train(faithful, mixture(3, covariance, 2))
    const logLikelihood = run.series('train/logLikelihood') as number[]
    const lowerBound = run.series('train/lowerBound') as number[]
    const kl = run.series('train/kl') as number[]
    expect(lowerBound.length).toBe(logLikelihood.length - 1)
    lowerBound.forEach((bound, index) => {
      expect(Math.abs(bound + kl[index]! - logLikelihood[index + 1]!)).toBeLessThan(1e-9)
      expect(bound).toBeGreaterThanOrEqual(logLikelihood[index]! - 1e-12)
      expect(kl[index]).toBeGreaterThanOrEqual(-1e-12)
    })
  })

  it('keeps the one-component solution in closed form', async () => {
    const run = await train(faithful, mixture(1))
    expect(run.finished().metrics['train/logLikelihood']! * 272).toBeCloseTo(-1289.7967, 3)
    const params = await run.inspect<{ means: number[][]; covariances: number[][][] }>({ kind: 'params' })
    // NumPy: faithful.mean(0), np.cov(faithful.T, bias=True)
    expect(params.means[0]![0]).toBeCloseTo(3.4877830882352936, 9)
    expect(params.covariances[0]![0]![1]).toBeCloseTo(13.926418, 5)
  })

  it('gives identical metrics for the same seed, and others for another', async () => {
    const [first, second, other] = [await train(faithful, mixture(3)), await train(faithful, mixture(3)), await train(faithful, { ...mixture(3), seed: 2 })]
    const points = ({ messages }: typeof first) => messages.flatMap((message) => (message.kind === 'metrics' ? message.points : []))
    expect(points(second)).toEqual(points(first))
    expect(points(other)).not.toEqual(points(first))
  })

  it('does not lose digits to offset and scale', async () => {
    const moved = structuredClone(faithful)
    const plain = (await train(faithful, mixture(2))).finished().metrics['train/logLikelihood']!
    const { openDatasetArrays, writeDatasetArrays } = await import('../files/dataset-arrays')
    const { features } = openDatasetArrays(faithful.folder, faithful.dataset)
    const folder = `${faithful.folder}-moved`
    await writeDatasetArrays(folder, { features: (features as Float64Array).map((value) => value * 1e-5 + 1), labels: null })
    const told = (await train({ ...moved, folder }, mixture(2))).finished().metrics['train/logLikelihood']!
    expect(told - 2 * Math.log(1e5)).toBeCloseTo(plain, 6)
  })

  it('replays every iteration with its responsibilities', async () => {
    const run = await train(faithful, mixture(2, 'full', 3))
    const first = await run.inspect<EmFrame>({ kind: 'emFrame', iteration: 0 })
    const last = await run.inspect<EmFrame>({ kind: 'emFrame', iteration: 1e6 })
    expect(last.iteration).toBe(first.iterations)
    expect(first.bound).toBeNull()
    expect(last.bound!.lowerBound + last.bound!.kl).toBeCloseTo(last.bound!.logLikelihood, 9)
    for (let row = 0; row < 272; row += 1) expect(last.responsibilities[2 * row]! + last.responsibilities[2 * row + 1]!).toBeCloseTo(1, 5)
    const density = await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: faithful.dataset, datasetFolder: faithful.folder })
    const mean = density.values.reduce((sum, value) => sum + value, 0) / 272
    expect(mean).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 9)
  })

  it('draws samples with the mean and covariance of the mixture', async () => {
    const run = await train(faithful, mixture(1))
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 40_000, seed: 3 })
    const mean = rows.values.reduce((sum, value, index) => sum + (index % 2 === 0 ? value / rows.rows : 0), 0)
    expect(Math.abs(mean - 3.48778)).toBeLessThan(5 * Math.sqrt(1.2979 / rows.rows))
  })

  it('says in words that a component collapsed', async () => {
    const run = await train(faithful, { ...mixture(60), inference: { kind: 'em', restarts: 2 } })
    const end = run.messages.at(-1)!
    const warned = run.messages.some((message) => message.kind === 'warning' && message.warning.code === 'em/best-is-spurious')
    expect(warned || (end.kind === 'failed' && end.error.code === 'em/component-collapsed')).toBe(true)
  })

  it('stops when asked, and continues with the restarts that are left', async () => {
    let told = 0
    const stopped = await train(faithful, mixture(4, 'full', 40), {
      onMessage: (message, worker) => {
        if (message.kind === 'progress' && (told += 1) === 1) void worker.receive({ kind: 'cancel' })
      },
    })
    expect(stopped.finished().status).toBe('cancelled')
    const resumed = await train(faithful, mixture(4, 'full', 40), { runFolder: stopped.runFolder, resume: true })
    const whole = await train(faithful, mixture(4, 'full', 40))
    expect(resumed.finished().metrics).toEqual(whole.finished().metrics)
  })

  it('exports its density for a plain ONNX Runtime, any number of rows', async () => {
    const run = await train(faithful, mixture(3))
    const { out } = await run.inspect<{ out: string[] }>({ kind: 'export', out: join(run.runFolder, 'density.onnx') })
    const session = await ort.InferenceSession.create(out[0]!)
    const { features } = openDatasetArrays(faithful.folder, faithful.dataset)
    const { logDensity } = await session.run({ x: new ort.Tensor('float64', features as Float64Array, [272, 2]) })
    const sum = (logDensity!.data as Float64Array).reduce((all, value) => all + value, 0)
    expect(sum / 272).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 9)
  })
})
