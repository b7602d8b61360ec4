import { fillUniform } from '@shared/math/random'
import * as c from '../graph/compose'
import * as g from '../graph/ops'
import { type Shape, type Tensor, constant, sizeOf } from '../graph/tensor'

/** One use of an operator: shapes of its inputs, the range their values are drawn from, and what is built from them. */
export interface OpCase {
  name: string
  shapes: Shape[]
  range: [number, number]
  build(inputs: Tensor[]): Tensor
  /** Whether it has one. */
  gradient: boolean
}

/** Values spread over a range, none closer than 1e-3 to a multiple of ½, where kinks and steps lie. */
export function drawValues(shape: Shape, stream: string, [low, high]: [number, number]): Float64Array {
  const values = new Float64Array(sizeOf(shape))
  fillUniform(values, { seed: 11, stream })
  return values.map((value) => {
    const x = low + (high - low) * value
    const nearest = Math.round(2 * x) / 2
    return Math.abs(x - nearest) < 1e-3 ? nearest + 2e-3 : x
  })
}

export const opCase = (name: string, shapes: Shape[], build: OpCase['build'], range: [number, number] = [-2, 2], gradient = true): OpCase => ({
  name: `${name} ${shapes.map((shape) => `[${shape.join()}]`).join(' ')}`,
  shapes,
  range,
  build,
  gradient,
})

const pairs: Shape[][] = [
  [[3, 2], [2]],
  [[3, 1], [1, 4]],
  [[], [2, 2]],
  [[2, 1, 3], [4, 1]],
  [[1], [1, 1]],
  [[0, 3], [1, 3]],
]
const singles: Shape[][] = [[[2, 3]], [[1]], [[]], [[0, 2]]]

const binary = (name: string, build: (a: Tensor, b: Tensor) => Tensor, range?: [number, number]): OpCase[] =>
  pairs.map((shapes) => opCase(name, shapes, ([a, b]) => build(a!, b!), range))
const unary = (name: string, build: (x: Tensor) => Tensor, range?: [number, number], gradient = true): OpCase[] =>
  singles.map((shapes) => opCase(name, shapes, ([x]) => build(x!), range, gradient))
const real = (truth: Tensor): Tensor => g.cast(truth, 'float32')
const truths = (name: string, build: (a: Tensor, b: Tensor) => Tensor): OpCase[] =>
  pairs.map((shapes) => opCase(name, shapes, ([a, b]) => real(build(g.greater(a!, 0.3), g.greater(b!, 0.3))), [-2, 2], false))
const whole = (values: number[]): Tensor => constant(values, [values.length], 'int32')
const plain: g.ConvolutionGeometry = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] }

export const opCases: OpCase[] = [
  ...binary('add', g.add),
  ...binary('subtract', g.subtract),
  ...binary('multiply', g.multiply),
  ...binary('divide', g.divide, [0.5, 2]),
  ...binary('maximum', g.maximum),
  ...binary('minimum', g.minimum),
  ...binary('power', g.power, [0.5, 2]),
  ...pairs.map((shapes) => opCase('greater', shapes, ([a, b]) => real(g.greater(a!, b!)), [-2, 2], false)),
  ...pairs.map((shapes) => opCase('equal', shapes, ([a, b]) => real(g.equal(g.floor(a!), g.floor(b!))), [-2, 2], false)),
  ...truths('logicalAnd', g.logicalAnd),
  ...truths('logicalOr', g.logicalOr),
  ...unary('logicalNot', (x) => real(g.logicalNot(g.greater(x, 0))), [-2, 2], false),
  ...pairs.map((shapes) => opCase('where', [...shapes, shapes[0]!], ([a, b, x]) => g.where(g.greater(a!, b!), g.multiply(b!, x!), a!))),
  ...unary('negate', g.negate),
  ...unary('exp', g.exp),
  ...unary('log', g.log, [0.2, 3]),
  ...unary('sqrt', g.sqrt, [0.2, 3]),
  ...unary('square', g.square),
  ...unary('abs', g.abs),
  ...unary('sign', g.sign, [-2, 2], false),
  ...unary('floor', g.floor, [-2, 2], false),
  ...unary('tanh', g.tanh),
  ...unary('sigmoid', g.sigmoid, [-12, 12]),
  ...unary('softplus', g.softplus, [-12, 12]),
  ...unary('relu', g.relu),
  ...unary('erf', g.erf, [-3, 3]),
  ...unary('cast to int32', (x) => g.cast(g.cast(x, 'int32'), 'float32'), [0, 9], false),

  opCase('matmul', [[3, 4], [4, 2]], ([a, b]) => g.matmul(a!, b!)),
  opCase('matmul Aᵀ', [[4, 3], [4, 2]], ([a, b]) => g.matmul(a!, b!, { transposeA: true })),
  opCase('matmul Bᵀ', [[3, 4], [2, 4]], ([a, b]) => g.matmul(a!, b!, { transposeB: true })),
  opCase('matmul AᵀBᵀ', [[4, 3], [2, 4]], ([a, b]) => g.matmul(a!, b!, { transposeA: true, transposeB: true })),
  opCase('matmul', [[2, 3, 4], [2, 4, 2]], ([a, b]) => g.matmul(a!, b!)),
  opCase('matmul Bᵀ', [[2, 3, 4], [2, 2, 4]], ([a, b]) => g.matmul(a!, b!, { transposeB: true })),
  opCase('matmul Aᵀ', [[2, 4, 3], [2, 4, 2]], ([a, b]) => g.matmul(a!, b!, { transposeA: true })),
  opCase('matmul AᵀBᵀ', [[2, 4, 3], [2, 2, 4]], ([a, b]) => g.matmul(a!, b!, { transposeA: true, transposeB: true })),
  opCase('matmul broadcast', [[2, 3, 4], [1, 4, 2]], ([a, b]) => g.matmul(a!, b!)),
  opCase('matmul', [[1, 1], [1, 1]], ([a, b]) => g.matmul(a!, b!)),

  opCase('reduceSum', [[2, 3, 2]], ([x]) => g.reduceSum(x!, [0, -1])),
  opCase('reduceSum', [[2, 3]], ([x]) => g.reduceSum(x!, [1], true)),
  opCase('reduceSum', [[0, 3]], ([x]) => g.reduceSum(x!, [0])),
  opCase('reduceSum', [[]], ([x]) => g.reduceSum(x!)),
  opCase('reduceMean', [[2, 3]], ([x]) => g.reduceMean(x!, [1])),
  opCase('reduceMax', [[2, 5]], ([x]) => g.reduceMax(x!, [1])),
  opCase('reduceMax', [[2, 1, 3]], ([x]) => g.reduceMax(x!, [0, 2], true)),
  opCase('argMax', [[3, 4]], ([x]) => g.cast(g.argMax(x!, 1), 'float32'), [-2, 2], false),
  opCase('cumulativeSum', [[2, 4]], ([x]) => g.cumulativeSum(x!, 1)),
  opCase('cumulativeSum exclusive', [[2, 4]], ([x]) => g.cumulativeSum(x!, 1, { exclusive: true })),
  opCase('cumulativeSum reverse', [[4, 2]], ([x]) => g.cumulativeSum(x!, 0, { reverse: true })),
  opCase('cumulativeSum both', [[1, 3]], ([x]) => g.cumulativeSum(x!, -1, { exclusive: true, reverse: true })),
  opCase('reshape', [[2, 6]], ([x]) => g.reshape(x!, [3, 4])),
  opCase('reshape', [[1]], ([x]) => g.reshape(x!, [])),
  opCase('transpose', [[2, 3, 4]], ([x]) => g.transpose(x!, [2, 0, 1])),
  opCase('broadcastTo', [[3, 1]], ([x]) => g.broadcastTo(x!, [2, 3, 4])),
  opCase('slice', [[2, 5]], ([x]) => g.slice(x!, 1, 1, 4)),
  opCase('slice whole', [[2, 5]], ([x]) => g.slice(x!, 1, 0, 5)),
  opCase('concatenate', [[2, 1], [2, 3], [2, 2]], (parts) => g.concatenate(parts, 1)),
  ...[[3, 4], [2, 1], [5, 7]].map((shape) => opCase('quadraticFeatures', [shape], ([x]) => g.quadraticFeatures(x!))),
  opCase('gather', [[4, 3]], ([x]) => g.gather(x!, whole([2, 0, 2]))),
  opCase('gather', [[2, 3, 2]], ([x]) => g.gather(x!, whole([1, 1, 0, 2]), 1)),
  opCase('scatterAdd', [[3, 2]], ([x]) => g.scatterAdd(x!, whole([1, 1, 3]), 0, 5)),
  opCase('scatterAdd', [[2, 3, 2]], ([x]) => g.scatterAdd(x!, whole([0, 2, 0]), 1, 3)),
  opCase('stopGradient', [[3]], ([x]) => g.add(g.stopGradient(x!), g.multiply(x!, 0)), [-2, 2], false),

  opCase('convolution', [[2, 3, 5, 6], [4, 3, 3, 2]], ([x, w]) => g.convolution(x!, w!, plain)),
  opCase('convolution stride 2', [[2, 2, 7, 6], [3, 2, 3, 3]], ([x, w]) => g.convolution(x!, w!, { ...plain, stride: [2, 2], padding: [1, 1, 1, 1] })),
  opCase('convolution uneven padding', [[1, 2, 4, 4], [2, 2, 3, 3]], ([x, w]) => g.convolution(x!, w!, { ...plain, stride: [2, 2], padding: [0, 0, 1, 1] })),
  opCase('convolution dilation 2', [[2, 2, 6, 6], [3, 2, 2, 2]], ([x, w]) => g.convolution(x!, w!, { ...plain, dilation: [2, 2], padding: [1, 0, 0, 1] })),
  opCase('convolution 1×1', [[1, 1, 1, 1], [1, 1, 1, 1]], ([x, w]) => g.convolution(x!, w!, plain)),
  opCase('transposedConvolution', [[2, 4, 3, 5], [4, 3, 3, 2]], ([x, w]) => g.transposedConvolution(x!, w!, plain, [5, 6])),
  opCase('transposedConvolution stride 2', [[2, 3, 4, 3], [3, 2, 3, 3]], ([x, w]) =>
    g.transposedConvolution(x!, w!, { ...plain, stride: [2, 2], padding: [1, 1, 1, 1] }, [8, 6]),
  ),
  opCase('filterGradient', [[2, 3, 5, 6], [2, 4, 3, 5]], ([x, upstream]) => g.filterGradient(x!, upstream!, plain, [3, 2])),
  opCase('filterGradient stride 2', [[2, 2, 6, 7], [2, 3, 3, 4]], ([x, upstream]) =>
    g.filterGradient(x!, upstream!, { ...plain, stride: [2, 2], padding: [1, 1, 1, 1] }, [3, 3]),
  ),
  // Wide enough for the form that gathers windows
  opCase('convolution of 8 channels', [[2, 8, 5, 4], [9, 8, 3, 3]], ([x, w]) => g.convolution(x!, w!, { ...plain, stride: [2, 2], padding: [1, 1, 1, 1] })),
  opCase('transposedConvolution of 8 channels', [[2, 8, 3, 2], [8, 9, 3, 3]], ([x, w]) =>
    g.transposedConvolution(x!, w!, { ...plain, stride: [2, 2], padding: [1, 1, 1, 1] }, [5, 4]),
  ),
  // Kernel and picture of one size, zeros at the far borders alone: so too
  opCase('convolution by a whole picture', [[2, 4, 2, 2], [4, 4, 2, 2]], ([x, w]) => g.convolution(x!, w!, { ...plain, padding: [0, 0, 1, 1] })),
  // By threes: WebGPU would compute these wrong
  opCase('convolution of 6 channels', [[2, 6, 5, 4], [4, 6, 3, 3]], ([x, w]) => g.convolution(x!, w!, plain)),
  opCase('convolution of 9 pictures', [[9, 1, 5, 4], [4, 1, 3, 3]], ([x, w]) => g.convolution(x!, w!, { ...plain, padding: [1, 1, 1, 1] })),

  // Nothing to compute: no rows, no columns, no pictures, nothing to add up
  opCase('matmul of no rows', [[0, 4], [4, 2]], ([a, b]) => g.matmul(a!, b!)),
  opCase('matmul over nothing', [[3, 0], [0, 2]], ([a, b]) => g.matmul(a!, b!)),
  opCase('matmul Aᵀ over nothing', [[0, 3], [0, 2]], ([a, b]) => g.matmul(a!, b!, { transposeA: true })),
  opCase('matmul of no matrices', [[0, 3, 4], [0, 4, 2]], ([a, b]) => g.matmul(a!, b!)),
  opCase('reduceSum of no rows', [[0, 3]], ([x]) => g.reduceSum(x!, [1])),
  opCase('reduceSum of all', [[0, 3]], ([x]) => g.reduceSum(x!)),
  opCase('reduceMax of no rows', [[0, 3]], ([x]) => g.reduceMax(x!, [1])),
  opCase('argMax of no rows', [[0, 3]], ([x]) => g.cast(g.argMax(x!, 1), 'float32'), [-2, 2], false),
  opCase('cumulativeSum of nothing', [[2, 0]], ([x]) => g.cumulativeSum(x!, 1)),
  opCase('reshape of nothing', [[0, 6]], ([x]) => g.reshape(x!, [0, 2, 3])),
  opCase('transpose of nothing', [[2, 0, 3]], ([x]) => g.transpose(x!, [2, 0, 1])),
  opCase('broadcastTo nothing', [[1, 3]], ([x]) => g.broadcastTo(x!, [0, 3])),
  opCase('slice to nothing', [[2, 5]], ([x]) => g.slice(x!, 1, 2, 2)),
  opCase('slice of nothing', [[0, 5]], ([x]) => g.slice(x!, 1, 2, 4)),
  opCase('concatenate with nothing', [[2, 0], [2, 3]], (parts) => g.concatenate(parts, 1)),
  opCase('quadraticFeatures of no rows', [[0, 3]], ([x]) => g.quadraticFeatures(x!)),
  opCase('gather nothing', [[4, 3]], ([x]) => g.gather(x!, whole([]))),
  opCase('gather of no columns', [[4, 0]], ([x]) => g.gather(x!, whole([1, 3]))),
  opCase('scatterAdd nothing', [[0, 2]], ([x]) => g.scatterAdd(x!, whole([]), 0, 3)),
  opCase('where of nothing', [[0, 2], [0, 2]], ([a, b]) => g.where(g.greater(a!, b!), a!, b!)),
  opCase('convolution of no pictures', [[0, 2, 4, 4], [3, 2, 3, 3]], ([x, w]) => g.convolution(x!, w!, plain)),
  opCase('transposedConvolution of no pictures', [[0, 2, 3, 3], [2, 3, 2, 2]], ([x, w]) => g.transposedConvolution(x!, w!, plain, [4, 4])),
  opCase('softmax of no rows', [[0, 4]], ([x]) => c.softmax(x!, 1)),
  opCase('logSumExp of no rows', [[0, 4]], ([x]) => c.logSumExp(x!, [1])),
  opCase('layer norm of no rows', [[0, 4]], ([x]) => c.normalize(x!, [1])),
  opCase('triangular solve of no columns', [[3, 3], [3, 0]], ([lower, b]) => c.solveLowerTriangular(lower!, b!), [0.5, 2]),
  opCase('logGamma of nothing', [[0]], ([x]) => c.logGamma(x!), [0.1, 9]),
  opCase('digamma of one', [[1]], ([x]) => c.digamma(x!), [0.3, 9]),

  opCase('logSumExp', [[3, 4]], ([x]) => c.logSumExp(x!, [1])),
  opCase('softmax', [[3, 4]], ([x]) => c.softmax(x!, 1)),
  opCase('logSoftmax', [[3, 4]], ([x]) => c.logSoftmax(x!, 1)),
  opCase('oneHot', [[3]], ([x]) => c.oneHot(g.cast(x!, 'int32'), 4, 'float32'), [0, 4], false),
  opCase('layer norm', [[3, 4]], ([x]) => c.normalize(x!, [1])),
  opCase('batch norm', [[5, 2]], ([x]) => c.normalize(x!, [0])),
  opCase('maxPool', [[1, 2, 4, 6]], ([x]) => c.maxPool(x!, 2)),
  opCase('averagePool', [[1, 2, 4, 6]], ([x]) => c.averagePool(x!, 2)),
  opCase('upsample', [[2, 1, 2, 3]], ([x]) => c.upsample(x!, 2)),
  opCase('triangular solve', [[2, 5, 5], [2, 5, 2]], ([lower, b]) => c.solveLowerTriangular(lower!, b!), [0.5, 2]),
  opCase('triangular inverse', [[1, 1]], ([lower]) => c.invertLowerTriangular(lower!), [0.5, 2]),
  opCase('logGamma', [[6]], ([x]) => c.logGamma(x!), [0.1, 9]),
  opCase('digamma', [[6]], ([x]) => c.digamma(x!), [0.3, 9]),
  opCase('clamp', [[7]], ([x]) => c.clamp(x!, -0.75, 0.75)),
]

