import { fillNormal } from '@shared/math/random'
import { describe, expect, it } from 'vitest'
import * as g from '../../graph/ops'
import { type Program, buildProgram } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'
import { type Tensor, input, parameter, sizeOf } from '../../graph/tensor'
import { gaussianFamily } from '../../models/mixtures/gaussian-family'
import type { GaussianMixture } from '../../models/mixtures/gaussian-parameters'
import type { MixtureFamily } from '../../models/mixtures/mixture-family'
import { type ExpectationOptions, expectationPass, posteriorPass } from '../../models/mixtures/mixture-pass'
import { type StudentTMixture, studentTFamily } from '../../models/mixtures/student-t-family'
import { createOnnxRuntime } from './onnx-runtime'
import { RowExecutable } from './row-executable'

const withKernels = createOnnxRuntime({ threads: 1 })
const without = createOnnxRuntime({ threads: 1, kernels: false })

const drawn = (size: number, stream: string, shift = 0): Float64Array => {
  const values = new Float64Array(size)
  fillNormal(values, { seed: 1, stream })
  return values.map((value) => value + shift)
}

async function both(program: Program, feeds: Record<string, Float64Array>): Promise<[Record<string, NumericArray>, Record<string, NumericArray>]> {
  const state = Object.fromEntries(program.parameters.map(({ name, shape }) => [name!, drawn(sizeOf(shape), name!).map((value) => 0.3 + Math.abs(value))]))
  const results = []
  for (const runtime of [withKernels, without]) {
    const executable = await runtime.compile(program)
    executable.load(state)
    const outputs = await executable.run(feeds)
    results.push(Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()])))
    await executable.dispose()
  }
  return results as [Record<string, NumericArray>, Record<string, NumericArray>]
}

function expectEqual([got, wanted]: readonly Record<string, NumericArray>[]): void {
  expect(Object.keys(got!)).toEqual(Object.keys(wanted!))
  for (const [name, values] of Object.entries(wanted!)) {
    const scale = Math.max(1e-300, ...Array.from(values, Math.abs))
    Array.from(values).forEach((value, index) => expect(Math.abs(got![name]![index]! - value), `${name}[${index}]`).toBeLessThanOrEqual(1e-12 * scale))
  }
}

type Shape = { components: number; columns: number; regularization: number }
const families: Record<string, (shape: Shape) => MixtureFamily<GaussianMixture> | MixtureFamily<StudentTMixture>> = {
  full: (shape) => gaussianFamily({ ...shape, structure: 'VVV' }),
  'full, careful': (shape) => gaussianFamily({ ...shape, structure: 'VVV' }, true),
  tied: (shape) => gaussianFamily({ ...shape, structure: 'EEE' }),
  diagonal: (shape) => gaussianFamily({ ...shape, structure: 'VVI' }),
  spherical: (shape) => gaussianFamily({ ...shape, structure: 'VII' }),
  'Student t': (shape) => studentTFamily(shape),
}

const shapes: { rows: number; columns: number; components: number; mixtures: number }[] = [
  { rows: 40, columns: 2, components: 5, mixtures: 1 },
  { rows: 41, columns: 2, components: 3, mixtures: 4 },
  { rows: 64, columns: 9, components: 7, mixtures: 1 },
  { rows: 33, columns: 6, components: 70, mixtures: 1 },
  { rows: 3, columns: 1, components: 1, mixtures: 1 },
]

describe('kernels over rows compute what ONNX Runtime computes by itself', () => {
  for (const [name, family] of Object.entries(families)) {
    it.each(shapes)(`${name}, $rows × $columns, K = $components, $mixtures side by side`, async ({ rows, columns, components, mixtures }) => {
      const made = family({ components, columns, regularization: 0 }) as MixtureFamily<GaussianMixture>
      const feeds = { x: drawn(rows * columns, 'x'), weight: drawn(rows, 'weight').map(Math.abs) }
      const kinds: Partial<ExpectationOptions>[] = [{ mixtures }, ...(mixtures === 1 ? [{ identity: true }, { posterior: 'annealed' as const }, { posterior: 'hard' as const }] : [])]
      for (const kind of kinds) expectEqual(await both(expectationPass(made, { rows, ...kind }), feeds))
      expectEqual(await both(posteriorPass(made, rows), { x: feeds.x }))
    })
  }
})

describe('kernels over rows', () => {
  const elements = async (of: (x: Tensor) => Tensor, values: Float64Array): Promise<Float64Array> => {
    const executable = await withKernels.compile(buildProgram({ name: 'elements', outputs: { y: of(input('x', [values.length], 'float64')) } }))
    expect(executable).toBeInstanceOf(RowExecutable)
    const { y } = await executable.run({ x: values })
    await executable.dispose()
    return y as Float64Array
  }
  const units = (got: number, wanted: number): number => Math.abs(got - wanted) / Math.max(2 ** -1074, Math.abs(wanted) * 2 ** -52)

  it.each([1, 30, 700])('take exponentials to the last place, |x| ≤ %d', async (reach) => {
    const x = Float64Array.from({ length: 20_001 }, (_, index) => (reach * (index - 10_000)) / 10_000)
    const y = await elements(g.exp, x)
    expect(Math.max(...x.map((value, index) => units(y[index]!, Math.exp(value))))).toBeLessThanOrEqual(1)
  })

  it('take logarithms to the last place', async () => {
    const x = Float64Array.from({ length: 20_000 }, (_, index) => 2 ** ((index - 10_000) / 10) * (1 + index / 30_000)).filter((value) => value > 0 && value < Infinity)
    const y = await elements(g.log, x)
    expect(Math.max(...x.map((value, index) => units(y[index]!, Math.log(value))))).toBeLessThanOrEqual(1)
  })

  it('keep what is no ordinary number', async () => {
    const x = Float64Array.of(0, -0, -1, NaN, Infinity, -Infinity, 5e-324, 709.79, -750)
    expect([...(await elements(g.log, x))]).toEqual([-Infinity, -Infinity, NaN, NaN, Infinity, NaN, Math.log(5e-324), Math.log(709.79), NaN])
    expect([...(await elements(g.exp, x))]).toEqual([1, 1, Math.exp(-1), NaN, Infinity, 0, 1, Infinity, 0])
  })

  it('give the same bits again', async () => {
    const family = gaussianFamily({ structure: 'VVV', components: 3, columns: 2, regularization: 0 })
    const feeds = { x: drawn(101 * 2, 'x'), weight: new Float64Array(101).fill(1) }
    const [first] = await both(expectationPass(family, { rows: 101 }), feeds)
    const [again] = await both(expectationPass(family, { rows: 101 }), feeds)
    expect(again).toEqual(first)
  })

  it('name an input that was fed too few values, and a parameter that was not loaded', async () => {
    const x = input('x', [4, 2], 'float64')
    const executable = await withKernels.compile(buildProgram({ name: 'sum', outputs: { y: g.add(x, parameter('p', [2], 'float64')) } }))
    await expect(executable.run({ x: new Float64Array(8) })).rejects.toThrow('parameter p was not loaded')
    executable.load({ p: new Float64Array(2) })
    await expect(executable.run({ x: new Float64Array(6) })).rejects.toThrow('x must be fed 8 values')
    await executable.dispose()
  })
})
