import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { atOnce, blocksInMemory } from '@shared/math/row-blocks'
import { openDatasetArrays } from '../files/dataset-arrays'
import { boxAround, logVolume } from '../models/mixtures/box'
import { type StoredDataset, storeDataset, train } from './training-fixture'

/** Old Faithful with thirty rows on a grid over its box. */
async function noisyFaithful(): Promise<StoredDataset> {
  const { dataset, folder } = await storeDataset('faithful.csv')
  const { features } = openDatasetArrays(folder, dataset)
  const rows = Array.from({ length: 272 }, (_, row) => [features[2 * row], features[2 * row + 1]])
  for (let i = 0; i < 6; i += 1) for (let j = 0; j < 5; j += 1) rows.push([1.5 + 0.72 * i, 42 + 13.75 * j])
  const path = join(mkdtempSync(join(tmpdir(), 'latent-noise-')), 'noisy.csv')
  writeFileSync(path, `eruptions,waiting\n${rows.map((row) => row.join(',')).join('\n')}\n`)
  return storeDataset(path)
}

let noisy: StoredDataset
beforeAll(async () => {
  noisy = await noisyFaithful()
})

const fit = (covariance: string, components: number, more: object = {}, inference: object = { tolerance: 1e-11 }) =>
  train(noisy, {
    model: { kind: 'gaussian-mixture', covariance, components, noiseComponent: 'uniform', regularization: 0, ...more },
    inference: { kind: 'em', ...inference },
  })

interface Params {
  weights: number[]
  means: number[][]
  noise: { weight: number; volume: number }
  componentNames: string[]
}

describe('a noise component', () => {
  // mclust 6.0: log(hypvol(…))
  it.each([
    ['faithful', undefined, 5.288267],
    ['iris', 'target', 3.304731],
  ])('fills the smaller of two boxes around the rows: %s', async (name, label, expected) => {
    const data = name === 'faithful' ? noisy : await storeDataset('iris.csv', { label: label! })
    const { features } = openDatasetArrays(data.folder, data.dataset)
    expect(logVolume(atOnce(boxAround(blocksInMemory(features as Float64Array, data.dataset.shape[1]!), null)))).toBeCloseTo(expected, 5)
  })

  // mclust 6.0, the best of 60 runs of me(…, Vinv = hypvol(…, reciprocal = TRUE)) from chosen and random guesses of the noise; bic() with noise.
  it.each([
    ['VVV', 2, -1335.846046, 0.168304, -2745.928],
    ['VVV', 3, -1325.210559, 0.165969, -2758.919],
    ['EEE', 2, -1347.482096, 0.165507, -2752.068],
    ['EEE', 3, -1334.63199, 0.165589, -2743.5],
    ['VVI', 2, -1342.14541, 0.188732, -2747.106],
    ['VVI', 3, -1330.471918, 0.181216, -2752.311],
    ['VII', 2, -1554.602327, 0.836587, -3160.598],
    ['EEI', 3, -1336.841202, 0.176552, -2742.208],
    ['VEV', 2, -1342.765667, 0.167468, -2754.056],
  ])("comes to mclust's best likelihood, noise weight and BIC: %s with %i components", async (covariance, components, logLikelihood, weight, bic) => {
    const run = await fit(covariance, components)
    const { metrics } = run.finished()
    expect(metrics['train/logLikelihood']! * 302).toBeGreaterThan(logLikelihood - 1e-3)
    if (metrics['train/logLikelihood']! * 302 > logLikelihood + 1e-3) return
    expect(metrics['train/bic']).toBeCloseTo(bic, 2)
    const { noise, weights, componentNames, means } = await run.inspect<Params>({ kind: 'params' })
    expect(noise.weight).toBeCloseTo(weight, 4)
    expect(noise.volume).toBeCloseTo(Math.exp(5.288267), 3)
    expect([weights.length, means.length, componentNames.at(-1)]).toEqual([components + 1, components, 'noise'])
  })

  it('keeps the identity of bound, likelihood and KL, and the likelihood from falling', async () => {
    for (const covariance of ['full', 'tied', 'diagonal', 'EII', 'VEE']) {
      const run = await fit(covariance, 2, {}, { restarts: 1 })
      const [logLikelihood, bound, kl] = ['logLikelihood', 'lowerBound', 'kl'].map((name) => run.series(`train/${name}`) as number[])
      expect(bound!.length).toBeGreaterThan(3)
      bound!.forEach((value, index) => {
        expect(Math.abs(value + kl![index]! - logLikelihood![index + 1]!), covariance).toBeLessThan(1e-9)
        expect(value).toBeGreaterThanOrEqual(logLikelihood![index]! - 1e-11)
      })
    }
  })

  it('is told by name, sampled from, kept on disk and used in every answer', async () => {
    const run = await fit('full', 2)
    const at = { dataset: noisy.dataset, datasetFolder: noisy.folder }
    const shares = await run.inspect<{ columns: string[]; values: Float64Array }>({ kind: 'apply', output: 'responsibilities', ...at })
    expect(shares.columns).toEqual(['component 1', 'component 2', 'noise'])
    const { weights } = await run.inspect<Params>({ kind: 'params' })
    expect(shares.values.reduce((sum, value, index) => sum + (index % 3 === 2 ? value : 0), 0) / 302).toBeCloseTo(weights[2]!, 5)
    const densities = await run.inspect<{ values: Float64Array }>({ kind: 'apply', output: 'logDensity', ...at })
    expect(densities.values.reduce((sum, value) => sum + value, 0) / 302).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 9)
    const { rows } = await run.inspect<{ rows: { values: Float64Array; rows: number } }>({ kind: 'sample', count: 4000, seed: 1 })
    const inside = Array.from({ length: rows.rows }, (_, row) => rows.values[2 * row]! < 3 && rows.values[2 * row + 1]! > 80).filter(Boolean).length
    // That corner holds noise alone: a part of the box, which reaches from 1.5 to 5.1 and 42 to 97.
    expect(inside / 4000).toBeGreaterThan(0.01)
    const frame = await run.inspect<{ means: number[][]; responsibilities: Float32Array }>({ kind: 'emFrame', iteration: 0 })
    expect(frame.means.length).toBe(3)
    expect(frame.responsibilities.length).toBe(3 * 302)
  })

  it('on disk is the same as in memory', async () => {
    const held = await fit('full', 2)
    process.env['LATENT_MEMORY_BUDGET_MB'] = '0'
    try {
      const streamed = await fit('full', 2)
      expect(streamed.finished().metrics['train/logLikelihood']).toBeCloseTo(held.finished().metrics['train/logLikelihood']!, 8)
      expect(await streamed.inspect<Params>({ kind: 'params' })).toMatchObject({ componentNames: ['component 1', 'component 2', 'noise'] })
    } finally {
      delete process.env['LATENT_MEMORY_BUDGET_MB']
    }
  })

  it('goes with every relative of EM', async () => {
    for (const kind of ['hard-em', 'annealed-em', 'generalized-em', 'monte-carlo-em', 'online-em']) {
      const run = await fit('tied', 2, {}, { kind })
      expect(run.finished().metrics['train/logLikelihood']! * 302, kind).toBeGreaterThan(-1420)
    }
  })

  it('where columns depend on each other, says that the box has no volume', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'latent-noise-')), 'flat.csv')
    writeFileSync(path, `a,b\n${Array.from({ length: 20 }, (_, row) => `${row},${2 * row}`).join('\n')}\n`)
    const run = await train(await storeDataset(path), { model: { kind: 'gaussian-mixture', noiseComponent: 'uniform' }, inference: { kind: 'em' } })
    expect(JSON.stringify(run.messages.at(-1))).toMatch(/box has no volume/)
  })
})
