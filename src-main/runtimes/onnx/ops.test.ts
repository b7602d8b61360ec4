import { describe, expect, it } from 'vitest'
import { fillUniform } from '@shared/math/random'
import { differentiate } from '../../graph/differentiate'
import * as c from '../../graph/compose'
import * as g from '../../graph/ops'
import { buildProgram } from '../../graph/program'
import { type Shape, ShapeError, type Tensor, input, sizeOf } from '../../graph/tensor'
import { createOnnxRuntime } from './onnx-runtime'

const runtime = createOnnxRuntime({ threads: 1 })

const draw = (shape: Shape, stream: string, low = -2, high = 2): Float64Array => {
  const values = new Float64Array(sizeOf(shape))
  fillUniform(values, { seed: 11, stream })
  return values.map((value) => low + (high - low) * value)
}

interface Case {
  name: string
  shapes: Shape[]
  range?: [number, number]
  build: (inputs: Tensor[]) => Tensor
  /** The value by plain arithmetic, for elementwise operators. */
  plain?: (...values: number[]) => number
}

const elementwise: Case[] = [
  { name: 'add', shapes: [[3, 2], [2]], build: ([a, b]) => g.add(a!, b!), plain: (a, b) => a! + b! },
  { name: 'subtract', shapes: [[3, 1], [1, 2]], build: ([a, b]) => g.subtract(a!, b!), plain: (a, b) => a! - b! },
  { name: 'multiply', shapes: [[], [2, 2]], build: ([a, b]) => g.multiply(a!, b!), plain: (a, b) => a! * b! },
  { name: 'divide', shapes: [[2, 3], [2, 1]], range: [0.5, 2], build: ([a, b]) => g.divide(a!, b!), plain: (a, b) => a! / b! },
  { name: 'maximum', shapes: [[4], [2, 4]], build: ([a, b]) => g.maximum(a!, b!), plain: (a, b) => Math.max(a!, b!) },
  { name: 'negate', shapes: [[3]], build: ([a]) => g.negate(a!), plain: (a) => -a! },
  { name: 'exp', shapes: [[2, 2]], build: ([a]) => g.exp(a!), plain: (a) => Math.exp(a!) },
  { name: 'log', shapes: [[5]], range: [0.2, 3], build: ([a]) => g.log(a!), plain: (a) => Math.log(a!) },
  { name: 'sqrt', shapes: [[5]], range: [0.2, 3], build: ([a]) => g.sqrt(a!), plain: (a) => Math.sqrt(a!) },
  { name: 'square', shapes: [[5]], build: ([a]) => g.square(a!), plain: (a) => a! * a! },
  { name: 'tanh', shapes: [[5]], build: ([a]) => g.tanh(a!), plain: (a) => Math.tanh(a!) },
  { name: 'sigmoid', shapes: [[5]], build: ([a]) => g.sigmoid(a!), plain: (a) => 1 / (1 + Math.exp(-a!)) },
  { name: 'softplus', shapes: [[5]], build: ([a]) => g.softplus(a!), plain: (a) => Math.log1p(Math.exp(a!)) },
  { name: 'relu', shapes: [[9]], build: ([a]) => g.relu(a!), plain: (a) => Math.max(a!, 0) },
  {
    name: 'where greater',
    shapes: [[3, 2], [2], [3, 1]],
    build: ([a, b, c]) => g.where(g.greater(a!, b!), g.multiply(b!, c!), a!),
    plain: (a, b, c) => (a! > b! ? b! * c! : a!),
  },
]

const structural: Case[] = [
  { name: 'matmul', shapes: [[3, 4], [4, 2]], build: ([a, b]) => g.matmul(a!, b!) },
  { name: 'matmul Aᵀ', shapes: [[4, 3], [4, 2]], build: ([a, b]) => g.matmul(a!, b!, { transposeA: true }) },
  { name: 'matmul Bᵀ', shapes: [[3, 4], [2, 4]], build: ([a, b]) => g.matmul(a!, b!, { transposeB: true }) },
  { name: 'matmul AᵀBᵀ', shapes: [[4, 3], [2, 4]], build: ([a, b]) => g.matmul(a!, b!, { transposeA: true, transposeB: true }) },
  { name: 'matmul batched', shapes: [[2, 3, 4], [4, 2]], build: ([a, b]) => g.matmul(a!, b!) },
  { name: 'matmul batched Bᵀ', shapes: [[2, 1, 3, 4], [3, 2, 4]], build: ([a, b]) => g.matmul(a!, b!, { transposeB: true }) },
  { name: 'matmul batched Aᵀ', shapes: [[2, 4, 3], [2, 4, 2]], build: ([a, b]) => g.matmul(a!, b!, { transposeA: true }) },
  { name: 'reduceSum', shapes: [[2, 3, 2]], build: ([a]) => g.reduceSum(a!, [0, -1]) },
  { name: 'reduceSum keeping', shapes: [[2, 3]], build: ([a]) => g.reduceSum(a!, [1], true) },
  { name: 'reduceMean', shapes: [[2, 3]], build: ([a]) => g.reduceMean(a!, [1]) },
  { name: 'reduceMax', shapes: [[2, 5]], build: ([a]) => g.reduceMax(a!, [1]) },
  { name: 'logSumExp', shapes: [[3, 4]], build: ([a]) => c.logSumExp(a!, [1]) },
  { name: 'reshape', shapes: [[2, 6]], build: ([a]) => g.reshape(a!, [3, 4]) },
  { name: 'transpose', shapes: [[2, 3, 4]], build: ([a]) => g.transpose(a!, [2, 0, 1]) },
  { name: 'broadcastTo', shapes: [[3, 1]], build: ([a]) => g.broadcastTo(a!, [2, 3, 4]) },
  { name: 'slice', shapes: [[2, 5]], build: ([a]) => g.slice(a!, 1, 1, 4) },
  { name: 'slice whole', shapes: [[2, 5]], build: ([a]) => g.slice(a!, 1, 0, 5) },
  { name: 'concatenate', shapes: [[2, 1], [2, 3]], build: (parts) => g.concatenate(parts, 1) },
  { name: 'size one', shapes: [[1, 1], [1, 1]], build: ([a, b]) => g.matmul(a!, b!) },
]

async function evaluate(build: (inputs: Tensor[]) => Tensor[], shapes: Shape[], feeds: Float64Array[]): Promise<Float64Array[]> {
  const inputs = shapes.map((shape, index) => input(`x${index}`, shape, 'float64'))
  const outputs = Object.fromEntries(build(inputs).map((tensor, index) => [`y${index}`, tensor]))
  const executable = await runtime.compile(buildProgram({ name: 'test', outputs }))
  const values = await executable.run(Object.fromEntries(feeds.map((feed, index) => [`x${index}`, feed])))
  const copies = Object.values(values).map((array) => Float64Array.from(array))
  await executable.dispose()
  return copies
}

describe('operators on ONNX Runtime', () => {
  it.each(elementwise)('$name has the value of plain arithmetic', async ({ name, shapes, range, build, plain }) => {
    const feeds = shapes.map((shape, index) => draw(shape, `${name}${index}`, ...(range ?? [-2, 2])))
    const [value] = await evaluate((inputs) => [build(inputs)], shapes, feeds)
    const full = build(shapes.map((shape, index) => input(`x${index}`, shape, 'float64'))).shape
    const at = (which: number, flat: number): number => {
      const shape = shapes[which]!
      let rest = flat
      let offset = 0
      let stride = 1
      for (let axis = full.length - 1; axis >= 0; axis -= 1) {
        const position = rest % full[axis]!
        rest = Math.floor(rest / full[axis]!)
        const length = shape[axis - full.length + shape.length] ?? 1
        if (length > 1) offset += position * stride
        stride *= length
      }
      return feeds[which]![offset]!
    }
    expect(value!.length).toBe(sizeOf(full))
    value!.forEach((got, flat) => expect(got).toBeCloseTo(plain!(...shapes.map((_, which) => at(which, flat))), 12))
  })

  it.each([...elementwise, ...structural])('$name has the gradient of central differences', async ({ name, shapes, range, build }) => {
    const feeds = shapes.map((shape, index) => draw(shape, `${name}${index}`, ...(range ?? [-2, 2])))
    const loss = (inputs: Tensor[]): Tensor => {
      const output = build(inputs)
      return g.reduceSum(g.multiply(output, input('weights', output.shape, 'float64')))
    }
    const outputShape = build(shapes.map((shape, index) => input(`x${index}`, shape, 'float64'))).shape
    const weights = draw(outputShape, 'weights')
    const inputs = shapes.map((shape, index) => input(`x${index}`, shape, 'float64'))
    const total = loss(inputs)
    const gradients = differentiate(total, inputs)
    const outputs = Object.fromEntries([['loss', total], ...gradients.map((tensor, index) => [`g${index}`, tensor] as const)])
    const executable = await runtime.compile(buildProgram({ name, outputs }))
    const feed = (arrays: Float64Array[]): Record<string, Float64Array> => ({
      weights,
      ...Object.fromEntries(arrays.map((array, index) => [`x${index}`, array])),
    })
    const exact = Object.fromEntries(Object.entries(await executable.run(feed(feeds))).map(([key, value]) => [key, Float64Array.from(value)]))
    const step = 1e-6
    for (const [which, array] of feeds.entries()) {
      for (let index = 0; index < array.length; index += 1) {
        const at = async (shift: number): Promise<number> => {
          const moved = feeds.map((values, other) => (other === which ? values.map((value, i) => value + (i === index ? shift : 0)) : values))
          return (await executable.run(feed(moved)))['loss']![0]!
        }
        const difference = ((await at(step)) - (await at(-step))) / (2 * step)
        expect(exact[`g${which}`]![index]!, `input ${which}, element ${index}`).toBeCloseTo(difference, 6)
      }
    }
    await executable.dispose()
  })

  it('keep every number of an empty tensor', async () => {
    const [sum] = await evaluate(([a]) => [g.reduceSum(g.exp(a!), [0])], [[0, 3]], [new Float64Array(0)])
    expect(Array.from(sum!)).toEqual([0, 0, 0])
  })

  it('shift log-sum-exp so that it neither overflows nor vanishes', async () => {
    const [value] = await evaluate(([a]) => [c.logSumExp(a!, [1])], [[2, 2]], [Float64Array.of(1000, 1000, -1000, -1001)])
    expect(value![0]).toBeCloseTo(1000 + Math.LN2, 12)
    expect(value![1]).toBeCloseTo(-1000 + Math.log1p(Math.exp(-1)), 12)
  })

  it('let no gradient through stopGradient', async () => {
    const x = input('x', [2], 'float64')
    const [gradient] = differentiate(g.reduceSum(g.multiply(x, g.stopGradient(x))), [x])
    const executable = await runtime.compile(buildProgram({ name: 'stop', outputs: { gradient: gradient! } }))
    expect(Array.from((await executable.run({ x: Float64Array.of(3, 4) }))['gradient']!)).toEqual([3, 4])
  })
})

describe('shape errors', () => {
  it.each([
    ['matmul', () => g.matmul(input('a', [2, 3], 'float32'), input('b', [4, 5], 'float32')), /matmul\(a: float32\[2, 3\], b: float32\[4, 5\]\).*inner lengths 3 and 4/],
    ['add', () => g.add(input('a', [2, 3], 'float32'), input('b', [2], 'float32')), /add\(.*lengths 3 and 2/],
    ['add of types', () => g.add(input('a', [2], 'float32'), input('b', [2], 'float64')), /types differ/],
    ['reshape', () => g.reshape(input('a', [2, 3], 'float32'), [4]), /do not fill/],
    ['loss', () => differentiate(input('a', [2], 'float32'), []), /must be a scalar/],
  ])('%s names the operator and its inputs', (_, build, message) => {
    expect(build).toThrow(ShapeError)
    expect(build).toThrow(message)
  })
})
