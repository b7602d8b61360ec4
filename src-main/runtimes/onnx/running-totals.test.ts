import { fillNormal } from '@shared/math/random'
import { describe, expect, it } from 'vitest'
import { type Executable, runningTotals } from '../../graph/runtime'
import { gaussianFamily } from '../../models/mixtures/gaussian-family'
import { expectationPass } from '../../models/mixtures/mixture-pass'
import { createOnnxRuntime } from './onnx-runtime'

const normal = (length: number, stream: string): Float64Array => {
  const values = new Float64Array(length)
  fillNormal(values, { seed: 3, stream })
  return values
}

/** The pass of a mixture with means drawn at random and unit covariances, compiled and loaded. */
async function pass({ columns, components, rows }: { columns: number; components: number; rows: number }): Promise<Executable> {
  const family = gaussianFamily({ structure: 'VVV', components, columns, regularization: 1e-6 })
  const identity = Float64Array.from({ length: columns ** 2 }, (_, index) => (index % (columns + 1) === 0 ? 1 : 0))
  const covariances = new Float64Array(components * columns ** 2)
  for (let k = 0; k < components; k += 1) covariances.set(identity, k * columns ** 2)
  const mixture = { columns, components, covariance: 'full' as const, weights: new Float64Array(components).fill(1 / components), means: normal(components * columns, 'means'), covariances }
  const executable = await createOnnxRuntime({ threads: 1 }).compile(expectationPass(family, { rows }))
  executable.load(family.state([mixture]))
  return executable
}

describe('running totals', () => {
  it.each([
    { columns: 2, components: 3, rows: 37 },
    { columns: 16, components: 5, rows: 64 },
    { columns: 40, components: 4, rows: 50 },
  ])('are the outputs of all runs added one after another, with the same bits, for $columns columns', async (shape) => {
    const executable = await pass(shape)
    const blocks = ['a', 'b', 'c'].map((stream) => ({ x: normal(shape.rows * shape.columns, stream), weight: new Float64Array(shape.rows).fill(1) }))
    const sumsBy = async (totals = executable.totals!): Promise<Record<string, Float64Array>> => {
      totals.clear()
      for (const block of blocks) await totals.add(block)
      return totals.read()
    }
    const plain = await sumsBy(runningTotals(executable))
    expect(Object.keys(plain)).toEqual(['counts', 'moments', 'logLikelihood', 'complete', 'certainty'])
    expect(await sumsBy()).toEqual(plain)
    // Cleared, they begin anew.
    expect(await sumsBy()).toEqual(plain)
    await executable.dispose()
  })
})
