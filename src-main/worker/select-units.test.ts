import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CovarianceStructure, covarianceStructures } from '@shared/domain/models/mixtures'
import { type SelectionQuestion, type SelectionUnit, selectionQuestionSchema } from '@shared/domain/selection'
import { bootstrapResult, chosenByTests, gridResult, ratioTests } from '@shared/domain/selection-results'
import { nextUnits } from '@shared/domain/selection-units'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { mclustFaithful, mclustIris } from './fixture-mclust-bic'
import { SelectionFits } from './select-units'
import { type StoredDataset, storeDataset } from './training-fixture'

const runtime = createOnnxRuntime({ threads: 1 })
const gaussian = { model: { kind: 'gaussian-mixture', regularization: 0 }, inference: { kind: 'em' } }

async function answer({ dataset, folder }: StoredDataset, question: object, spec: object = gaussian): Promise<{ question: SelectionQuestion; units: SelectionUnit[] }> {
  const asked = selectionQuestionSchema.parse({ ...question, spec: { dataset: dataset.name, ...spec } })
  const runFolder = mkdtempSync(join(tmpdir(), 'latent-select-'))
  const fits = new SelectionFits('s1', asked, { dataset, datasetFolder: folder, runFolder }, runtime)
  const units: SelectionUnit[] = []
  for (let next = nextUnits(asked, units); next.length > 0; next = nextUnits(asked, units)) for (const unit of next) units.push(await fits.fit(unit))
  return { question: asked, units }
}

async function grid(stored: StoredDataset, question: object, spec?: object) {
  const { question: asked, units } = await answer(stored, { kind: 'grid', ...question }, spec)
  if (asked.kind !== 'grid') throw new Error('asked for a grid')
  return gridResult(asked, units)
}

describe('a grid of components and structures', () => {
  const compare = (found: Awaited<ReturnType<typeof grid>>, table: Record<string, (number | null)[]>): number[] =>
    found.cells.flatMap(({ structure, components, bic, spurious }) => {
      const theirs = table[structure!]![components - 1]!
      return theirs === null || spurious ? [] : [bic! - theirs]
    })

  it('chooses what mclust chooses on iris, and ends in no cell below it', async () => {
    const found = await grid(await storeDataset('iris.csv', { label: 'target' }), { components: [1, 2, 3, 4], structures: covarianceStructures })
    expect(found.best.bic).toEqual({ components: 2, structure: 'VEV', value: expect.closeTo(-561.7285, 2) })
    const differences = compare(found, mclustIris)
    expect(differences.length).toBeGreaterThan(50)
    expect(Math.min(...differences)).toBeGreaterThan(-0.1)
    expect(differences.filter((difference) => Math.abs(difference) < 0.01).length).toBeGreaterThan(30)
  })

  it('chooses what mclust chooses on faithful, and ends in no cell below it', async () => {
    const found = await grid(await storeDataset('faithful.csv'), { components: [1, 2, 3, 4], structures: covarianceStructures })
    expect(found.best.bic).toEqual({ components: 3, structure: 'EEE', value: expect.closeTo(-2314.296, 2) })
    expect(Math.min(...compare(found, mclustFaithful))).toBeGreaterThan(-0.1)
  })

  it('compares held-out rows where folds are asked for, and says how sure that is', async () => {
    const structures: CovarianceStructure[] = ['VVV']
    const { best, cells } = await grid(await storeDataset('faithful.csv'), { components: [1, 2], structures, folds: 5 })
    expect(best.crossValidated!.components).toBe(2)
    expect(cells[1]!.crossValidated!).toBeGreaterThan(cells[0]!.crossValidated! + 0.5)
    for (const { crossValidated, logLikelihood, standardError } of cells) {
      expect(crossValidated!).toBeLessThan(logLikelihood! / 272)
      // the spread of a row's log-density is about one nat
      expect(standardError!).toBeGreaterThan(0.3 / Math.sqrt(272))
      expect(standardError!).toBeLessThan(2 / Math.sqrt(272))
    }
  })

  it('says of a cell that cannot be fitted why, and fits the others', async () => {
    const { cells, best } = await grid(await storeDataset('faithful.csv'), { components: [2, 300], structures: ['VVV'] })
    expect(cells[1]).toMatchObject({ logLikelihood: null, reason: { code: 'spec/too-few-rows' } })
    expect(best.bic).toMatchObject({ components: 2 })
  })
})

describe('a grid of other models', () => {
  it('chooses three states for the earthquakes by AIC, with the likelihoods of the reference figures', async () => {
    const spec = { model: { kind: 'hmm', emissions: 'poisson' }, inference: { kind: 'em', restarts: 10 } }
    const { cells, best } = await grid(await storeDataset('earthquakes.csv', { ignore: ['year'] }), { components: [1, 2, 3] }, spec)
    const expected = [-391.9189, -341.8787, -328.5275]
    for (const [at, { logLikelihood }] of cells.entries()) expect(logLikelihood).toBeCloseTo(expected[at]!, 3)
    expect(cells.map(({ freeParameters }) => freeParameters)).toEqual([1, 5, 11])
    expect(best.aic!.components).toBe(3)
  })

  it('holds rows out of factor models and of mixtures of counts', async () => {
    const ppca = await grid(await storeDataset('iris.csv', { label: 'target' }), { components: [1, 2], folds: 5 }, { model: { kind: 'ppca' }, inference: { kind: 'closed-form' } })
    expect(ppca.cells.map(({ logLikelihood }) => logLikelihood! / 150)).toEqual([expect.closeTo(-3.137796, 5), expect.closeTo(-2.699752, 5)])
    expect(ppca.best.crossValidated!.components).toBe(2)
    const poisson = await grid(await storeDataset('earthquakes.csv', { ignore: ['year'] }), { components: [1, 2], folds: 4 }, { model: { kind: 'poisson-mixture' }, inference: { kind: 'em' } })
    expect(poisson.cells.map(({ logLikelihood }) => -logLikelihood!)).toEqual([expect.closeTo(391.9189, 3), expect.closeTo(360.369, 3)])
    expect(poisson.best.crossValidated!.components).toBe(2)
  })
})

describe('resampling', () => {
  // R 4.2, mclust 6.0: mclustBootstrapLRT(faithful, 'VVV', nboot = 99): 1 vs 2 p = .01, 2 vs 3 p ≤ .02; LRTS 319.07, 31.65
  it('rejects one component of faithful by its likelihood ratio', async () => {
    const { question, units } = await answer(await storeDataset('faithful.csv'), { kind: 'ratio-test', components: [1], structures: ['VVV'], replicates: 19 })
    if (question.kind !== 'ratio-test') throw new Error('asked for a test')
    const tests = ratioTests(question, units)
    expect(tests).toHaveLength(1)
    expect(tests[0]).toMatchObject({ statistic: expect.closeTo(319.065, 1), pValue: 0.05, failed: 0 })
    expect(Math.max(...tests[0]!.simulated)).toBeLessThan(60)
    for (const value of tests[0]!.simulated) expect(value).toBeGreaterThan(0)
    expect(chosenByTests(tests, 0.01)).toBe(1)
  })

  it('finds the standard error that a mean of known variance has', async () => {
    const { question, units } = await answer(
      await storeDataset('faithful.csv'),
      { kind: 'bootstrap', run: 'r1', replicates: 200 },
      { ...gaussian, model: { ...gaussian.model, components: 1 } },
    )
    if (question.kind !== 'bootstrap') throw new Error('asked for a bootstrap')
    const { parameters, replicates } = bootstrapResult(question, units)
    expect(replicates).toBe(200)
    const mean = parameters.find(({ name }) => name === 'means[0][0]')!
    // σ/√n = 1.13927/√272; 200 resamples know it to 5 %
    expect(mean.standardError / 0.069078).toBeGreaterThan(0.85)
    expect(mean.standardError / 0.069078).toBeLessThan(1.15)
    expect(mean.low).toBeLessThan(3.4878)
    expect(mean.high).toBeGreaterThan(3.4878)
  })
})

it('a grid over columns of different types finds the two classes they were drawn from', async () => {
  const stored = await storeDataset(resolve('src-main/worker/fixture-mixed.csv'), { categorical: ['town'] })
  const { cells, best } = await grid(stored, { components: [1, 2, 3], structures: [] }, { model: { kind: 'mixed-mixture' }, inference: { kind: 'em' } })
  expect(best.bic!.components).toBe(2)
  expect(cells.find(({ components }) => components === 2)!.logLikelihood).toBeCloseTo(-1605.4512717, 3)
})
