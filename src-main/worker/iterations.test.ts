import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix, StateSequences, TopicSummary } from '@shared/domain/run'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { IterationKeeper } from './iteration-keeper'
import type { KeptIteration } from './iteration-file'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

const stored: Record<string, StoredDataset> = {}
beforeAll(async () => {
  stored['iris'] = await storeDataset('iris.csv', { label: 'target' })
  stored['faithful'] = await storeDataset('faithful.csv')
  stored['earthquakes'] = await storeDataset(resolve('src-main/worker/fixture-earthquakes.csv'))
  stored['tenths'] = await inTenths(stored['iris'])
})

/** Measurements to a tenth as counts. */
async function inTenths({ dataset, folder }: StoredDataset): Promise<StoredDataset> {
  const { features } = openDatasetArrays(folder, dataset)
  await writeDatasetArrays(`${folder}-tenths`, { features: Float64Array.from(features, (value) => Math.round(10 * value)), labels: null })
  return { folder: `${folder}-tenths`, dataset: { ...dataset, columns: dataset.columns.filter(({ role }) => role === 'feature'), classes: null } }
}

const em = { kind: 'em', restarts: 2, maxIterations: 60 }
const variational = { kind: 'variational-bayes', restarts: 2, maxIterations: 60 }

const at = (iteration: number, operation: InspectOperation): InspectOperation => ({ kind: 'atIteration', iteration, operation })
const apply = (data: string, output: 'logDensity' | 'responsibilities' | 'encode'): InspectOperation => ({
  kind: 'apply',
  output,
  dataset: stored[data]!.dataset,
  datasetFolder: stored[data]!.folder,
})
const kept = (run: Trained): Promise<KeptIteration[]> => run.inspect<KeptIteration[]>({ kind: 'iterations' })
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

describe.each<[string, string, object, object]>([
  ['a hidden Markov model of counts', 'earthquakes', { kind: 'hmm', states: 3, emissions: 'poisson' }, em],
  ['a hidden Markov model of measurements', 'faithful', { kind: 'hmm', states: 2, emissions: 'gaussian' }, em],
  ['factor analysis', 'iris', { kind: 'factor-analysis', latent: 1 }, em],
  ['probabilistic PCA by EM', 'iris', { kind: 'ppca', latent: 2 }, em],
  ['a mixture of factor analysers', 'iris', { kind: 'mixture-of-factor-analyzers', components: 2, latent: 1 }, em],
])('%s, watched', (_, data, model, inference) => {
  let run: Trained
  beforeAll(async () => {
    run = await train(stored[data]!, { model, inference })
  })

  it('keeps every iteration, with parameters whose likelihood is that of the climb there', async () => {
    const climb = run.series('train/logLikelihood') as number[]
    const iterations = await kept(run)
    expect(iterations.map(({ iteration }) => iteration)).toEqual(climb.map((_value, index) => index))
    for (const iteration of [0, 1, Math.floor(climb.length / 2), climb.length - 1]) {
      const { values } = await run.inspect<Matrix>(at(iteration, apply(data, 'logDensity')))
      expect(mean(values)).toBeCloseTo(climb[iteration]!, 8)
    }
  })

  it('tells of every iteration the bound and the KL, which add up to the likelihood', async () => {
    for (const { iteration, bound } of await kept(run)) {
      if (iteration === 0) expect(bound).toBeNull()
      else {
        expect(bound!.lowerBound + bound!.kl).toBeCloseTo(bound!.logLikelihood, 9)
        expect(bound!.lowerBound).toBeGreaterThan(bound!.logLikelihoodBefore - 1e-12)
      }
    }
  })

  it('ends with the parameters of the fit, in the same order', async () => {
    const [end, fitted] = [await run.inspect(at(1000, { kind: 'params' })), await run.inspect({ kind: 'params' })]
    expect(end).toEqual(fitted)
    expect(await run.inspect(at(0, { kind: 'params' }))).not.toEqual(fitted)
  })
})

describe('what is looked at in an iteration', () => {
  it('states: their path, posteriors and rates', async () => {
    const run = await train(stored['earthquakes']!, { model: { kind: 'hmm', states: 3, emissions: 'poisson' }, inference: em })
    const { dataset, folder } = stored['earthquakes']!
    const question: InspectOperation = { kind: 'states', horizon: 0, parameters: null, dataset, datasetFolder: folder }
    const climb = run.series('train/logLikelihood') as number[]
    const [first, last] = [await run.inspect<StateSequences>(at(0, question)), await run.inspect<StateSequences>(question)]
    expect(first.logLikelihood / 107).toBeCloseTo(climb[0]!, 9)
    expect(first.means).not.toEqual(last.means)
    expect([...first.posteriors]).not.toEqual([...last.posteriors])
  })

  it.each(['plsa', 'lda'])('topics: words and documents of %s', async (kind) => {
    const two = await train(stored['tenths']!, { model: { kind, topics: 2 }, inference: kind === 'lda' ? variational : em })
    const words = (iteration: number): Promise<TopicSummary> => two.inspect<TopicSummary>(at(iteration, { kind: 'topics', words: 3 }))
    const [start, end, fitted] = [await words(0), await words(1000), await two.inspect<TopicSummary>({ kind: 'topics', words: 3 })]
    expect([...start.probabilities]).not.toEqual([...fitted.probabilities])
    expect([...end.probabilities]).toEqual([...fitted.probabilities])
    expect([...end.documents]).toEqual([...fitted.documents])
    for (let d = 0; d < start.documents.length; d += 2) expect(start.documents[d]! + start.documents[d + 1]!).toBeCloseTo(1, 9)
  })

  it('components of a Bayesian mixture: those that will die still have rows at first', async () => {
    const run = await train(stored['faithful']!, { model: { kind: 'bayesian-gaussian-mixture', components: 6, weightConcentration: 1e-3 }, inference: { ...variational, maxIterations: 400 } })
    const alive = async (operation: InspectOperation): Promise<number> => ((await run.inspect<{ counts: number[] }>(operation)).counts.filter((count) => count >= 1)).length
    expect(await alive(at(0, { kind: 'params' }))).toBeGreaterThan(await alive({ kind: 'params' }))
    const { rows, values } = await run.inspect<Matrix>(at(3, apply('faithful', 'responsibilities')))
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(rows, 6)
  })

  it('is refused in a sentence where none were kept', async () => {
    const run = await train(stored['iris']!, { model: { kind: 'ppca', latent: 1 }, inference: { kind: 'closed-form' } })
    expect(await kept(run)).toEqual([])
    await expect(run.inspect(at(1, { kind: 'params' }))).rejects.toThrow(/No iterations of run r1 were kept/)
  })
})

describe('what is kept of many iterations', () => {
  it('is every second, fourth, … and the latest, never more than there is room for', () => {
    const keeper = new IterationKeeper<{ iteration: number; values: Float64Array }>(10 * 80)
    for (let iteration = 0; iteration <= 37; iteration += 1) {
      keeper.keep({ iteration, values: new Float64Array(10) })
      expect(keeper.items.length).toBeLessThanOrEqual(10)
      expect(keeper.items.at(-1)!.iteration).toBe(iteration)
    }
    expect(keeper.items.map(({ iteration }) => iteration)).toEqual([0, 8, 16, 24, 32, 37])
  })
})
