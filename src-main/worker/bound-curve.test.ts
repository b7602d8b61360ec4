import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BoundCurve, Direction } from '@shared/domain/inside'
import type { EmFrame } from '@shared/domain/run'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

let tables: Record<string, StoredDataset>
beforeAll(async () => {
  tables = {
    faithful: await storeDataset('faithful.csv'),
    earthquakes: await storeDataset('earthquakes.csv', { ignore: ['year'] }),
    airquality: await storeDataset(resolve('src-main/datasets/fixture-airquality.csv'), { missing: 'keep', ignore: ['Month', 'Day'] }),
    digits: await storeDataset('digits', {}, [0, 16]),
  }
})

const em = { kind: 'em', restarts: 1, initialization: 'random' }
const gaussian = (covariance: string): object => ({ kind: 'gaussian-mixture', components: 2, covariance, regularization: 0 })
const cases: [string, string, object, object?][] = [
  ['full', 'faithful', gaussian('full')],
  ['tied', 'faithful', gaussian('tied')],
  ['diagonal', 'faithful', gaussian('diagonal')],
  ['spherical', 'faithful', gaussian('spherical')],
  ['one shape', 'faithful', gaussian('VEE')],
  ['Student-t', 'faithful', { kind: 'student-t-mixture', components: 2, regularization: 0 }],
  ['softened k-means', 'faithful', { kind: 'k-means', components: 2, softness: 1 }],
  ['absent entries', 'airquality', gaussian('full')],
  ['Poisson', 'earthquakes', { kind: 'poisson-mixture', components: 2 }],
  ['Bernoulli', 'digits', { kind: 'bernoulli-mixture', components: 2 }, { preprocess: ['scale', { binarize: { threshold: 0.5 } }] }],
]
const ask = (run: Trained, iteration: number, direction: Direction): Promise<BoundCurve> => run.inspect({ kind: 'boundCurve', iteration, direction })

describe.each(cases)('the bound under the log-likelihood of a mixture: %s', (_, table, model, more = {}) => {
  let run: Trained
  beforeAll(async () => {
    run = await train(tables[table]!, { model, inference: em, ...more })
  })

  it('touches it at θ(t), lies under it everywhere, and its top is the M-step', async () => {
    for (const iteration of [1, 2]) {
      const curve = await ask(run, iteration, { kind: 'step' })
      const frame = await run.inspect<EmFrame>({ kind: 'emFrame', iteration: iteration + 1 })
      expect(curve.iteration).toBe(iteration)
      expect(curve.at.length).toBeGreaterThan(60)
      const here = curve.at.indexOf(curve.here)
      expect(curve.bound[here]).toBeCloseTo(curve.touch, 10)
      expect(curve.logLikelihood[here]).toBeCloseTo(curve.touch, 10)
      curve.bound.forEach((bound, index) => bound !== null && expect(bound).toBeLessThanOrEqual(curve.logLikelihood[index]! + 1e-10))
      // The M-step of a shape that components share is an iteration itself, which ends a little short.
      expect(curve.best).toBeCloseTo(1, 3)
      // What the run itself told of this iteration
      expect(curve.touch).toBeCloseTo(frame.bound!.logLikelihoodBefore, 9)
      expect(curve.boundAtBest).toBeCloseTo(frame.bound!.lowerBound, 9)
      expect(curve.logLikelihood[curve.at.indexOf(curve.next)]).toBeCloseTo(frame.bound!.logLikelihood, 9)
    }
  })

  it('does so along every kind of coordinate, and along the direction of the last steps', async () => {
    const { choices } = await ask(run, 1, { kind: 'step' })
    expect(choices.length).toBeGreaterThan(0)
    const directions: Direction[] = [
      { kind: 'principal' },
      ...choices.map(({ name, components, columns }): Direction => ({ kind: 'coordinate', name, component: Math.max(0, components - 1), column: Math.max(0, Math.min(columns, 30) - 1) })),
    ]
    for (const direction of directions) {
      const curve = await ask(run, 2, direction)
      expect(curve.taken).toBe(direction.kind)
      expect(curve.logLikelihood[curve.at.indexOf(curve.here)]).toBeCloseTo(curve.touch, 9)
      curve.bound.forEach((bound, index) => bound !== null && expect(bound).toBeLessThanOrEqual(curve.logLikelihood[index]! + 1e-9))
      expect(curve.boundAtBest).toBeGreaterThanOrEqual(curve.touch - 1e-12)
      // Of a weight, the M-step is where the bound is largest, whatever else it changes.
      if (direction.kind === 'coordinate' && direction.name === 'weight') expect(curve.best).toBeCloseTo(curve.next, 4)
    }
  })

  it('has a picture where EM has come to rest, too', async () => {
    const curve = await ask(run, 1e6, { kind: 'step' })
    expect(curve.at.length).toBeGreaterThan(60)
    expect(curve.at.at(-1)! - curve.at[0]!).toBeGreaterThan(0)
    expect(Math.max(...curve.bound.filter((value) => value !== null))).toBeCloseTo(curve.touch, 5)
  })
})

it('k-means in the limit has no bound to show, and says so', async () => {
  const run = await train(tables['faithful']!, { model: { kind: 'k-means', components: 2 }, inference: { kind: 'em', restarts: 1 } })
  await expect(ask(run, 0, { kind: 'step' })).rejects.toThrow(/k-means/)
})
