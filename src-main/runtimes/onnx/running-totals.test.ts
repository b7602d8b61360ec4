import { fillNormal } from '@shared/math/random'
import { describe, expect, it } from 'vitest'
import { quadraticLength, quadraticPairs } from '../../graph/quadratic'
import { type Executable, type RunningTotals, runningTotals } from '../../graph/runtime'
import { gaussianFamily } from '../../models/mixtures/gaussian-family'
import { expectationPass } from '../../models/mixtures/mixture-pass'
import { createOnnxRuntime } from './onnx-runtime'
import { ScatteredMoments } from './scattered-moments'
import { MemoryLayout } from './wasm-module'

const normal = (length: number, stream: string): Float64Array => {
  const values = new Float64Array(length)
  fillNormal(values, { seed: 3, stream })
  return values
}

interface Shape {
  columns: number
  components: number
  rows: number
  /** Of the means; far beyond 1, each row belongs to one component and to 0 to the others. */
  spread: number
}

/** The pass of a mixture with means drawn at random and unit covariances, compiled and loaded. */
async function pass({ columns, components, rows, spread }: Shape, kernels = true): Promise<Executable> {
  const family = gaussianFamily({ structure: 'VVV', components, columns, regularization: 1e-6 })
  const identity = Float64Array.from({ length: columns ** 2 }, (_, index) => (index % (columns + 1) === 0 ? 1 : 0))
  const covariances = new Float64Array(components * columns ** 2)
  for (let k = 0; k < components; k += 1) covariances.set(identity, k * columns ** 2)
  const mixture = { columns, components, covariance: 'full' as const, weights: new Float64Array(components).fill(1 / components), means: normal(components * columns, 'means').map((value) => spread * value), covariances }
  const executable = await createOnnxRuntime({ threads: 1, kernels }).compile(expectationPass(family, { rows }))
  executable.load(family.state([mixture]))
  return executable
}

/** Rows near means drawn as those of `pass`, each row near one of them. */
function rowsNear({ columns, components, rows, spread }: Shape, stream: string): { x: Float64Array; weight: Float64Array } {
  const means = normal(components * columns, 'means')
  const x = normal(rows * columns, stream).map((value, at) => value + spread * means[(Math.floor(at / columns) % components) * columns + (at % columns)]!)
  return { x, weight: new Float64Array(rows).fill(1) }
}

async function sumsOf(shape: Shape, totals: RunningTotals): Promise<Record<string, Float64Array>> {
  totals.clear()
  for (const stream of ['a', 'b', 'c']) await totals.add(rowsNear(shape, stream))
  return totals.read()
}

describe('running totals', () => {
  it.each([
    { columns: 2, components: 3, rows: 37, spread: 1 },
    { columns: 16, components: 5, rows: 64, spread: 1 },
  ])('are the outputs of all runs added one after another, with the same bits, for $columns columns', async (shape) => {
    const executable = await pass(shape)
    const plain = await sumsOf(shape, runningTotals(executable))
    expect(Object.keys(plain)).toEqual(['counts', 'moments', 'logLikelihood', 'complete', 'certainty'])
    expect(await sumsOf(shape, executable.totals!)).toEqual(plain)
    // Cleared, they begin anew.
    expect(await sumsOf(shape, executable.totals!)).toEqual(plain)
    await executable.dispose()
  })

  it.each([
    { columns: 40, components: 4, rows: 50, spread: 0.05 },
    { columns: 40, components: 4, rows: 50, spread: 9 },
    { columns: 33, components: 7, rows: 51, spread: 9 },
    { columns: 64, components: 16, rows: 384, spread: 4 },
  ])('are those of ONNX Runtime alone, to 1e-12, where components are $spread apart in $columns columns', async (shape) => {
    const [executable, alone] = [await pass(shape), await pass(shape, false)]
    const wanted = await sumsOf(shape, runningTotals(alone))
    for (const got of [await sumsOf(shape, executable.totals!), await sumsOf(shape, executable.totals!), await sumsOf(shape, runningTotals(executable))]) {
      expect(Object.keys(got).sort()).toEqual(Object.keys(wanted).sort())
      for (const [name, values] of Object.entries(wanted)) {
        const scale = Math.max(...values.map(Math.abs))
        values.forEach((value, at) => expect(Math.abs(got[name]![at]! - value), `${name}[${at}]`).toBeLessThanOrEqual(1e-12 * scale))
      }
    }
    await executable.dispose()
    await alone.dispose()
  })
})

describe('moments of responsibilities most of which are 0', () => {
  const shape = { rows: 9, columns: 6, components: 4 }
  const open = (): { moments: ScatteredMoments; x: Float64Array } => {
    const layout = new MemoryLayout()
    const moments = new ScatteredMoments(shape, layout)
    const place = layout.take(8 * shape.rows * shape.columns)
    const memory = layout.finish()
    moments.open(memory)
    const x = new Float64Array(memory.buffer, place, shape.rows * shape.columns)
    x.set(normal(x.length, 'x'))
    return { moments, x }
  }

  it('are the sums over those that are not, one by one', () => {
    const { moments, x } = open()
    const shares = new Float64Array(shape.rows * shape.components)
    for (const [row, k, share] of [[0, 2, 1], [1, 2, 0.25], [1, 0, 0.75], [5, 3, 1e-200], [8, 3, 1]] as const) shares[row * shape.components + k] = share
    const length = quadraticLength(shape.columns)
    const wanted = new Float64Array(shape.components * length)
    shares.forEach((share, at) => {
      const [row, k] = [Math.floor(at / shape.components), at % shape.components]
      const own = x.subarray(row * shape.columns, (row + 1) * shape.columns)
      const { left, right } = quadraticPairs(shape.columns)
      const features = [1, ...own, ...left.map((i, pair) => own[i]! * own[right[pair]!]!)]
      features.forEach((feature, index) => (wanted[k * length + index]! += share * feature))
    })
    expect(moments.add(x.byteOffset, shares)).toBe(true)
    const got = new Float64Array(wanted.length)
    moments.addTo(got)
    wanted.forEach((value, at) => expect(Math.abs(got[at]! - value)).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(value))))
    // Nothing is kept from before.
    moments.clear()
    const cleared = new Float64Array(wanted.length)
    moments.addTo(cleared)
    expect(cleared.every((value) => value === 0)).toBe(true)
  })

  it('leave a block alone where most are not 0', () => {
    const { moments, x } = open()
    expect(moments.add(x.byteOffset, new Float64Array(shape.rows * shape.components).fill(0.25))).toBe(false)
    const got = new Float64Array(shape.components * quadraticLength(shape.columns))
    moments.addTo(got)
    expect(got.every((value) => value === 0)).toBe(true)
  })
})
