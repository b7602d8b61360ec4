import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ConditionalPicture } from '@shared/domain/conditional'
import type { AlignedRestarts, Alignment, MergeTreeAnswer } from '@shared/domain/merging'
import type { Matrix } from '@shared/domain/run'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

const em = { kind: 'em', restarts: 10, tolerance: 1e-10, maxIterations: 5000 }
const gaussian = (components: number, covariance: string): object => ({ kind: 'gaussian-mixture', components, covariance, regularization: 0 })

let faithful: StoredDataset
let iris: StoredDataset
let mixed: StoredDataset
beforeAll(async () => {
  faithful = await storeDataset('faithful.csv')
  iris = await storeDataset('iris.csv', { label: 'target' })
  mixed = await storeDataset(resolve('src-main/worker/fixture-mixed.csv'), { categorical: ['town'] })
})

/** ∫ f over an axis by the trapezoidal rule. */
const integral = (axis: readonly number[], values: ArrayLike<number>): number =>
  axis.slice(1).reduce((sum, x, at) => sum + ((values[at]! + values[at + 1]!) / 2) * (x - axis[at]!), 0)
const at = (stored: StoredDataset) => ({ dataset: stored.dataset, datasetFolder: stored.folder })
const picture = (run: Trained, given: { column: string; value: number }[], target: string[]): Promise<ConditionalPicture> =>
  run.inspect({ kind: 'conditional', given, target })

interface Gaussians {
  weights: number[]
  means: number[][]
  covariances: number[][][]
  featureNames: string[]
}
/** Density of a mixture of two-dimensional Gaussians. */
const planeDensity = ({ weights, means, covariances }: Gaussians, x: number, y: number): number =>
  weights.reduce((sum, weight, k) => {
    const [[a, b], [, d]] = covariances[k] as [[number, number], [number, number]]
    const [u, v] = [x - means[k]![0]!, y - means[k]![1]!]
    const determinant = a * d - b * b
    return sum + (weight * Math.exp(-(d * u * u - 2 * b * u * v + a * v * v) / (2 * determinant))) / (2 * Math.PI * Math.sqrt(determinant))
  }, 0)

describe('the density of some columns given others', () => {
  it.each(['VVV', 'EEE', 'VVI', 'VEV', 'VII'])('is the joint density over its integral, with the moments of that: %s', async (covariance) => {
    const run = await train(faithful, { model: gaussian(3, covariance), inference: em })
    const params = await run.inspect<Gaussians>({ kind: 'params' })
    for (const value of [2, 3.1, 4.6]) {
      const found = await picture(run, [{ column: 'eruptions', value }], ['waiting'])
      const axis = Array.from({ length: 4001 }, (_, index) => -100 + index / 10)
      const joint = axis.map((waiting) => planeDensity(params, value, waiting))
      const total = integral(axis, joint)
      found.axes[0]!.forEach((waiting, index) => expect(found.density[index]).toBeCloseTo(planeDensity(params, value, waiting) / total, 10))
      const mean = integral(axis, joint.map((density, index) => density * axis[index]!)) / total
      const square = integral(axis, joint.map((density, index) => density * (axis[index]! - mean) ** 2)) / total
      expect(found.mean[0]).toBeCloseTo(mean, 8)
      expect(found.covariance[0]![0]).toBeCloseTo(square, 6)
      expect(Math.exp(found.logDensityOfGiven)).toBeCloseTo(total, 10)
      expect(found.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    }
  })

  it('of two columns given one of four, integrates to 1 and has its moments', async () => {
    const run = await train(iris, { model: gaussian(3, 'VVV'), inference: em })
    const [given, ...target] = ['petal_length_cm', 'sepal_length_cm', 'petal_width_cm']
    const { axes, density, mean, covariance } = await picture(run, [{ column: given!, value: 4.8 }], target)
    const [first, second] = axes as [number[], number[]]
    const line = (of: (x: number, y: number) => number): number =>
      integral(first, first.map((x, i) => integral(second, second.map((y, j) => density[i * second.length + j]! * of(x, y)))))
    expect(line(() => 1)).toBeCloseTo(1, 3)
    expect(line((x) => x)).toBeCloseTo(mean[0]!, 2)
    expect(line((_, y) => y)).toBeCloseTo(mean[1]!, 2)
    expect(line((x, y) => (x - mean[0]!) * (y - mean[1]!))).toBeCloseTo(covariance[0]![1]!, 3)
  })

  it('without anything given is the marginal density with the prior weights', async () => {
    const run = await train(faithful, { model: gaussian(2, 'VVV'), inference: em })
    const { density, marginal, weights, priorWeights } = await picture(run, [], ['eruptions'])
    expect(density).toEqual(marginal)
    expect(weights).toEqual(priorWeights)
  })

  it('tells of every row of a table: moments, the density of its own targets, weights', async () => {
    const run = await train(faithful, { model: gaussian(2, 'VVV'), inference: em })
    const params = await run.inspect<Gaussians>({ kind: 'params' })
    const apply = (output: 'conditional' | 'logDensity', more: object = {}): Promise<Matrix> => run.inspect({ kind: 'apply', output, ...at(faithful), ...more })
    const { columns, values, rows } = await apply('conditional', { given: ['eruptions'], target: ['waiting'] })
    expect(columns).toEqual(['mean waiting', 'sd waiting', 'logDensity', 'weight 1', 'weight 2'])
    expect(rows).toBe(272)
    const joint = (await apply('logDensity')).values
    const alone = (await apply('conditional', { target: ['eruptions'] })).values
    const { features } = await run.inspect<{ features: Float32Array }>({ kind: 'data' })
    for (const row of [0, 7, 200]) {
      // log p(waiting | eruptions) = log p(both) − log p(eruptions)
      expect(values[5 * row + 2]).toBeCloseTo(joint[row]! - alone[5 * row + 2]!, 9)
      const own = (await picture(run, [{ column: 'eruptions', value: features[2 * row]! }], ['waiting']))
      expect(values[5 * row]).toBeCloseTo(own.mean[0]!, 3)
      expect(values[5 * row + 3]).toBeCloseTo(own.weights[0]!, 3)
    }
    expect(params.featureNames).toEqual(['eruptions', 'waiting'])
  })

  it('over columns of different types is that of enumeration, and of categories tells probabilities', async () => {
    const run = await train(mixed, { model: { kind: 'mixed-mixture', components: 2 }, inference: em })
    const { weights, columns } = await run.inspect<{
      weights: number[]
      columns: { height: { means: number[]; standardDeviations: number[] }; town: { probabilities: number[][] }; smoker: { probabilities: number[] } }
    }>({ kind: 'params' })
    const shares = weights.map((weight, k) => {
      const { means, standardDeviations } = columns.height
      return weight * (Math.exp(-(((0.4 - means[k]!) / standardDeviations[k]!) ** 2) / 2) / standardDeviations[k]!) * columns.smoker.probabilities[k]!
    })
    const total = shares.reduce((sum, value) => sum + value, 0)
    const found = await picture(run, [{ column: 'height', value: 0.4 }, { column: 'smoker', value: 1 }], ['town'])
    found.weights.forEach((weight, k) => expect(weight).toBeCloseTo(shares[k]! / total, 10))
    found.density.forEach((probability, code) =>
      expect(probability).toBeCloseTo(shares.reduce((sum, share, k) => sum + (share / total) * columns.town.probabilities[k]![code]!, 0), 10),
    )
    expect([...found.density].reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10)
    const table = await run.inspect<Matrix>({ kind: 'apply', output: 'conditional', given: ['height'], target: ['town', 'visits'], ...at(mixed) })
    expect(table.columns).toEqual(['p town=a', 'p town=b', 'p town=c', 'mean visits', 'sd visits', 'logDensity', 'weight 1', 'weight 2'])
  })

  it.each([
    ['a column that is not there', { given: ['height'] }, /no feature height/],
    ['a column on both sides', { given: ['waiting'], target: ['waiting'] }, /given and asked about/],
    ['all columns', { given: ['waiting', 'eruptions'] }, /none is left/],
  ])('refuses %s in words', async (_what, condition, words) => {
    const run = await train(faithful, { model: gaussian(2, 'VVV'), inference: { ...em, restarts: 1 } })
    await expect(run.inspect({ kind: 'apply', output: 'conditional', ...condition, ...at(faithful) })).rejects.toThrow(words)
  })
})

describe('merging components by entropy', () => {
  // mclust 6: clustCombi of the fit of the same structure; entropies with 1, 2, … groups.
  it.each([
    ['faithful', 'EEE', 3, -1126.315928, [0, 0.482527, 42.742354], 2],
    ['faithful', 'VVV', 3, -1119.213, null, 2],
    ['iris', 'VEV', 2, -215.725972, [0, 0.001991], null],
  ] as const)('%s with %s × %i, as mclust does', async (name, covariance, components, logLikelihood, entropies, elbow) => {
    const stored = name === 'faithful' ? faithful : iris
    const run = await train(stored, { model: gaussian(components, covariance), inference: em })
    const tree = await run.inspect<MergeTreeAnswer>({ kind: 'merges' })
    expect(run.finished().metrics['train/logLikelihood']! * stored.dataset.rows).toBeGreaterThan(logLikelihood - 1e-2)
    expect(tree.elbow).toBe(elbow)
    expect(tree.groups.map((groups) => groups.length)).toEqual(Array.from({ length: components }, (_, index) => index + 1))
    if (entropies) entropies.forEach((entropy, index) => expect(tree.entropies[index]).toBeCloseTo(entropy, 2))
    if (name === 'iris') expect(tree.agreement![1]).toBeGreaterThan(0.56)
    else expect(tree.agreement).toBeNull()
  })
})

describe('components of two fits side by side', () => {
  const beside = (left: Trained, right: Trained, stored: StoredDataset): Promise<Alignment> =>
    left.inspect({ kind: 'alignment', other: { runId: 'r2', spec: right.spec, ...at(stored), runFolder: right.runFolder } })

  it('the same fit from another seed is the same after aligning', async () => {
    const [left, right] = [
      await train(iris, { model: gaussian(3, 'VVV'), inference: em, seed: 1 }),
      await train(iris, { model: gaussian(3, 'VVV'), inference: { ...em, initialization: 'random', restarts: 40 }, seed: 5 }),
    ]
    const { pairs, distance, adjustedRandIndex, logDensity } = await beside(left, right, iris)
    expect(distance).toBeLessThan(1e-3)
    expect(adjustedRandIndex).toBe(1)
    expect(logDensity[0]).toBeCloseTo(logDensity[1]!, 5)
    for (const { left: own, right: other, overlap } of pairs) {
      expect(overlap).toBeGreaterThan(0.99)
      own!.mean.forEach((value, index) => expect(other!.mean[index]).toBeCloseTo(value, 2))
    }
  })

  it('fits with other preprocessing and other numbers of components compare too', async () => {
    const [left, right] = [
      await train(iris, { model: gaussian(2, 'VVV'), inference: em }),
      await train(iris, { preprocess: ['standardize'], model: gaussian(3, 'VVV'), inference: em }),
    ]
    const { pairs } = await beside(left, right, iris)
    expect(pairs).toHaveLength(3)
    expect(pairs.filter(({ left: own }) => own === null)).toHaveLength(1)
    // setosa stands by itself in both
    expect(Math.max(...pairs.map(({ overlap }) => overlap))).toBeGreaterThan(0.99)
  })

  it('restarts of a run come with their components in one order', async () => {
    const run = await train(faithful, { model: gaussian(2, 'VVV'), inference: { ...em, initialization: 'random', restarts: 8 } })
    const { restarts } = await run.inspect<AlignedRestarts>({ kind: 'alignedRestarts' })
    expect(restarts.length).toBeGreaterThan(1)
    const best = restarts.filter(({ logLikelihood }) => restarts[0]!.logLikelihood - logLikelihood < 1e-6)
    expect(best.length).toBeGreaterThan(1)
    for (const { means } of best) means.forEach((mean, k) => expect(mean[0]).toBeCloseTo(restarts[0]!.means[k]![0]!, 3))
  })

  it('other features are refused in words', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'latent-table-')), 'one.csv')
    writeFileSync(path, `x\n${Array.from({ length: 30 }, (_, index) => index).join('\n')}\n`)
    const [left, right] = [
      await train(faithful, { model: gaussian(2, 'VVV'), inference: { ...em, restarts: 1 } }),
      await train(await storeDataset(path), { model: gaussian(2, 'VVV'), inference: { ...em, restarts: 1 } }),
    ]
    await expect(left.inspect({ kind: 'alignment', other: { runId: 'r2', spec: right.spec, ...at(await storeDataset(path)), runFolder: right.runFolder } })).rejects.toThrow(
      /same features/,
    )
  })

  it('noise is a component like others to match and to merge, but has no density given columns', async () => {
    const noisy = { ...gaussian(2, 'VVV'), noiseComponent: 'uniform' }
    const [left, right] = [await train(faithful, { model: noisy, inference: em }), await train(faithful, { model: gaussian(2, 'VVV'), inference: em })]
    const { pairs } = await beside(left, right, faithful)
    expect(pairs).toHaveLength(3)
    expect(pairs.filter(({ right: other }) => other === null)).toHaveLength(1)
    const { components, groups } = await left.inspect<MergeTreeAnswer>({ kind: 'merges' })
    expect([components, groups.length]).toEqual([3, 3])
    await expect(picture(left, [{ column: 'eruptions', value: 3 }], ['waiting'])).rejects.toThrow(/noise/)
  })
})
