import { describe, expect, it } from 'vitest'
import type { OptimizerSpec } from '@shared/domain/spec'
import { differentiate } from '../../graph/differentiate'
import { add, multiply, reduceSum, reshape, square, subtract } from '../../graph/ops'
import { optimizerFeeds, optimizerStep } from '../../graph/optimizers'
import { buildProgram } from '../../graph/program'
import { input, parameter } from '../../graph/tensor'
import { createOnnxRuntime } from './onnx-runtime'

/** Plain arithmetic of each optimizer for one number: the definitions, with nothing folded together. */
type Plain = (state: number[], weight: number, gradient: number, t: number) => number
const rate = 0.05
const adam: Plain = (state, weight, g, t) => {
  state[0] = 0.9 * (state[0] ?? 0) + 0.1 * g
  state[1] = 0.999 * (state[1] ?? 0) + 0.001 * g * g
  return weight - (rate * (state[0] / (1 - 0.9 ** t))) / (Math.sqrt(state[1] / (1 - 0.999 ** t)) + 1e-8)
}
const adamOptions = { learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
const cases: { name: string; spec: OptimizerSpec; plain: Plain }[] = [
  { name: 'Adam', spec: { adam: adamOptions }, plain: adam },
  {
    name: 'AdamW',
    spec: { adamw: { ...adamOptions, weightDecay: 0.1 } },
    plain: (state, weight, g, t) => adam(state, weight, g, t) - rate * 0.1 * weight,
  },
  {
    name: 'SGD with momentum',
    spec: { sgd: { learningRate: rate, momentum: 0.8 } },
    plain: (state, weight, g) => {
      state[0] = 0.8 * (state[0] ?? 0) + g
      return weight - rate * state[0]
    },
  },
  {
    name: 'RMSProp',
    spec: { rmsprop: { learningRate: rate, decay: 0.95, epsilon: 1e-8 } },
    plain: (state, weight, g) => {
      state[0] = 0.95 * (state[0] ?? 0) + 0.05 * g * g
      return weight - (rate * g) / (Math.sqrt(state[0]) + 1e-8)
    },
  },
]

/** f = Σ (w − target)² + w·target, whose gradient is 2(w − target) + target. */
async function train(spec: OptimizerSpec, clip: number, steps: number) {
  const weights = parameter('weights', [3, 1], 'float64')
  const target = input('target', [3], 'float64')
  const flat = reshape(weights, [3])
  const loss = reduceSum(add(square(subtract(flat, target)), multiply(flat, target)))
  const step = optimizerStep([weights], differentiate(loss, [weights]), spec, { clip })
  const outputs = { loss, norm: step.gradientNorm }
  const executable = await createOnnxRuntime({ threads: 1 }).compile(buildProgram({ name: 'optimizer', outputs, updates: step.updates }))
  executable.load({ weights: Float64Array.of(1, -2, 3), ...Object.fromEntries(step.state.map(({ name }) => [name!, new Float64Array(3)])) })
  const norms = []
  for (let t = 1; t <= steps; t += 1) {
    const result = await executable.run({ target: Float64Array.of(0.5, 4, -1), ...optimizerFeeds(spec, t, rate) })
    norms.push(result['norm']![0]!)
  }
  return { weights: (await executable.read())['weights']!, norms }
}

const gradientsAt = (weights: readonly number[]): number[] => weights.map((weight, i) => 2 * (weight - [0.5, 4, -1][i]!) + [0.5, 4, -1][i]!)

describe.each(cases)('$name', ({ spec, plain }) => {
  it('takes the steps of its definition, and tells the length of every gradient', async () => {
    const states: number[][] = [[], [], []]
    let weights = [1, -2, 3]
    const norms: number[] = []
    for (let t = 1; t <= 50; t += 1) {
      const gradients = gradientsAt(weights)
      norms.push(Math.hypot(...gradients))
      weights = weights.map((weight, i) => plain(states[i]!, weight, gradients[i]!, t))
    }
    const got = await train(spec, 0, 50)
    weights.forEach((weight, index) => expect(got.weights[index]).toBeCloseTo(weight, 11))
    norms.forEach((norm, index) => expect(got.norms[index]).toBeCloseTo(norm, 9))
  })

  it('takes them along gradients that are shortened to a length', async () => {
    const states: number[][] = [[], [], []]
    let weights = [1, -2, 3]
    const norms = []
    for (let t = 1; t <= 20; t += 1) {
      const gradients = gradientsAt(weights)
      const norm = Math.hypot(...gradients)
      norms.push(norm)
      weights = weights.map((weight, i) => plain(states[i]!, weight, gradients[i]! * Math.min(1, 2 / norm), t))
    }
    const got = await train(spec, 2, 20)
    weights.forEach((weight, index) => expect(got.weights[index]).toBeCloseTo(weight, 11))
    norms.forEach((norm, index) => expect(got.norms[index]).toBeCloseTo(norm, 9))
  })
})

it('groups learn at rates of their own', async () => {
  const [a, b] = [parameter('a', [2, 2], 'float64'), parameter('b', [2, 2], 'float64')]
  const loss = reduceSum(add(square(a), square(b)))
  const spec: OptimizerSpec = { sgd: { learningRate: 0.1, momentum: 0 } }
  const groupOf = ({ name }: { name?: string }) => ({ rate: name === 'b' ? 0.5 : 1, decays: false })
  const { updates } = optimizerStep([a, b], differentiate(loss, [a, b]), spec, { clip: 0, groupOf })
  const executable = await createOnnxRuntime({ threads: 1 }).compile(buildProgram({ name: 'groups', outputs: { loss }, updates }))
  const ones = (): Float64Array => new Float64Array(4).fill(1)
  executable.load({ a: ones(), b: ones(), 'sgd/v/a': new Float64Array(4), 'sgd/v/b': new Float64Array(4) })
  await executable.run(optimizerFeeds(spec, 1, 0.1))
  const state = await executable.read()
  expect(state['a']![0]).toBeCloseTo(0.8, 12)
  expect(state['b']![0]).toBeCloseTo(0.9, 12)
})
