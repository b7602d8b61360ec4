import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix, StateSequences } from '@shared/domain/run'
import { readFileSync } from 'node:fs'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { logEmissionOf } from '../models/sequences/emissions'
import { filterForward, viterbi } from '../models/sequences/forward-backward'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let earthquakes: StoredDataset
let casino: StoredDataset
let faithful: StoredDataset
beforeAll(async () => {
  earthquakes = await storeDataset(resolve('src-main/worker/fixture-earthquakes.csv'), { ignore: ['year'] })
  casino = await storeDataset(resolve('src-main/worker/fixture-casino.csv'), { ignore: ['t'], label: 'state' })
  faithful = await storeDataset('faithful.csv')
})

const hmm = (states: number, emissions: string, more: object = {}, inference: object = {}): object => ({
  model: { kind: 'hmm', states, emissions, ...more },
  inference: { kind: 'em', ...inference },
})

/** Rows of a stored table in place of its own. */
async function table(stored: StoredDataset, name: string, columns: string[], rows: number[][]): Promise<StoredDataset> {
  const folder = `${stored.folder}-${name}`
  await writeDatasetArrays(folder, { features: Float64Array.from(rows.flat()), labels: null })
  const described = columns.map((column) => ({ name: column, type: 'integer' as const, role: 'feature' as const, missing: 0 }))
  return { folder, dataset: { ...stored.dataset, rows: rows.length, columns: described, shape: [rows.length, columns.length], classes: null } }
}
const codes = (run: { messages: { kind: string }[] }): string[] =>
  run.messages.flatMap((message) => ('warning' in message ? [(message.warning as { code: string }).code] : 'error' in message ? [(message.error as { code: string }).code] : []))

describe('a hidden Markov model with Poisson emissions', () => {
  // Best of many restarts of a plain NumPy forward–backward; Zucchini & MacDonald 2009 give 341.8787 and 328.5275 too.
  it.each([
    [2, 341.8787, [15.4206, 26.0179]],
    [3, 328.5275, [13.1338, 19.7132, 29.7097]],
  ])('finds the best known optimum of earthquakes with three seeds: K=%i', async (states, expected, rates) => {
    for (const seed of [1, 2, 3]) {
      const run = await train(earthquakes, { ...hmm(states, 'poisson'), seed })
      expect(Math.abs(run.finished().metrics['train/logLikelihood']! * -107 - expected)).toBeLessThan(1e-3)
      const params = await run.inspect<{ rates: number[] }>({ kind: 'params' })
      params.rates.forEach((rate, k) => expect(Math.abs(rate / rates[k]! - 1)).toBeLessThan(1e-4))
    }
  })

  it('is a plain Poisson with one state', async () => {
    const run = await train(earthquakes, hmm(1, 'poisson'))
    expect(run.finished().metrics['train/logLikelihood']! * -107).toBeCloseTo(391.9189, 4)
  })

  it('satisfies log p = L + KL at every iteration, and L never falls', async () => {
    const run = await train(earthquakes, hmm(3, 'poisson', {}, { restarts: 1 }))
    const logLikelihood = run.series('train/logLikelihood') as number[]
    const lowerBound = run.series('train/lowerBound') as number[]
    const kl = run.series('train/kl') as number[]
    expect(lowerBound.length).toBeGreaterThan(10)
    lowerBound.forEach((bound, index) => {
      expect(Math.abs(bound + kl[index]! - logLikelihood[index + 1]!)).toBeLessThan(1e-9)
      expect(bound).toBeGreaterThanOrEqual(logLikelihood[index]! - 1e-12)
      expect(kl[index]).toBeGreaterThanOrEqual(-1e-12)
    })
  })

  it('decodes, forecasts and samples', async () => {
    const run = await train(earthquakes, hmm(2, 'poisson'))
    const found = await run.inspect<StateSequences>({ kind: 'states', horizon: 300, parameters: null, dataset: earthquakes.dataset, datasetFolder: earthquakes.folder })
    expect(found.logLikelihood / 107).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 10)
    expect(found.pathLogProbability).toBeLessThan(found.logLikelihood)
    for (let row = 0; row < 107; row += 1) expect(found.posteriors[2 * row]! + found.posteriors[2 * row + 1]!).toBeCloseTo(1, 12)
    const { transitions } = await run.inspect<{ transitions: number[][] }>({ kind: 'params' })
    const stationary = transitions[1]![0]! / (transitions[0]![1]! + transitions[1]![0]!)
    expect(found.forecast[0]!.stateProbabilities.at(-1)![0]).toBeCloseTo(stationary, 9)
    expect(found.forecast[0]!.means.at(-1)![0]).toBeCloseTo(stationary * found.means[0]![0]! + (1 - stationary) * found.means[1]![0]!, 9)
    const density = await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: earthquakes.dataset, datasetFolder: earthquakes.folder })
    expect(density.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(found.logLikelihood, 9)
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 20_000, seed: 1 })
    const mean = rows.values.reduce((sum, value, index) => sum + (index % 2 === 0 ? value / rows.rows : 0), 0)
    expect(Math.abs(mean - found.forecast[0]!.means.at(-1)![0]!)).toBeLessThan(0.5)
  })

  it('takes the sequences apart, and sees no order between them', async () => {
    const { features } = openDatasetArrays(earthquakes.folder, earthquakes.dataset)
    const counts = [...(features as Float64Array)]
    const three = counts.map((count, row) => [Math.floor(row / 40), count])
    const grouped = await table(earthquakes, 'three', ['part', 'count'], three)
    const shuffled = await table(earthquakes, 'turned', ['part', 'count'], [...three.slice(80), ...three.slice(0, 80)])
    const spec = hmm(2, 'poisson', { sequence: 'part' }, { tolerance: 1e-13 })
    const [one, other, whole] = [await train(grouped, spec), await train(shuffled, spec), await train(earthquakes, hmm(2, 'poisson'))]
    expect(one.finished().metrics['train/logLikelihood']).toBeCloseTo(other.finished().metrics['train/logLikelihood']!, 9)
    expect(one.finished().metrics['train/logLikelihood']).not.toBeCloseTo(whole.finished().metrics['train/logLikelihood']!, 6)
    const states = await one.inspect<StateSequences>({ kind: 'states', horizon: 1, parameters: null, dataset: grouped.dataset, datasetFolder: grouped.folder })
    expect(states.sequences.map(({ rows }) => rows)).toEqual([40, 40, 27])
  })
})

describe('a hidden Markov model with categorical emissions', () => {
  it('finds the best known optimum of the casino with three seeds, and the dice', async () => {
    for (const seed of [1, 2, 3]) {
      const run = await train(casino, { ...hmm(2, 'categorical'), seed })
      expect(run.finished().metrics['train/logLikelihood']! * 1000).toBeCloseTo(-1752.81459, 3)
      const params = await run.inspect<{ symbols: number[]; probabilities: number[][]; transitions: number[][] }>({ kind: 'params' })
      expect(params.symbols).toEqual([1, 2, 3, 4, 5, 6])
      params.probabilities.forEach((row) => expect(row.reduce((sum, value) => sum + value)).toBeCloseTo(1, 12))
    }
  })

  it('has the figures of the true parameters', () => {
    // Plain NumPy, from the stationary distribution: forward −1761.497047, Viterbi path −1825.748459, accuracy of the path .821
    const lines = readFileSync(resolve('src-main/worker/fixture-casino.csv'), 'utf8').trim().split('\n').slice(1)
    const rolls = Float64Array.from(lines, (line) => Number(line.split(',')[1]) - 1)
    const loaded = Array.from({ length: 6 }, (_, side) => (side === 5 ? 0.5 : 0.1))
    const emission = { kind: 'categorical' as const, columns: 1, symbols: [[1, 2, 3, 4, 5, 6]], probabilities: [Float64Array.of(...Array<number>(6).fill(1 / 6), ...loaded)] }
    const chain = { states: 2, initial: Float64Array.of(2 / 3, 1 / 3), transitions: Float64Array.of(0.95, 0.05, 0.1, 0.9) }
    const logEmission = logEmissionOf(emission, 2, rolls)
    expect(filterForward(chain, logEmission).logStep.reduce((sum, value) => sum + value, 0)).toBeCloseTo(-1761.497047, 5)
    const { path, logProbability } = viterbi(chain, logEmission)
    expect(logProbability).toBeCloseTo(-1825.748459, 5)
    expect(lines.filter((line, t) => Number(line.split(',')[2]) === path[t]).length / 1000).toBe(0.821)
  })

  it('decodes with other parameters when asked, and says what does not fit', async () => {
    const run = await train(casino, hmm(2, 'categorical', {}, { restarts: 1, maxIterations: 5 }))
    const parameters = {
      initial: [2 / 3, 1 / 3],
      transitions: [[0.95, 0.05], [0.1, 0.9]],
      probabilities: [Array<number>(6).fill(1 / 6), [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]],
    }
    const ask = (given: typeof parameters) =>
      run.inspect<StateSequences>({ kind: 'states', horizon: 0, parameters: given, dataset: casino.dataset, datasetFolder: casino.folder })
    const found = await ask(parameters)
    expect(found.logLikelihood).toBeCloseTo(-1761.497047, 5)
    expect(found.pathLogProbability).toBeCloseTo(-1825.748459, 5)
    await expect(ask({ ...parameters, initial: [1, 1] })).rejects.toThrow(/add up to 1/)
  })

  it('keeps what a state that is never visited had, and says so', async () => {
    const constant = await table(earthquakes, 'constant', ['roll'], Array.from({ length: 30 }, (_, row) => [row % 2]))
    const run = await train(constant, hmm(4, 'categorical'))
    const { transitions } = await run.inspect<{ transitions: number[][] }>({ kind: 'params' })
    transitions.forEach((row) => expect(row.reduce((sum, value) => sum + value)).toBeCloseTo(1, 12))
    // Alternating symbols are certain but for the first one.
    expect(run.finished().metrics['train/logLikelihood']! * 30).toBeGreaterThan(-Math.log(2) - 1e-6)
  })

  it('names an observation that it has never seen', async () => {
    const run = await train(casino, hmm(2, 'categorical', {}, { restarts: 1 }))
    const other = await table(casino, 'seven', ['roll'], [[1], [7]])
    await expect(run.inspect({ kind: 'apply', output: 'assignments', dataset: other.dataset, datasetFolder: other.folder })).rejects.toThrow(/roll has 7 in row 2/)
  })
})

describe('a hidden Markov model with Gaussian emissions', () => {
  it('beats the mixture that forgets the order, by the alternation of short and long eruptions', async () => {
    const run = await train(faithful, hmm(2, 'gaussian', { regularization: 0 }))
    // mclust 6.0: best full mixture of faithful with two components
    expect(run.finished().metrics['train/logLikelihood']! * 272).toBeGreaterThan(-1130.264)
    const { transitions, means } = await run.inspect<{ transitions: number[][]; means: number[][] }>({ kind: 'params' })
    expect(transitions[0]![0]).toBeLessThan(0.3)
    expect(means[0]![0]).toBeCloseTo(2.04, 1)
  })

  it('satisfies log p = L + KL at every iteration, and L never falls', async () => {
    for (const covariance of ['full', 'diagonal']) {
      const run = await train(faithful, hmm(3, 'gaussian', { regularization: 0, covariance }, { restarts: 1, maxIterations: 60 }))
      const logLikelihood = run.series('train/logLikelihood') as number[]
      const lowerBound = run.series('train/lowerBound') as number[]
      const kl = run.series('train/kl') as number[]
      lowerBound.forEach((bound, index) => {
        expect(Math.abs(bound + kl[index]! - logLikelihood[index + 1]!)).toBeLessThan(1e-9)
        expect(bound).toBeGreaterThanOrEqual(logLikelihood[index]! - 1e-12)
      })
    }
  })

  it('is one Gaussian with one state', async () => {
    const run = await train(faithful, hmm(1, 'gaussian', { regularization: 0 }))
    expect(run.finished().metrics['train/logLikelihood']! * 272).toBeCloseTo(-1289.7967, 3)
  })
})

describe('rows that are held out', () => {
  it('come last where all rows are one sequence, and are judged by what came before them', async () => {
    const run = await train(earthquakes, { ...hmm(2, 'poisson'), split: { train: 0.7, validation: 0.1, test: 0.2 } })
    const { metrics } = run.finished()
    const all = await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: earthquakes.dataset, datasetFolder: earthquakes.folder })
    // 107 rows: ceil(.2 · 107) for the test, ceil(.1 · 107) for validation.
    const mean = (from: number, to: number): number => all.values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from)
    expect(metrics['train/logLikelihood']).toBeCloseTo(mean(0, 74), 8)
    expect(metrics['validation/logLikelihood']).toBeCloseTo(mean(74, 85), 10)
    expect(metrics['test/logLikelihood']).toBeCloseTo(mean(85, 107), 10)
    const first = await train(await table(earthquakes, 'first', ['count'], firstCounts(74)), hmm(2, 'poisson'))
    expect(first.finished().metrics['train/logLikelihood']).toBeCloseTo(metrics['train/logLikelihood']!, 8)
  })

  it('are whole sequences where there are several', async () => {
    const rows = Array.from({ length: 60 }, (_, row) => [Math.floor(row / 6), (row * 7) % 11])
    const several = await table(earthquakes, 'several', ['id', 'count'], rows)
    const run = await train(several, { ...hmm(2, 'poisson', { sequence: 'id' }), split: { train: 0.7, test: 0.3, seed: 3 } })
    const { rowIndex } = await run.inspect<{ rowIndex: Int32Array }>({ kind: 'data' })
    const trained = new Set(Array.from(rowIndex, (row) => rows[row]![0]))
    expect([trained.size, rowIndex.length]).toEqual([7, 42])
    const all = await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: several.dataset, datasetFolder: several.folder })
    const held = all.values.filter((_, row) => !trained.has(rows[row]![0]))
    expect(run.finished().metrics['test/logLikelihood']).toBeCloseTo(held.reduce((sum, value) => sum + value, 0) / 18, 10)
  })

  it('of Gaussian and categorical emissions are judged in their own units and symbols', async () => {
    for (const [stored, spec] of [[faithful, hmm(2, 'gaussian')], [casino, hmm(2, 'categorical')]] as const) {
      const run = await train(stored, { ...spec, split: { train: 0.8, test: 0.2 } })
      const all = await run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: stored.dataset, datasetFolder: stored.folder })
      const test = all.values.slice(Math.floor(stored.dataset.rows * 0.8))
      expect(run.finished().metrics['test/logLikelihood']).toBeCloseTo(test.reduce((sum, value) => sum + value, 0) / test.length, 8)
    }
  })
})

const firstCounts = (rows: number): number[][] =>
  Array.from(openDatasetArrays(earthquakes.folder, earthquakes.dataset).features.slice(0, rows), (count) => [count])

describe('what cannot be fitted', () => {
  it('is said in words', async () => {
    expect(codes(await train(faithful, hmm(2, 'poisson')))).toContain('latent/not-counts')
    expect(codes(await train(casino, hmm(2, 'categorical', { sequence: 'rol' })))).toContain('hmm/no-sequence-column')
    expect(codes(await train(casino, hmm(2, 'categorical', { sequence: 'roll' })))).toContain('hmm/no-observations')
    expect(codes(await train(earthquakes, hmm(200, 'poisson')))).toContain('spec/too-few-rows')
  })

  it('sequences of length 1 are fitted: no transition is ever seen', async () => {
    const singles = await table(earthquakes, 'singles', ['id', 'count'], Array.from({ length: 40 }, (_, row) => [row, row % 2 === 0 ? 2 : 30]))
    const run = await train(singles, hmm(2, 'poisson', { sequence: 'id' }))
    const { initial, rates } = await run.inspect<{ initial: number[]; rates: number[] }>({ kind: 'params' })
    expect(initial[0]).toBeCloseTo(0.5, 6)
    expect(rates[0]).toBeCloseTo(2, 4)
  })
})
