import type { OpName } from '../../graph/ops'
import { quadraticPairs } from '../../graph/quadratic'
import type { Program } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'
import type { Tensor } from '../../graph/tensor'
import { lowerConvolution, lowerFilterGradient, lowerTransposedConvolution } from './convolution'
import { OnnxGraph, type OnnxGraphOptions, elementTypes } from './onnx-graph'

export type Lowering = (graph: OnnxGraph, inputs: readonly string[], node: Tensor) => string

const as = (opType: string): Lowering => (graph, inputs) => graph.emit(opType, inputs)
const numbers = (graph: OnnxGraph, values: readonly number[]): string => graph.constant(values, [values.length], 'int64')
const flag = (value: unknown) => ({ integer: value === true ? 1 : 0 })
const reduction =
  (opType: string): Lowering =>
  (graph, [x], { attributes }) => {
    const axes = attributes['axes'] as number[]
    if (axes.length === 0) return graph.emit('Identity', [x!])
    return graph.emit(opType, [x!, numbers(graph, axes)], { keepdims: flag(attributes['keepDimensions']) })
  }
const swapLastTwo = (graph: OnnxGraph, x: string, rank: number): string =>
  graph.emit('Transpose', [x], { perm: { integers: [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2] } })
/** The order that brings one axis to the front; it is its own inverse only for axis 0 and 1, so both are asked for by name. */
const frontOrder = (rank: number, axis: number): number[] => [axis, ...Array.from({ length: rank }, (_, index) => index).filter((index) => index !== axis)]

/**
 * ONNX Runtime's Erf is float32 only. In float64 the series of positive terms, erf(x) = 2/√π·x·exp(−x²)·Σ_n Π_{k≤n} 2x²/(2k+1); from 6 on
 * erf is 1 to the last bit.
 */
function erfBySeries(graph: OnnxGraph, x: string): string {
  const number = (value: number): string => graph.constant([value], [], 'float64')
  const size = graph.emit('Min', [graph.emit('Abs', [x]), number(6)])
  const square = graph.emit('Mul', [size, size])
  let sum = number(1)
  for (let n = 100; n >= 1; n -= 1) {
    sum = graph.emit('Add', [graph.emit('Mul', [graph.emit('Mul', [square, number(2 / (2 * n + 1))]), sum]), number(1)])
  }
  const density = graph.emit('Mul', [graph.emit('Exp', [graph.emit('Neg', [square])]), number(2 / Math.sqrt(Math.PI))])
  return graph.emit('Mul', [graph.emit('Sign', [x]), graph.emit('Mul', [graph.emit('Mul', [size, density]), sum])])
}

/** How ONNX computes each operator; the twin of the table in `graph/ops.ts`. */
const lowerings: Record<OpName, Lowering> = {
  add: as('Add'),
  subtract: as('Sub'),
  multiply: as('Mul'),
  divide: as('Div'),
  maximum: as('Max'),
  minimum: as('Min'),
  /** exp(y·log x): ONNX Runtime 1.30 fails on WebGPU where both inputs of Pow are broadcast. */
  power: (graph, [x, y]) => graph.emit('Exp', [graph.emit('Mul', [y!, graph.emit('Log', [x!])])]),
  negate: as('Neg'),
  exp: as('Exp'),
  log: as('Log'),
  sqrt: as('Sqrt'),
  square: (graph, [x]) => graph.emit('Mul', [x!, x!]),
  abs: as('Abs'),
  sign: as('Sign'),
  floor: as('Floor'),
  tanh: as('Tanh'),
  sigmoid: as('Sigmoid'),
  /** max(x, 0) − log σ(|x|): ONNX Runtime's own Softplus has no float64 and is eight times slower in float32. */
  softplus: (graph, [x]) => {
    const tail = graph.emit('Log', [graph.emit('Sigmoid', [graph.emit('Abs', [x!])])])
    return graph.emit('Sub', [graph.emit('Relu', [x!]), tail])
  },
  relu: as('Relu'),
  erf: (graph, [x], node) => (node.type === 'float32' ? graph.emit('Erf', [x!]) : erfBySeries(graph, x!)),
  greater: as('Greater'),
  greaterOrEqual: as('GreaterOrEqual'),
  equal: as('Equal'),
  logicalAnd: as('And'),
  logicalOr: as('Or'),
  logicalNot: as('Not'),
  where: as('Where'),
  cast: (graph, [x], { type }) => graph.emit('Cast', [x!], { to: { integer: elementTypes[type] } }),
  stopGradient: as('Identity'),
  customGradient: (graph, [value]) => graph.emit('Identity', [value!]),

  matmul: (graph, [a, b], { inputs, attributes, shape, type }) => {
    // ONNX Runtime refuses some products of no matrices.
    if (shape.includes(0)) return graph.emit('Expand', [graph.constant([0], [], type), numbers(graph, shape)])
    const transposeA = attributes['transposeA'] === true
    const transposeB = attributes['transposeB'] === true
    const [left, right] = inputs as [Tensor, Tensor]
    if (!transposeA && !transposeB) return graph.emit('MatMul', [a!, b!])
    if (left.shape.length === 2 && right.shape.length === 2) {
      return graph.emit('Gemm', [a!, b!], { transA: flag(transposeA), transB: flag(transposeB) })
    }
    return graph.emit('MatMul', [
      transposeA ? swapLastTwo(graph, a!, left.shape.length) : a!,
      transposeB ? swapLastTwo(graph, b!, right.shape.length) : b!,
    ])
  },
  reduceSum: reduction('ReduceSum'),
  reduceMax: reduction('ReduceMax'),
  argMax: (graph, [x], { attributes }) =>
    graph.emit('Cast', [graph.emit('ArgMax', [x!], { axis: { integer: attributes['axis'] as number }, keepdims: { integer: 0 } })], {
      to: { integer: elementTypes.int32 },
    }),
  cumulativeSum: (graph, [x], { attributes: { axis, exclusive, reverse } }) =>
    graph.emit('CumSum', [x!, graph.constant([axis as number], [], 'int64')], { exclusive: flag(exclusive), reverse: flag(reverse) }),
  reshape: (graph, [x], { shape }) => graph.emit('Reshape', [x!, graph.targetShape(shape)], { allowzero: { integer: 1 } }),
  transpose: (graph, [x], { attributes }) => graph.emit('Transpose', [x!], { perm: { integers: attributes['order'] as number[] } }),
  broadcastTo: (graph, [x], { shape }) => graph.emit('Expand', [x!, numbers(graph, shape)]),
  slice: (graph, [x], { attributes }) =>
    graph.emit('Slice', [x!, ...['start', 'end', 'axis'].map((key) => numbers(graph, [attributes[key] as number]))]),
  concatenate: (graph, inputs, { attributes }) => graph.emit('Concat', inputs, { axis: { integer: attributes['axis'] as number } }),
  quadraticFeatures: (graph, [x], { inputs, type }) => {
    const [rows, columns] = inputs[0]!.shape as [number, number]
    const { left, right } = quadraticPairs(columns)
    const pick = (places: number[]): string => graph.emit('Gather', [x!, numbers(graph, places)], { axis: { integer: 1 } })
    const ones = graph.emit('Expand', [graph.constant([1], [], type), numbers(graph, [rows, 1])])
    return graph.emit('Concat', [ones, x!, graph.emit('Mul', [pick(left), pick(right)])], { axis: { integer: 1 } })
  },
  gather: (graph, [x, indices], { attributes }) => graph.emit('Gather', [x!, indices!], { axis: { integer: attributes['axis'] as number } }),
  /** ScatterND adds slices of the first axis, so the axis is brought there and back. */
  scatterAdd: (graph, [x, indices], { inputs, attributes, shape, type }) => {
    const axis = attributes['axis'] as number
    const rank = shape.length
    const order = frontOrder(rank, axis)
    const front = axis === 0 ? x! : graph.emit('Transpose', [x!], { perm: { integers: order } })
    const zeros = graph.emit('Expand', [graph.constant([0], [], type), numbers(graph, order.map((from) => shape[from]!))])
    const places = graph.emit('Reshape', [
      graph.emit('Cast', [indices!], { to: { integer: elementTypes.int64 } }),
      numbers(graph, [inputs[1]!.shape[0]!, 1]),
    ])
    const sums = graph.emit('ScatterND', [zeros, places, front], { reduction: { text: 'add' } })
    return axis === 0 ? sums : graph.emit('Transpose', [sums], { perm: { integers: order.map((_, index) => order.indexOf(index)) } })
  },
  convolution: lowerConvolution,
  transposedConvolution: lowerTransposedConvolution,
  filterGradient: lowerFilterGradient,
}

/** The names under which the next values of parameters leave the model. */
export const updateName = (parameter: string): string => `next:${parameter}`

function lowerNodes(graph: OnnxGraph, program: Program, parameter: (node: Tensor) => string): Map<Tensor, string> {
  const names = new Map<Tensor, string>()
  for (const node of program.nodes) {
    const sources = node.inputs.map((source) => names.get(source)!)
    if (node.op === 'input') names.set(node, graph.input(node.name!, node.shape, node.type))
    else if (node.op === 'parameter') names.set(node, parameter(node))
    else if (node.op === 'constant') names.set(node, graph.constant(node.values!, node.shape, node.type))
    else names.set(node, lowerings[node.op as OpName](graph, sources, node))
  }
  for (const [name, tensor] of Object.entries(program.outputs)) graph.output(name, names.get(tensor)!, tensor.shape, tensor.type)
  return names
}

/** A program as the bytes of an ONNX model: inputs and parameters come in, outputs and the next values of parameters go out. */
export function lowerProgram(program: Program, options: Pick<OnnxGraphOptions, 'convolutions'> = {}): Uint8Array {
  const graph = new OnnxGraph(program.name, options)
  const names = lowerNodes(graph, program, ({ name, shape, type }) => graph.input(name!, shape, type))
  for (const [name, tensor] of Object.entries(program.updates)) {
    graph.output(updateName(name), names.get(tensor)!, tensor.shape, tensor.type)
  }
  return graph.finish()
}

/** A number of rows that no other axis has: programs that are to be exported are built for it, and the axis is left open in the file. */
export const openRows = 1_000_003

/** A fitted program as an ONNX file that stands by itself: parameters are in it, the number of rows is open. */
export function exportProgram(program: Program, state: Readonly<Record<string, NumericArray>>, metadata: Record<string, string>): Uint8Array {
  const graph = new OnnxGraph(program.name, { openLength: openRows })
  lowerNodes(graph, program, ({ name, shape, type }) => {
    const values = state[name!]
    if (!values) throw new Error(`${program.name}: there are no values for ${name}`)
    const typed = type === 'float32' ? Float32Array.from(values) : Float64Array.from(values)
    return graph.weights(name!, shape, type, new Uint8Array(typed.buffer))
  })
  return graph.finish(metadata)
}
