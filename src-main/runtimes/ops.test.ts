import { describe, expect, it } from 'vitest'
import { logGamma, digamma, logSumExp } from '../graph/compose'
import { differentiate } from '../graph/differentiate'
import * as c from '../graph/compose'
import * as g from '../graph/ops'
import { buildProgram } from '../graph/program'
import { type FloatType, ShapeError, type Tensor, input } from '../graph/tensor'
import { createOnnxRuntime } from './onnx/onnx-runtime'
import { allCases, expectClose, feedsOf, named, programOf, suite } from './op-suite'
import { createPlainTensorFlow } from './tensorflow/load'

/*
 * Every operator: its value on every runtime against TensorFlow.js's plain JavaScript kernels, which others wrote, and its gradient against
 * central differences in float64.
 */

const onnx = createOnnxRuntime({ threads: 1 })
suite({ name: 'ONNX Runtime on the CPU', runtime: () => Promise.resolve(onnx), oracle: createPlainTensorFlow, type: 'float32' })
suite({ name: 'ONNX Runtime on the CPU', runtime: () => Promise.resolve(onnx), oracle: createPlainTensorFlow, type: 'float64' })

describe('gradients', () => {
  it.each(allCases.filter(({ gradient }) => gradient))('$name: as central differences in float64', async (opCase) => {
    const { program, weights } = programOf(opCase, 'float64')
    const executable = await onnx.compile(program)
    const feeds = feedsOf(opCase)
    const needed = new Set(program.inputs.map((tensor) => tensor.name))
    const run = async (arrays: Float64Array[]) =>
      executable.run(Object.fromEntries(Object.entries({ ...named(arrays), weights }).filter(([name]) => needed.has(name))))
    const exact = Object.fromEntries(Object.entries(await run(feeds)).map(([name, values]) => [name, Array.from(values)]))
    const step = 1e-6
    for (const [which, array] of feeds.entries()) {
      for (let index = 0; index < array.length; index += 1) {
        const at = async (shift: number): Promise<number> =>
          (await run(feeds.map((values, other) => (other === which ? values.map((value, i) => value + (i === index ? shift : 0)) : values))))['loss']![0]!
        const difference = ((await at(step)) - (await at(-step))) / (2 * step)
        expectClose([exact[`gradient${which}`]![index]!], [difference], 2e-6, `gradient of input ${which}, element ${index}`)
      }
    }
    await executable.dispose()
  })

  it('of a gradient are those of the second derivative', async () => {
    const x = input('x', [3], 'float64')
    const [first] = differentiate(g.reduceSum(g.multiply(g.exp(x), g.square(x))), [x])
    const [second] = differentiate(g.reduceSum(first!), [x])
    const executable = await onnx.compile(buildProgram({ name: 'second', outputs: { second: second! } }))
    const at = Float64Array.of(-1, 0.5, 2)
    const { second: got } = await executable.run({ x: at })
    // (x² eˣ)'' = (x² + 4x + 2)eˣ
    expectClose(Array.from(got!), Array.from(at, (value) => (value * value + 4 * value + 2) * Math.exp(value)), 1e-12, 'second derivative')
  })

  it('stop where told, and are what a custom rule says', async () => {
    const x = input('x', [2], 'float64')
    const [stopped] = differentiate(g.reduceSum(g.multiply(x, g.stopGradient(x))), [x])
    const straightThrough = g.customGradient(g.floor(x), [x], (upstream) => [upstream])
    const [passed] = differentiate(g.reduceSum(g.multiply(straightThrough, 3)), [x])
    const executable = await onnx.compile(buildProgram({ name: 'stop', outputs: { stopped: stopped!, passed: passed!, value: straightThrough } }))
    const outputs = await executable.run({ x: Float64Array.of(3.5, 4.25) })
    expect(Array.from(outputs['stopped']!)).toEqual([3.5, 4.25])
    expect(Array.from(outputs['passed']!)).toEqual([3, 3])
    expect(Array.from(outputs['value']!)).toEqual([3, 4])
  })

  it('refuse a tensor that the loss does not depend on', () => {
    const [x, y] = [input('x', [2], 'float64'), input('y', [2], 'float64')]
    expect(() => differentiate(g.reduceSum(x), [y])).toThrow('does not depend on y: float64[2]')
  })
})

describe('values at the edges', () => {
  const compute = async (build: (x: Tensor) => Tensor, values: number[]): Promise<number[]> => {
    const x = input('x', [values.length], 'float64')
    const executable = await onnx.compile(buildProgram({ name: 'edge', outputs: { value: build(x) } }))
    return Array.from((await executable.run({ x: Float64Array.from(values) }))['value']!)
  }

  it('log-sum-exp neither overflows nor vanishes', async () => {
    expectClose(await compute((x) => logSumExp(g.reshape(x, [2, 2]), [1]), [1000, 1000, -1000, -1001]), [1000 + Math.LN2, -1000 + Math.log1p(Math.exp(-1))], 1e-13, 'value')
  })

  it('softplus does not overflow', async () => {
    expectClose(await compute(g.softplus, [-1000, -30, 0, 30, 1000]), [0, Math.log1p(Math.exp(-30)), Math.LN2, 30 + Math.log1p(Math.exp(-30)), 1000], 1e-13, 'value')
  })

  it('erf has the values of SciPy in float64', async () => {
    // SciPy 1.17: scipy.special.erf
    expectClose(await compute(g.erf, [-8, -3, -0.5, 0, 1e-9, 1, 2.5, 5]), [-1, -0.9999779095030014, -0.5204998778130465, 0, 1.1283791670955127e-9, 0.8427007929497148, 0.999593047982555, 0.9999999999984626], 2e-15, 'erf')
  })

  it('logGamma and digamma have the values of SciPy', async () => {
    // SciPy 1.10: scipy.special.gammaln, digamma
    expectClose(await compute(logGamma, [0.1, 0.5, 1, 2.5, 10, 100.5]), [2.252712651734206, 0.5723649429247001, 0, 0.2846828704729192, 12.801827480081469, 361.43554046777757], 3e-14, 'logGamma')
    expectClose(await compute(digamma, [0.1, 0.5, 1, 2.5, 10, 100.5]), [-10.423754940411076, -1.9635100260214235, -0.5772156649015329, 0.7031566406452432, 2.251752589066721, 4.605174352581845], 3e-14, 'digamma')
  })
})

describe('shape errors name the operator and its inputs', () => {
  const tensor = (name: string, shape: number[], type: FloatType = 'float32'): Tensor => input(name, shape, type)
  it.each([
    ['matmul', () => g.matmul(tensor('a', [2, 3]), tensor('b', [4, 5])), /matmul\(a: float32\[2, 3\], b: float32\[4, 5\]\).*inner lengths 3 and 4/],
    ['add', () => g.add(tensor('a', [2, 3]), tensor('b', [2])), /add\(.*lengths 3 and 2/],
    ['types', () => g.add(tensor('a', [2]), tensor('b', [2], 'float64')), /types differ/],
    ['reshape', () => g.reshape(tensor('a', [2, 3]), [4]), /do not fill/],
    ['slice', () => g.slice(tensor('a', [2, 3]), 1, 2, 5), /no range 2 … 5 on axis 1/],
    ['concatenate', () => g.concatenate([tensor('a', [2, 3]), tensor('b', [3, 3])], 1), /do not join on axis 1/],
    ['axis', () => g.reduceSum(tensor('a', [2]), [1]), /axes \[1\]/],
    ['channels', () => g.convolution(tensor('x', [1, 2, 4, 4]), tensor('w', [1, 3, 2, 2]), { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] }), /have 2 channels, the filters expect 3/],
    ['kernel', () => g.convolution(tensor('x', [1, 2, 2, 2]), tensor('w', [1, 2, 3, 3]), { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] }), /kernel is larger/],
    ['loss', () => differentiate(tensor('a', [2]), []), /must be a scalar/],
    ['length', () => input('a', [2, -1], 'float32'), /not a whole number/],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(ShapeError)
    expect(build).toThrow(message)
  })

  it('and the line of the model that asked for it', () => {
    const wrongLayer = (): Tensor => g.matmul(tensor('a', [2, 3]), tensor('b', [2, 3]))
    expect(wrongLayer).toThrow(/inner lengths 3 and 2.*\(in wrongLayer, ops\.test\.ts:\d+\)$/)
    const meanOf = (): Tensor => c.logSumExp(tensor('a', [2]), [1])
    expect(meanOf).toThrow(/\(in meanOf, ops\.test\.ts:\d+\)$/)
  })
})
