import { describe, expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { differentiate } from '../../graph/differentiate'
import * as g from '../../graph/ops'
import { adamRates, adamStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import { type Tensor, input, parameter, sizeOf } from '../../graph/tensor'
import { planTail } from './elementwise-tail'
import { createOnnxRuntime } from './onnx-runtime'

const draw = (size: number, stream: string): Float32Array => {
  const values = new Float32Array(size)
  fillNormal(values, { seed: 4, stream })
  return values
}

/** Runs a program for some steps with and without kernels, and gives the states and last outputs. */
async function both(program: Program, feeds: (step: number) => Record<string, Float32Array | number>, steps = 3) {
  const results = []
  for (const kernels of [true, false]) {
    const executable = await createOnnxRuntime({ threads: 1, kernels }).compile(program)
    executable.load(Object.fromEntries(program.parameters.map(({ name, shape }) => [name!, draw(sizeOf(shape), name!).map(Math.abs)])))
    let outputs = {}
    for (let step = 1; step <= steps; step += 1) outputs = await executable.run(feeds(step))
    results.push({ state: structuredClone(await executable.read()), outputs: structuredClone(outputs) })
    await executable.dispose()
  }
  return results as [(typeof results)[0], (typeof results)[0]]
}

describe('kernels for the elementwise end of a step', () => {
  it('give the bits that ONNX Runtime gives, for every operator', async () => {
    const x = input('x', [31, 35], 'float32')
    const scale = input('scale', [], 'float32')
    const p = parameter('p', [31, 35], 'float32')
    const q = parameter('q', [31, 35], 'float32')
    const gradient = g.tanh(x)
    const norm = g.sqrt(g.reduceSum(g.square(gradient)))
    const first = g.add(g.multiply(p, 0.9), g.divide(gradient, norm))
    const second = g.maximum(g.minimum(g.subtract(q, g.square(gradient)), 2), g.negate(g.abs(first)))
    const third = g.divide(g.sqrt(g.abs(second)), g.add(scale, 1))
    const program = buildProgram({ name: 'all', outputs: { norm }, updates: { p: first, q: third } })
    expect(planTail(program).groups).toHaveLength(1)
    const [fast, plain] = await both(program, (step) => ({ x: draw(31 * 35, `x${step}`), scale: step }))
    expect(fast).toEqual(plain)
  })

  it('train the weights that ONNX Runtime trains', async () => {
    const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    const x = input('x', [8, 40], 'float32')
    const weights: Tensor[] = [parameter('w', [40, 60], 'float32'), parameter('b', [60], 'float32')]
    const loss = g.reduceSum(g.square(g.add(g.matmul(x, weights[0]!), weights[1]!)))
    const program = buildProgram({ name: 'train', outputs: { loss }, updates: adamStep(weights, differentiate(loss, weights), options).updates })
    const plan = planTail(program)
    // The bias is too small for a kernel of its own.
    expect(plan.groups.map(({ size }) => size)).toEqual([2400])
    const [fast, plain] = await both(program, (step) => ({ x: draw(320, `x${step}`), ...adamRates(step, 0.01, options) }), 5)
    for (const [name, values] of Object.entries(plain.state)) {
      values.forEach((value, index) => expect(Math.abs(fast.state[name]![index]! - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value))))
    }
  })

  it('leave to ONNX Runtime what is read elsewhere, and do not take a step that is refused', async () => {
    const x = input('x', [2048], 'float32')
    const p = parameter('p', [2048], 'float32')
    const next = g.add(p, x)
    const seen = buildProgram({ name: 'seen', outputs: { total: g.reduceSum(next) }, updates: { p: next } })
    expect(planTail(seen).groups).toEqual([])
    const step = buildProgram({ name: 'step', outputs: { total: g.reduceSum(x) }, updates: { p: next } })
    const executable = await createOnnxRuntime({ threads: 1 }).compile(step)
    executable.load({ p: draw(2048, 'p') })
    await executable.run({ x: draw(2048, 'x') }, () => false)
    expect((await executable.read())['p']).toEqual(draw(2048, 'p'))
    await executable.run({ x: draw(2048, 'x') }, () => true)
    expect((await executable.read())['p']).not.toEqual(draw(2048, 'p'))
  })
})
