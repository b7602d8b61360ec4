import { beforeAll, describe, expect, it } from 'vitest'
import { covarianceStructures } from '@shared/domain/models/mixtures'
import { fillNormal, fillUniform } from '@shared/math/random'
import { cutIntoChunks } from '../inference/chunks'
import { missingGaussianProblem } from '../inference/missing-gaussian'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import { bernoulliFamily, categoricalFamily, poissonFamily } from '../models/mixtures/discrete-families'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import { studentTFamily } from '../models/mixtures/student-t-family'
import type { AnyFamily } from './mixture-families'
import { type Table, bundledTable, gaussians, runtime } from './mixture-fixture'

let faithful: Table
beforeAll(async () => {
  faithful = await bundledTable('faithful.csv')
})

const wide = { columns: 3, components: 2 }
const rows = 90
const draws = (seed: number): Float64Array => {
  const values = new Float64Array(rows * wide.columns)
  fillUniform(values, { seed, stream: 'properties' })
  return values
}
const erased = (family: unknown): AnyFamily => family as AnyFamily
const families: [string, AnyFamily, Float64Array][] = [
  ['Bernoulli', erased(bernoulliFamily({ ...wide, clamp: 1e-10 })), draws(1).map((value, index) => Number(value < 0.2 + 0.6 * (Math.floor(index / 3) % 2)))],
  ['categorical', erased(categoricalFamily({ ...wide, levels: [3, 3, 3], clamp: 1e-10 })), draws(2).map((value) => Math.floor(3 * value))],
  ['Poisson', erased(poissonFamily(wide)), draws(3).map((value, index) => Math.floor(value * (4 + 20 * (Math.floor(index / 3) % 2))))],
  ['Student-t', erased(studentTFamily({ ...wide, regularization: 0 })), draws(4).map((value, index) => value + 3 * (Math.floor(index / 3) % 2))],
]
const alternate = Int32Array.from({ length: rows }, (_, row) => row % 2)

describe('sufficient statistics of exponential families', () => {
  it.each(families)('of parts of the rows add up to those of the whole: %s', async (_, family, features) => {
    const whole = await mixtureProblem(runtime, familyChunks(features, family), family)
    const parts = await mixtureProblem(runtime, cutIntoChunks(family.encode(features), family.width, null, 13), family)
    const start = await whole.begin(alternate)
    const [one, other] = [await whole.expect(start, null), await parts.expect(start, null)]
    expect(other.logLikelihood).toBeCloseTo(one.logLikelihood, 9)
    for (const [name, values] of Object.entries(one.statistics)) values.forEach((value, index) => expect(other.statistics[name]![index]).toBeCloseTo(value, 9))
  })
})

describe('the identity log p = L + KL, and a bound that never falls', () => {
  const check = async (family: AnyFamily, features: Float64Array, partition: Int32Array, iterations: number): Promise<void> => {
    const problem = await mixtureProblem(runtime, familyChunks(features, family), family)
    let mixture = await problem.begin(partition)
    let before = await problem.expect(mixture, null)
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      const next = problem.maximize(before.statistics, mixture)
      const bound = problem.expectedCompleteLogLikelihood(next, before.statistics) + before.logLikelihood - before.complete
      const after = await problem.expect(next, mixture)
      const scale = problem.weight
      expect(Math.abs(bound + after.kl! - after.logLikelihood) / scale).toBeLessThan(1e-9)
      expect(bound / scale).toBeGreaterThanOrEqual(before.logLikelihood / scale - 1e-11)
      expect(after.kl! / scale).toBeGreaterThanOrEqual(-1e-11)
      mixture = next
      before = after
    }
  }
  it.each(families)('of %s', (_, family, features) => check(family, features, alternate, 12))
  it.each(covarianceStructures)('of Gaussians of structure %s', (structure) =>
    check(erased(gaussians(faithful, structure, 3)), faithful.features, Int32Array.from({ length: 272 }, (_, row) => row % 3), 12),
  )
})

describe('on data whose columns are uncorrelated within every component', () => {
  /** Every row has its mirror image, so that no responsibility can make the columns of a component correlate. */
  function mirrored(): Float64Array {
    const noise = new Float64Array(120)
    fillNormal(noise, { seed: 5, stream: 'mirrored' })
    const points = Array.from({ length: 60 }, (_, row) => [noise[2 * row]! + (row % 2 === 0 ? 0 : 2.2), noise[2 * row + 1]! * (row % 2 === 0 ? 1 : 0.4)])
    return Float64Array.from(points.flatMap(([x, y]) => [x!, y!, x!, -y!]))
  }
  it.each([
    ['VVI', 'VVV'],
    ['EEI', 'EEE'],
    ['VEI', 'VEE'],
  ] as const)('diagonal covariances are the full ones, iteration by iteration: %s is %s', async (narrow, wider) => {
    const features = mirrored()
    const partition = Int32Array.from({ length: features.length / 2 }, (_, row) => Math.floor(row / 2) % 2)
    const fits = await Promise.all(
      [narrow, wider].map(async (structure) => {
        const family = gaussianFamily({ structure, components: 2, columns: 2, regularization: 0 })
        const problem = await mixtureProblem(runtime, familyChunks(features, family), family)
        let mixture = await problem.begin(partition)
        const trace: number[] = []
        for (let iteration = 0; iteration < 40; iteration += 1) {
          const { statistics, logLikelihood } = await problem.expect(mixture, null)
          trace.push(logLikelihood)
          mixture = problem.maximize(statistics, mixture)
        }
        return { trace, mixture, family }
      }),
    )
    const [one, other] = fits as [(typeof fits)[number], (typeof fits)[number]]
    one.trace.forEach((value, iteration) => expect(other.trace[iteration]).toBeCloseTo(value, 6))
    expect(one.trace.at(-1)! - one.trace[0]!).toBeGreaterThan(0.1)
    for (const k of [0, 1]) {
      const [a, b] = [one.family.moments(one.mixture, k), other.family.moments(other.mixture, k)]
      a.mean.forEach((value, d) => expect(b.mean[d]).toBeCloseTo(value, 6))
      a.covariance.forEach((value, index) => expect(b.covariance[index]).toBeCloseTo(value, 6))
      expect(Math.abs(b.covariance[1]!)).toBeLessThan(1e-9)
    }
  })
})

describe('missing nothing', () => {
  it.each(['VVV', 'VVI'] as const)('is ordinary EM, iteration by iteration: %s', async (structure) => {
    const shape = { structure, components: 2, columns: 2, regularization: 0 }
    const family = gaussianFamily(shape)
    const [absent, ordinary] = [await missingGaussianProblem(runtime, faithful.features, shape), await mixtureProblem(runtime, familyChunks(faithful.features, family), family)]
    const halves = Int32Array.from({ length: 272 }, (_, row) => row % 2)
    let one: GaussianMixture = await absent.begin(halves)
    let other: GaussianMixture = await ordinary.begin(halves)
    for (let iteration = 0; iteration < 10; iteration += 1) {
      const [a, b] = [await absent.expect(one, null), await ordinary.expect(other, null)]
      expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 7)
      one = absent.maximize(a.statistics, one)
      other = ordinary.maximize(b.statistics, other)
    }
    one.means.forEach((value, index) => expect(value).toBeCloseTo(other.means[index]!, 8))
  })
})
