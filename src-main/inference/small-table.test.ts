import { covarianceStructures } from '@shared/domain/models/mixtures'
import { fillNormal } from '@shared/math/random'
import { beforeAll, describe, expect, it } from 'vitest'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { type Attempt, advance, begun } from './attempts'
import { type MixtureProblem, familyChunks, mixtureProblem } from './mixture-problem'
import { Starts } from './starts'

const runtime = createOnnxRuntime({ threads: 1 })
const { softAssignment: _none, ...slow } = runtime
const columns = 3
const components = 3
const rows = 90

let features: Float64Array
const weights = Float64Array.from({ length: rows }, (_, row) => 1 + (row % 3))
beforeAll(() => {
  features = new Float64Array(rows * columns)
  fillNormal(features, { seed: 4, stream: 'rows' })
  for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) features[row * columns + column]! += (row % components) * (column - 0.5)
})

async function fitted(problem: MixtureProblem<GaussianMixture>, start: GaussianMixture, iterations: readonly number[]): Promise<Attempt<GaussianMixture>> {
  const attempt = begun(start)
  for (const count of iterations) await advance(problem, [attempt], { iterations: count, tolerance: 1e-8 })
  return attempt
}

describe.each(covarianceStructures)('%s', (structure) => {
  it('makes the iterations of the programs over blocks, in one go or in parts, from the same starts', async () => {
    for (const regularization of [0, 1e-2]) {
      const family = gaussianFamily({ structure, components, columns, regularization })
      const [quick, programs] = [
        await mixtureProblem(runtime, familyChunks(features, family, weights), family),
        await mixtureProblem(slow, familyChunks(features, family, weights), family),
      ]
      expect(quick.small).not.toBeNull()
      expect(programs.small).toBeNull()
      const partition = new Starts(quick, { features, columns }, 1).partition('random', { seed: 1, stream: 'a' })
      const [own, other] = [await quick.begin(partition), await programs.begin(partition)]
      const [whole, parts, wanted] = [await fitted(quick, own, [25]), await fitted(quick, own, [1, 2, 11, 25]), await fitted(programs, other, [25])]
      expect(parts.trace.length).toBe(whole.trace.length)
      for (const [index, value] of whole.trace.entries()) expect(parts.trace[index]!).toBeCloseTo(value, 10)
      expect(whole.trace.length).toBe(wanted.trace.length)
      for (const [index, value] of wanted.trace.entries()) expect(whole.trace[index]!).toBeCloseTo(value, 10)
      for (const name of ['weights', 'means', 'covariances'] as const) {
        for (const [index, value] of wanted.parameters[name].entries()) expect(whole.parameters[name][index]!).toBeCloseTo(value, 8)
      }
      for (let step = 1; step < whole.trace.length; step += 1) {
        if (regularization === 0) expect(whole.trace[step]! - whole.trace[step - 1]!).toBeGreaterThan(-1e-12)
      }
    }
  })
})

it('takes a fit that grows too narrow for sums of features on by the careful way', async () => {
  const family = gaussianFamily({ structure: 'VVV', components: 2, columns, regularization: 0 })
  const far = features.map((value, index) => value * 1e-5 + (Math.floor(index / columns) % 2))
  const [quick, programs] = [await mixtureProblem(runtime, familyChunks(far, family), family), await mixtureProblem(slow, familyChunks(far, family), family)]
  const partition = Int32Array.from({ length: rows }, (_, row) => row % 2)
  const start = await programs.begin(partition)
  expect(quick.small!.climb(begun(start), { iterations: 5, tolerance: 1e-8 })).toBe(false)
  const [own, wanted] = [await fitted(quick, start, [30]), await fitted(programs, start, [30])]
  expect(own.collapsed).toBe(wanted.collapsed)
  expect(own.trace.at(-1)!).toBeCloseTo(wanted.trace.at(-1)!, 8)
})
