import { fillUniform } from '@shared/math/random'
import * as c from '../graph/compose'
import * as g from '../graph/ops'
import type { Shape, Tensor } from '../graph/tensor'
import { type OpCase, opCase } from './op-cases-suite'

/** Operators on shapes drawn by chance, the same ones every time: ranks up to 4, lengths 0 to 5, axes of length 1 that broadcast. */

const uniform = new Float64Array(20_000)
fillUniform(uniform, { seed: 23, stream: 'shapes' })
let drawn = 0
const below = (count: number): number => Math.floor(uniform[drawn++]! * count)
const chance = (share: number): boolean => uniform[drawn++]! < share

/** Lengths 1 to 5, and now and then none. */
const length = (): number => (chance(0.08) ? 0 : 1 + below(5))
const shape = (least: number, most: number): number[] => Array.from({ length: least + below(most - least + 1) }, length)
/** A shape that broadcasts to another: leading axes left out, others of length 1. */
const narrower = (whole: Shape): number[] => whole.slice(below(whole.length + 1)).map((side) => (chance(0.3) ? 1 : side))
const repeat = (count: number, draw: () => OpCase): OpCase[] => Array.from({ length: count }, draw)

const binaries: [string, (a: Tensor, b: Tensor) => Tensor][] = [
  ['add', g.add],
  ['subtract', g.subtract],
  ['multiply', g.multiply],
  ['divide', g.divide],
  ['maximum', g.maximum],
  ['minimum', g.minimum],
  ['power', g.power],
]

function elementwise(): OpCase {
  const [name, build] = binaries[below(binaries.length)]!
  const whole = shape(0, 4)
  const shapes = chance(0.5) ? [whole, narrower(whole)] : [narrower(whole), whole]
  return opCase(`random ${name}`, shapes, ([a, b]) => build(a!, b!), [0.5, 2])
}

function product(): OpCase {
  const [rows, inner, columns] = [length(), length(), length()]
  const batch = shape(0, 2)
  const [transposeA, transposeB] = [chance(0.5), chance(0.5)]
  const left = [...batch, ...(transposeA ? [inner, rows] : [rows, inner])]
  const right = [...narrower(batch), ...(transposeB ? [columns, inner] : [inner, columns])]
  return opCase(`random matmul${transposeA ? ' Aᵀ' : ''}${transposeB ? ' Bᵀ' : ''}`, [left, right], ([a, b]) => g.matmul(a!, b!, { transposeA, transposeB }))
}

function reduction(): OpCase {
  const whole = shape(1, 4)
  const axes = whole.map((_, axis) => axis).filter(() => chance(0.5))
  const keep = chance(0.5)
  const largest = chance(0.3) && axes.every((axis) => whole[axis]! > 0)
  const name = `random ${largest ? 'reduceMax' : 'reduceSum'} over ${axes.join()}`
  return opCase(name, [whole], ([x]) => (largest ? g.reduceMax(x!, axes, keep) : g.reduceSum(x!, axes, keep)))
}

function movement(): OpCase {
  const whole = shape(1, 4)
  const axis = below(whole.length)
  const order = whole.map((_, index) => index).sort((a, b) => ((a * 7 + axis) % 5) - ((b * 7 + axis) % 5) || a - b)
  const start = below(whole[axis]! + 1)
  const end = start + below(whole[axis]! - start + 1)
  const kinds: [string, (x: Tensor) => Tensor][] = [
    [`transpose ${order.join()}`, (x) => g.transpose(x, order)],
    [`slice ${axis}: ${start} … ${end}`, (x) => g.slice(x, axis, start, end)],
    [`cumulativeSum ${axis}`, (x) => g.cumulativeSum(x, axis)],
    [`concatenate ${axis}`, (x) => g.concatenate([x, g.multiply(x, 2)], axis)],
    ['reshape', (x) => g.reshape(x, [whole.reduce((size, side) => size * side, 1)])],
  ]
  const [name, build] = kinds[below(kinds.length)]!
  return opCase(`random ${name}`, [whole], ([x]) => build(x!))
}

function normalization(): OpCase {
  const whole = [...shape(0, 2), 1 + below(5)]
  const kinds: [string, (x: Tensor) => Tensor][] = [
    ['softmax', (x) => c.softmax(x, -1)],
    ['logSumExp', (x) => c.logSumExp(x, [-1])],
    ['normalize', (x) => c.normalize(x, [-1], 0.1)],
  ]
  const [name, build] = kinds[below(kinds.length)]!
  return opCase(`random ${name}`, [whole], ([x]) => build(x!))
}

function convolution(): OpCase {
  const two = (most: number): [number, number] => [1 + below(most), 1 + below(most)]
  const [kernel, stride, dilation] = [two(3), two(2), two(2)]
  const padding = [below(2), below(2), below(2), below(2)] as const
  const reach = ([0, 1] as const).map((axis) => dilation[axis] * (kernel[axis] - 1) + 1 + below(4))
  const [batch, from, to] = [1 + below(3), 1 + below(9), 1 + below(9)]
  const geometry = { stride, dilation, padding }
  return opCase(
    `random convolution stride ${stride.join()} dilation ${dilation.join()} padding ${padding.join()}`,
    [[batch, from, ...reach], [to, from, ...kernel]],
    ([x, w]) => g.convolution(x!, w!, geometry),
  )
}

export const randomCases: OpCase[] = [
  ...repeat(24, elementwise),
  ...repeat(12, product),
  ...repeat(10, reduction),
  ...repeat(14, movement),
  ...repeat(6, normalization),
  ...repeat(10, convolution),
]
