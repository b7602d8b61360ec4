import { beforeAll, describe, expect, it } from 'vitest'
import { entropyMerges } from '@shared/math/entropy-merges'
import type { ConditionalPicture } from '@shared/domain/conditional'
import type { Alignment, MergeTreeAnswer } from '@shared/domain/merging'
import type { EmFrame, Matrix } from '@shared/domain/run'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

/* What is told of Gaussian mixtures, of models whose components are Gaussians once they are fitted. */

const models = {
  'mixture-of-factor-analyzers': { model: { kind: 'mixture-of-factor-analyzers', components: 3, latent: 1 }, inference: { kind: 'em', restarts: 3 } },
  'bayesian-gaussian-mixture': { model: { kind: 'bayesian-gaussian-mixture', components: 4, weightPrior: 'dirichlet' }, inference: { kind: 'variational-bayes', restarts: 2 } },
} as const

interface Gaussians {
  weights: number[]
  means: number[][]
  covariances: number[][][]
}

let faithful: StoredDataset
const runs = new Map<string, Trained>()
beforeAll(async () => {
  faithful = await storeDataset('faithful.csv')
  for (const [kind, spec] of Object.entries(models)) runs.set(kind, await train(faithful, spec))
})
const at = (stored: StoredDataset) => ({ dataset: stored.dataset, datasetFolder: stored.folder })

const planeDensity = ({ weights, means, covariances }: Gaussians, x: number, y: number): number =>
  weights.reduce((sum, weight, k) => {
    const [[a, b], [, d]] = covariances[k] as [[number, number], [number, number]]
    const [u, v] = [x - means[k]![0]!, y - means[k]![1]!]
    const determinant = a * d - b * b
    return sum + (weight * Math.exp(-(d * u * u - 2 * b * u * v + a * v * v) / (2 * determinant))) / (2 * Math.PI * Math.sqrt(determinant))
  }, 0)

describe.each(Object.keys(models))('%s', (kind) => {
  it('tells the density of a column given the other, with the moments of that', async () => {
    const run = runs.get(kind)!
    const params = await run.inspect<Gaussians>({ kind: 'params' })
    const found = await run.inspect<ConditionalPicture>({ kind: 'conditional', given: [{ column: 'eruptions', value: 3.1 }], target: ['waiting'] })
    const axis = Array.from({ length: 6001 }, (_, index) => -200 + index / 10)
    const joint = axis.map((waiting) => planeDensity(params, 3.1, waiting))
    const total = joint.reduce((sum, value) => sum + value / 10, 0)
    found.axes[0]!.forEach((waiting, index) => expect(found.density[index]).toBeCloseTo(planeDensity(params, 3.1, waiting) / total, 9))
    expect(found.mean[0]).toBeCloseTo(joint.reduce((sum, value, index) => sum + (value * axis[index]!) / 10 / total, 0), 6)
    expect(Math.exp(found.logDensityOfGiven)).toBeCloseTo(total, 9)
    const rows = await run.inspect<Matrix>({ kind: 'apply', output: 'conditional', given: ['eruptions'], target: ['waiting'], ...at(faithful) })
    expect(rows.columns.slice(0, 3)).toEqual(['mean waiting', 'sd waiting', 'logDensity'])
    expect(rows.rows).toBe(272)
    expect([...rows.values].every(Number.isFinite)).toBe(true)
  })

  it('merges components by the entropy of its own responsibilities', async () => {
    const run = runs.get(kind)!
    const tree = await run.inspect<MergeTreeAnswer>({ kind: 'merges' })
    const own = await run.inspect<Matrix>({ kind: 'apply', output: 'responsibilities', ...at(faithful) })
    const wanted = entropyMerges(Float64Array.from(own.values), own.columns.length)
    expect(tree.groups).toEqual(wanted.groups)
    for (const [index, entropy] of wanted.entropies.entries()) expect(tree.entropies[index]).toBeCloseTo(entropy, 8)
    const frame = await run.inspect<EmFrame>({ kind: 'emFrame', iteration: 7 })
    expect(frame.responsibilities.length).toBe(272 * own.columns.length)
  })

  it('stands beside a Gaussian mixture of the same rows, component by component', async () => {
    const run = runs.get(kind)!
    const mixture = await train(faithful, { model: { kind: 'gaussian-mixture', components: 3 }, inference: { kind: 'em', restarts: 5 } })
    for (const [left, right] of [[run, mixture], [mixture, run], [run, run]] as const) {
      const found = await left.inspect<Alignment>({ kind: 'alignment', other: { runId: 'r2', spec: right.spec, ...at(faithful), runFolder: right.runFolder } })
      expect(found.rows).toBe(272)
      expect(found.pairs.filter((pair) => pair.left && pair.right).length).toBeGreaterThanOrEqual(3)
      if (left === right) expect([found.distance, found.adjustedRandIndex]).toEqual([0, 1])
      else expect(found.adjustedRandIndex).toBeGreaterThan(0.5)
    }
  })
})
