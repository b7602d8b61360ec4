import { beforeAll, describe, expect, it } from 'vitest'
import type { KeptRestart, KeptStart } from './mixture-files'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let faithful: StoredDataset
let iris: StoredDataset
beforeAll(async () => {
  faithful = await storeDataset('faithful.csv')
  iris = await storeDataset('iris.csv', { label: 'target' })
})

const gaussian = { kind: 'gaussian-mixture', components: 3, covariance: 'full', regularization: 0 }
interface Kept {
  origin: string
  trace: number[]
  logLikelihood: number
  chosen: boolean
}

const words = ['auto', 'short-runs', 'split-and-merge', 'annealed', 'kmeans++', 'k-means', 'random', 'hierarchical', 'whitened', 'projected']

describe('starting points', () => {
  it.each(words)('%s: every restart is kept with its trace, and none is above the best', async (initialization) => {
    const run = await train(faithful, { model: gaussian, inference: { kind: 'em', initialization, restarts: 6 } })
    const restarts = await run.inspect<Kept[]>({ kind: 'restarts' })
    expect(restarts.length).toBeGreaterThanOrEqual(initialization === 'hierarchical' ? 1 : 6)
    const best = run.finished().metrics['train/logLikelihood']!
    for (const { trace, logLikelihood, origin } of restarts) {
      expect(trace.at(-1)).toBe(logLikelihood)
      expect(logLikelihood).toBeLessThanOrEqual(best + 1e-9)
      if (words.slice(3).includes(initialization)) expect(origin).toBe(initialization)
    }
    // The best known is −1114.4399.
    if (['auto', 'split-and-merge'].includes(initialization)) expect(best * 272).toBeGreaterThan(-1114.4409)
  })

  it('of the many starts of the default every one is kept: its climb, and where it was given up or which restart it stood as high as', async () => {
    const run = await train(faithful, { model: { ...gaussian, regularization: 0 }, inference: { kind: 'em', restarts: 6 } })
    const restarts = await run.inspect<KeptRestart[]>({ kind: 'restarts' })
    const givenUp = await run.inspect<KeptStart[]>({ kind: 'givenUp' })
    const starts = [...restarts, ...givenUp].filter(({ origin }) => origin !== 'split-and-merge')
    // 32 for each restart asked for; agglomeration gives one.
    expect(starts.length).toBeGreaterThan(180)
    expect(starts.length).toBeLessThanOrEqual(192)
    const best = run.finished().metrics['train/logLikelihood']!
    for (const { trace, fate, restart } of givenUp) {
      for (let step = 1; step < trace.length; step += 1) expect(trace[step]! - trace[step - 1]!).toBeGreaterThan(-1e-10)
      if (fate === 'same' && restart !== null) {
        const { spurious, trace: went, iterations } = restarts.find(({ index }) => index === restart)!
        expect(spurious).toBe(false)
        expect((went[Math.min(iterations, 60)]! - trace.at(-1)!) * 272).toBeLessThan(2e-3)
      }
      if (fate === 'behind') expect(trace.at(-1)!).toBeLessThan(best + 1e-9)
      if (fate !== 'same') expect(restart).toBeNull()
    }
    expect(givenUp.some(({ fate }) => fate === 'same')).toBe(true)
    const plain = await train(faithful, { model: gaussian, inference: { kind: 'em', restarts: 6, initialization: 'random' } })
    expect(await plain.inspect({ kind: 'givenUp' })).toEqual([])
    expect(await plain.inspect<KeptRestart[]>({ kind: 'restarts' })).toHaveLength(6)
  })

  it('the parameters of a fit, given again, are where the next one begins and ends', async () => {
    for (const model of [
      gaussian,
      { ...gaussian, covariance: 'tied' },
      { ...gaussian, covariance: 'VII' },
      { ...gaussian, covariance: 'VVI' },
      { ...gaussian, covariance: 'VEV' },
      { ...gaussian, components: 2, noiseComponent: 'uniform' },
      { kind: 'student-t-mixture', components: 2 },
      { kind: 'k-means', components: 3 },
    ]) {
      const first = await train(faithful, { model, inference: { kind: 'em', tolerance: 1e-11 } })
      const told = JSON.stringify(await first.inspect({ kind: 'params' }))
      const again = await train(faithful, { model, inference: { kind: 'em', tolerance: 1e-11, initialization: 'parameters', start: told } })
      const key = model.kind === 'k-means' ? 'train/inertia' : 'train/logLikelihood'
      expect(again.series(key)[0]! / first.finished().metrics[key]!, JSON.stringify(model)).toBeCloseTo(1, 9)
      expect(again.finished().iterations!).toBeLessThan(20)
    }
  })

  it('the parameters of every other family, given again, do the same', async () => {
    const earthquakes = await storeDataset('earthquakes.csv')
    const model = { kind: 'poisson-mixture', components: 2 }
    const first = await train(earthquakes, { model, inference: { kind: 'em' } })
    const start = JSON.stringify(await first.inspect({ kind: 'params' }))
    const again = await train(earthquakes, { model, inference: { kind: 'em', initialization: 'parameters', start } })
    expect(again.series('train/logLikelihood')[0]).toBeCloseTo(first.finished().metrics['train/logLikelihood']!, 8)
  })

  it('responsibilities of a fit, given again, come to the same optimum after one M-step', async () => {
    const first = await train(faithful, { model: gaussian, inference: { kind: 'em', tolerance: 1e-13 } })
    const at = { dataset: faithful.dataset, datasetFolder: faithful.folder }
    const { columns, values } = await first.inspect<{ columns: string[]; values: Float64Array }>({ kind: 'apply', output: 'responsibilities', ...at })
    const lines = Array.from({ length: 272 }, (_, row) => [...values.subarray(3 * row, 3 * row + 3)].join(','))
    const start = [columns.join(','), ...lines].join('\n')
    const again = await train(faithful, { model: gaussian, inference: { kind: 'em', initialization: 'responsibilities', start } })
    expect(again.series('train/logLikelihood')[0]).toBeCloseTo(first.finished().metrics['train/logLikelihood']!, 8)
  })

  it('a column of component numbers, and means alone, are starts as well', async () => {
    const codes = Array.from({ length: 150 }, (_, row) => Math.floor(row / 50) + 1).join('\n')
    const fit = (inference: object) => train(iris, { model: { ...gaussian }, inference: { kind: 'em', ...inference } })
    const byCodes = await fit({ initialization: 'responsibilities', start: codes })
    const byLabels = await fit({ initialization: 'labels' })
    // The best known for three full components, which the species lead to.
    for (const run of [byCodes, byLabels]) expect(run.finished().metrics['train/logLikelihood']! * 150).toBeCloseTo(-180.1855, 3)
    const means = JSON.stringify({ means: [[5, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3, 5.6, 2]] })
    const byMeans = await fit({ initialization: 'parameters', start: means })
    expect(byMeans.finished().metrics['train/logLikelihood']! * 150).toBeGreaterThan(-190)
  })

  it('relatives of EM begin from what is given', async () => {
    const codes = Array.from({ length: 150 }, (_, row) => Math.floor(row / 50)).join('\n')
    const run = await train(iris, { model: gaussian, inference: { kind: 'hard-em', initialization: 'responsibilities', start: codes } })
    expect(run.finished().metrics['train/ari']).toBeGreaterThan(0.85)
  })

  it('the annealed start also begins where entries are absent', async () => {
    const airquality = await storeDataset('airquality.csv', { missing: 'keep' })
    const run = await train(airquality, { model: { ...gaussian, components: 2 }, inference: { kind: 'em', initialization: 'annealed', restarts: 3 } })
    expect(run.finished().converged).toBe(true)
  })

  it.each([
    ['parameters', undefined, /inference.start is empty/],
    ['parameters', 'weights 1', /not a JSON object/],
    ['parameters', '{"weights": [0.5, 0.5], "means": [[1, 2]]}', /gives 2 numbers for weights where this model on these data has 3/],
    ['parameters', '{"weights": [0.5, 0.5, 0.5], "means": [[1, 2], [3, 4], [5, 6]]}', /has no covariances/],
    ['responsibilities', '1,0,0\n0,1,0', /table of 2 × 3, but responsibilities need 272 × 3/],
    ['responsibilities', Array.from({ length: 272 }, (_, row) => row % 4).join('\n'), /names 4 groups, more than the 3 components/],
    ['labels', undefined, /has no label column/],
  ])('a start that cannot be used is told in one sentence: %s', async (initialization, start, sentence) => {
    const run = await train(faithful, { model: gaussian, inference: { kind: 'em', initialization, ...(start === undefined ? {} : { start }) } })
    expect(JSON.stringify(run.messages.at(-1))).toMatch(sentence)
  })
})
