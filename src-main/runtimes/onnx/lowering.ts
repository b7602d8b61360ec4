import type { OpName } from '../../graph/ops'
import type { Program } from '../../graph/program'
import type { Tensor } from '../../graph/tensor'
import { OnnxGraph } from './onnx-graph'

type Lowering = (graph: OnnxGraph, inputs: readonly string[], node: Tensor) => string

const as = (opType: string): Lowering => (graph, inputs) => graph.emit(opType, inputs)
const numbers = (graph: OnnxGraph, values: readonly number[]): string => graph.constant(values, [values.length], 'int64')
const reduction =
  (opType: string): Lowering =>
  (graph, [x], { attributes }) => {
    const axes = attributes['axes'] as number[]
    if (axes.length === 0) return graph.emit('Identity', [x!])
    return graph.emit(opType, [x!, numbers(graph, axes)], { keepdims: { integer: attributes['keepDimensions'] === true ? 1 : 0 } })
  }
const swapLastTwo = (graph: OnnxGraph, x: string, rank: number): string =>
  graph.emit('Transpose', [x], { perm: { integers: [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2] } })

/** How ONNX computes each operator; the twin of the table in `graph/ops.ts`. */
const lowerings: Record<OpName, Lowering> = {
  add: as('Add'),
  subtract: as('Sub'),
  multiply: as('Mul'),
  divide: as('Div'),
  maximum: as('Max'),
  negate: as('Neg'),
  exp: as('Exp'),
  log: as('Log'),
  sqrt: as('Sqrt'),
  square: (graph, [x]) => graph.emit('Mul', [x!, x!]),
  tanh: as('Tanh'),
  sigmoid: as('Sigmoid'),
  /** max(x, 0) − log σ(|x|): ONNX Runtime's own Softplus has no float64 and is eight times slower in float32. */
  softplus: (graph, [x]) => {
    const tail = graph.emit('Log', [graph.emit('Sigmoid', [graph.emit('Abs', [x!])])])
    return graph.emit('Sub', [graph.emit('Relu', [x!]), tail])
  },
  relu: as('Relu'),
  greater: as('Greater'),
  greaterOrEqual: as('GreaterOrEqual'),
  where: as('Where'),
  matmul: (graph, [a, b], { inputs, attributes }) => {
    const transposeA = attributes['transposeA'] === true
    const transposeB = attributes['transposeB'] === true
    const [left, right] = inputs as [Tensor, Tensor]
    if (!transposeA && !transposeB) return graph.emit('MatMul', [a!, b!])
    if (left.shape.length === 2 && right.shape.length === 2) {
      return graph.emit('Gemm', [a!, b!], { transA: { integer: transposeA ? 1 : 0 }, transB: { integer: transposeB ? 1 : 0 } })
    }
    return graph.emit('MatMul', [
      transposeA ? swapLastTwo(graph, a!, left.shape.length) : a!,
      transposeB ? swapLastTwo(graph, b!, right.shape.length) : b!,
    ])
  },
  reduceSum: reduction('ReduceSum'),
  reduceMax: reduction('ReduceMax'),
  reshape: (graph, [x], { shape }) => graph.emit('Reshape', [x!, numbers(graph, shape)], { allowzero: { integer: 1 } }),
  transpose: (graph, [x], { attributes }) => graph.emit('Transpose', [x!], { perm: { integers: attributes['order'] as number[] } }),
  broadcastTo: (graph, [x], { shape }) => graph.emit('Expand', [x!, numbers(graph, shape)]),
  slice: (graph, [x], { attributes }) =>
    graph.emit('Slice', [x!, ...['start', 'end', 'axis'].map((key) => numbers(graph, [attributes[key] as number]))]),
  concatenate: (graph, inputs, { attributes }) => graph.emit('Concat', inputs, { axis: { integer: attributes['axis'] as number } }),
  stopGradient: as('Identity'),
}

/** The names under which the next values of parameters leave the model. */
export const updateName = (parameter: string): string => `next:${parameter}`

/** A program as the bytes of an ONNX model: inputs and parameters come in, outputs and the next values of parameters go out. */
export function lowerProgram(program: Program): Uint8Array {
  const graph = new OnnxGraph(program.name)
  const names = new Map<Tensor, string>()
  for (const node of program.nodes) {
    const sources = node.inputs.map((source) => names.get(source)!)
    if (node.op === 'input' || node.op === 'parameter') names.set(node, graph.input(node.name!, node.shape, node.type))
    else if (node.op === 'constant') names.set(node, graph.constant(node.values!, node.shape, node.type))
    else names.set(node, lowerings[node.op as OpName](graph, sources, node))
  }
  for (const [name, tensor] of Object.entries(program.outputs)) graph.output(name, names.get(tensor)!, tensor.shape, tensor.type)
  for (const [name, tensor] of Object.entries(program.updates)) {
    graph.output(updateName(name), names.get(tensor)!, tensor.shape, tensor.type)
  }
  return graph.finish()
}
