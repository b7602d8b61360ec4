import { beforeAll, expect, it } from 'vitest'
import { covarianceStructures } from '@shared/domain/models/mixtures'
import { cutIntoChunks } from '../inference/chunks'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import { type Table, bundledTable, gaussians, runtime } from './mixture-fixture'

let faithful: Table
beforeAll(async () => {
  faithful = await bundledTable('faithful.csv')
})
const halves = Int32Array.from({ length: 272 }, (_, row) => row % 2)

it.each(covarianceStructures)('sums over parts of the rows add up to those of the whole: %s', async (structure) => {
  const family = gaussians(faithful, structure, 2)
  const whole = await mixtureProblem(runtime, familyChunks(faithful.features, family), family)
  const parts = await mixtureProblem(runtime, cutIntoChunks(faithful.features, 2, null, 37), family)
  const start = await whole.begin(halves)
  const [one, other] = [await whole.expect(start, null), await parts.expect(start, null)]
  expect(other.logLikelihood).toBeCloseTo(one.logLikelihood, 8)
  for (const [name, values] of Object.entries(one.statistics)) {
    values.forEach((value, index) => expect(other.statistics[name]![index]! / value).toBeCloseTo(1, 10))
  }
})

it('weights count rows as if they stood there as often', async () => {
  const family = gaussians(faithful, 'VVV', 2)
  const weights = Float64Array.from({ length: 272 }, (_, row) => 1 + (row % 3))
  const repeated = Float64Array.from(
    Array.from(weights, (weight, row) => Array.from({ length: weight }, () => [...faithful.features.subarray(2 * row, 2 * row + 2)])).flat(2),
  )
  const weighted = await mixtureProblem(runtime, familyChunks(faithful.features, family, weights), family)
  const copied = await mixtureProblem(runtime, familyChunks(repeated, family), family)
  let mixture = await weighted.begin(halves)
  for (let iteration = 0; iteration < 5; iteration += 1) {
    const [a, b] = [await weighted.expect(mixture, null), await copied.expect(mixture, null)]
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 7)
    mixture = weighted.maximize(a.statistics, mixture)
    copied.maximize(b.statistics, mixture).means.forEach((value, index) => expect(value).toBeCloseTo(mixture.means[index]!, 9))
  }
  expect(weighted.weight).toBe(copied.weight)
})
