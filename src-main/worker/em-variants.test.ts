import { beforeAll, describe, expect, it } from 'vitest'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let faithful: StoredDataset
let iris: StoredDataset
beforeAll(async () => {
  faithful = await storeDataset('faithful.csv')
  iris = await storeDataset('iris.csv', { label: 'target' })
})

const gaussian = { kind: 'gaussian-mixture', components: 2, covariance: 'full', regularization: 0 }
const batchOptimum = -1130.264
const total = (run: Awaited<ReturnType<typeof train>>): number => run.finished().metrics['train/logLikelihood']! * 272

describe('relatives of EM', () => {
  it('annealed EM ends at an optimum of the likelihood', async () => {
    const run = await train(faithful, { model: gaussian, inference: { kind: 'annealed-em' } })
    expect(total(run)).toBeCloseTo(batchOptimum, 3)
  })

  it.each([0.2, 0.7])('a partial M-step never lowers the likelihood, keeps the identity, and ends where EM does: step size %d', async (stepSize) => {
    const run = await train(faithful, { model: gaussian, inference: { kind: 'generalized-em', stepSize } })
    expect(total(run)).toBeCloseTo(batchOptimum, 2)
    const [logLikelihood, bound, kl] = ['logLikelihood', 'lowerBound', 'kl'].map((name) => run.series(`train/${name}`) as number[])
    bound!.forEach((value, index) => {
      expect(Math.abs(value + kl![index]! - logLikelihood![index + 1]!)).toBeLessThan(1e-9)
      expect(value).toBeGreaterThanOrEqual(logLikelihood![index]! - 1e-11)
    })
  })

  it('online EM comes to the optimum of the batch', async () => {
    const run = await train(faithful, { model: gaussian, inference: { kind: 'online-em', batchSize: 68, maxIterations: 60 } })
    expect(total(run)).toBeGreaterThan(batchOptimum - 1)
    expect(total(run)).toBeLessThan(batchOptimum + 1e-6)
  })

  it('Monte-Carlo EM stays near the optimum, nearer with more draws', async () => {
    const far = async (samples: number): Promise<number> =>
      batchOptimum - total(await train(faithful, { model: gaussian, inference: { kind: 'monte-carlo-em', samples, restarts: 1, maxIterations: 60 } }))
    const [few, many] = [await far(1), await far(200)]
    expect(many).toBeGreaterThan(0)
    expect(many).toBeLessThan(0.2)
    expect(few).toBeLessThan(20)
  })

  it('hard EM climbs the classification likelihood, and is k-means for equal spheres of equal weight', async () => {
    const run = await train(faithful, { model: gaussian, inference: { kind: 'hard-em' } })
    const climbed = run.series('train/classificationLogLikelihood') as number[]
    climbed.slice(1).forEach((value, index) => expect(value).toBeGreaterThanOrEqual(climbed[index]! - 1e-12))
    expect(total(run)).toBeLessThan(batchOptimum)
    expect(total(run)).toBeGreaterThan(batchOptimum - 5)
    const kMeans = await train(iris, { model: { kind: 'k-means', components: 3 }, inference: { kind: 'em' } })
    // scikit-learn 1.2: KMeans(3, n_init=200).inertia_
    expect(kMeans.finished().metrics['train/inertia']).toBeCloseTo(78.851441, 5)
  })

  it('gives the same run for the same seed', async () => {
    const spec = { model: gaussian, inference: { kind: 'monte-carlo-em', restarts: 2, maxIterations: 20 } }
    expect((await train(faithful, spec)).series('train/logLikelihood')).toEqual((await train(faithful, spec)).series('train/logLikelihood'))
  })
})
