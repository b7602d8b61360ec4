import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Evidence, type EvidenceOptions, evidenceOptionsSchema } from '@shared/domain/evidence'
import type { InquiryAnswer, InquiryQuestion } from '@shared/domain/inquiry'
import { probeOptionsSchema } from '@shared/domain/probing'
import { blockRowsFor } from '../evidence/estimate'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

let iris: StoredDataset
let faithful: StoredDataset
let factors: Trained
let mixture: Trained
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
  faithful = await storeDataset('faithful.csv')
  factors = await train(iris, { preprocess: ['standardize'], model: { kind: 'ppca', latent: 2 }, inference: { kind: 'closed-form' } })
  mixture = await train(faithful, { model: { kind: 'gaussian-mixture', components: 3 }, inference: { kind: 'em', restarts: 2 } })
})

const ask = (run: Trained, question: InquiryQuestion, about: StoredDataset): Promise<InquiryAnswer> =>
  run.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset: about.dataset, datasetFolder: about.folder, threads: 1 })
async function evidenceOf(run: Trained, own: StoredDataset, options: Partial<EvidenceOptions>, other?: StoredDataset): Promise<Evidence> {
  const question: InquiryQuestion = { kind: 'evidence', ...(other ? { dataset: other.dataset.name } : {}), options: evidenceOptionsSchema.parse(options) }
  const answer = await ask(run, question, other ?? own)
  if (answer.kind !== 'evidence') throw new Error('another answer')
  return answer.evidence
}

describe('of PPCA on standardized iris, q = 2, whose mean is −3.686255', () => {
  const ways: Partial<EvidenceOptions>[] = [
    { estimator: 'naive', samples: 10_000, repeats: 3 },
    { estimator: 'importance', samples: 200, repeats: 3 },
    { estimator: 'importance', proposal: 'refined', samples: 500, repeats: 3, refineSteps: 100 },
    { estimator: 'iwae', samples: 200, repeats: 3 },
    { estimator: 'ais', samples: 16, repeats: 3, temperatures: 10, leapfrogSteps: 3, refineSteps: 100 },
    { estimator: 'ais', annealFrom: 'prior', samples: 32, repeats: 3, temperatures: 100, leapfrogSteps: 3 },
  ]
  it.each(ways)('%j comes within 4 standard errors of it, and says how it did', async (options) => {
    const found = await evidenceOf(factors, iris, { ...options, rows: 30 })
    // each row's log p̂ lies below log p by about half its variance
    const bias = options.estimator === 'naive' || options.annealFrom === 'prior' ? 0.008 : 0.001
    expect(Math.abs(found.logLikelihood! - found.exact!)).toBeLessThan(bias + 4 * found.standardError!)
    expect(found).toMatchObject({ estimator: options.estimator, rows: 30 })
    expect(found.effectiveSampleSize).toBeGreaterThan(5)
  })

  it('the exact estimator is that mean', async () => {
    expect((await evidenceOf(factors, iris, { estimator: 'exact' })).logLikelihood).toBeCloseTo(-3.686255, 6)
  })

  it('holds log p between both ends of annealed chains on simulated rows', async () => {
    const { sandwich } = await evidenceOf(factors, iris, { estimator: 'ais', samples: 8, temperatures: 20, leapfrogSteps: 3, refineSteps: 100, sandwich: true, rows: 5 })
    expect(sandwich!.upper - sandwich!.lower).toBeGreaterThan(-0.01)
    expect(sandwich!.upper - sandwich!.lower).toBeLessThan(0.05)
  })
})

describe('of a mixture, whose latent can be summed out', () => {
  it('naive and importance sampling find what is exact', async () => {
    for (const estimator of ['naive', 'importance'] as const) {
      const found = await evidenceOf(mixture, faithful, { estimator, samples: 3000, repeats: 4, rows: 60 })
      expect(Math.abs(found.logLikelihood! - found.exact!)).toBeLessThan(1e-3 + 4 * found.standardError!)
    }
  })

  it('log p̂ falls short like 1/K: ten times the samples, a tenth of the bias', async () => {
    const { expected, exact } = await evidenceOf(mixture, faithful, { estimator: 'naive', samples: 20_000, rows: 60 })
    const short = (count: number): number => exact! - expected!.logLikelihood[expected!.samples.indexOf(count)]!
    expect(short(100) / short(1000)).toBeGreaterThan(7)
    expect(short(100) / short(1000)).toBeLessThan(14)
  })
})

describe('what cannot be told is refused in words', () => {
  it('an estimator that does not apply, and why', async () => {
    await expect(evidenceOf(mixture, faithful, { estimator: 'ais' })).rejects.toThrow(/discrete.*Use exact, naive or importance/)
    const classifier = await train(iris, { model: { kind: 'bayes-classifier' }, inference: { kind: 'em' } })
    await expect(evidenceOf(classifier, iris, { estimator: 'importance' })).rejects.toThrow(/known exactly.*Use the estimator exact/)
  })

  it('a run without a checkpoint', async () => {
    const run = await train(iris, { model: { kind: 'ppca', latent: 1 }, inference: { kind: 'closed-form' } })
    rmSync(join(run.runFolder, 'checkpoints'), { recursive: true })
    const refused = /no fitted parameters.*Let it finish, resume it, or start it again/
    await expect(evidenceOf(run, iris, { estimator: 'exact' })).rejects.toThrow(refused)
    await expect(run.inspect({ kind: 'latents' })).rejects.toThrow(refused)
  })

  it('data of another shape, and a part that is not there', async () => {
    await expect(evidenceOf(factors, iris, { estimator: 'exact' }, faithful)).rejects.toThrow(/4.*faithful.*2/)
    await expect(evidenceOf(mixture, faithful, { estimator: 'exact' }, iris)).rejects.toThrow(/2.*iris.*4/)
    await expect(evidenceOf(factors, iris, { estimator: 'exact', part: 'test' })).rejects.toThrow(/no rows in the part test/)
  })

  it('a probe without classes, and ridge where classes are names', async () => {
    const probe = (run: Trained, about: StoredDataset, kind: 'logistic' | 'ridge') => ask(run, { kind: 'probe', options: probeOptionsSchema.parse({ kind }) }, about)
    await expect(probe(mixture, faithful, 'logistic')).rejects.toThrow(/no classes.*label column/)
    const named = { ...iris, dataset: { ...iris.dataset, classes: ['setosa', 'versicolor', 'virginica'] } }
    const run = await train(named, { model: { kind: 'ppca', latent: 1 }, inference: { kind: 'closed-form' } })
    await expect(probe(run, named, 'ridge')).rejects.toThrow(/names \(setosa.*logistic/)
  })

  it('five effective samples or fewer are not to be trusted', async () => {
    const { effectiveSampleSize, verdict } = await evidenceOf(factors, iris, { estimator: 'naive', samples: 20 })
    expect(effectiveSampleSize).toBeLessThan(5)
    expect(verdict[0]).toMatchObject({ code: 'evidence/few-effective', message: expect.stringMatching(/Not to be trusted.*refine the proposal/) })
  })

  it('any number of samples is cut into blocks that fit in memory', () => {
    for (const samples of [1, 5000, 1_000_000]) expect(blockRowsFor(samples) * samples).toBeLessThanOrEqual(4e6)
    expect(blockRowsFor(1_000_000)).toBeGreaterThanOrEqual(1)
  })
})
