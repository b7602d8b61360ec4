import type { OpRow } from '../op-row'
import * as g from '../ops'
import { broadcastShapes, fail, floatType, matmulShape, reducedShape, sameType } from '../shapes'
import { quadraticLength, quadraticPairs } from '../quadratic'
import { type Tensor, constant, sizeOf } from '../tensor'

/** Products, reductions, and operators that move elements. */

const reduction = (emptyFails: boolean) =>
  ((op, [x], attributes) => {
    const axes = attributes['axes'] as number[]
    if (emptyFails && axes.some((axis) => x!.shape[axis] === 0)) fail(op, [x!], 'the largest of no elements does not exist')
    return { shape: reducedShape(x!.shape, axes, attributes['keepDimensions'] === true), type: floatType(op, [x!]) }
  }) satisfies OpRow['output']

function requireAxis(op: string, inputs: readonly Tensor[], axis: number): void {
  if (!(Number.isInteger(axis) && axis >= 0 && axis < inputs[0]!.shape.length)) fail(op, inputs, `there is no axis ${axis}`)
}
function requireIndices(op: string, inputs: readonly Tensor[]): Tensor {
  const indices = inputs[1]!
  if (indices.type !== 'int32' || indices.shape.length !== 1) fail(op, inputs, 'the indices must be int32 of one axis')
  return indices
}
const indices = (values: number[]): Tensor => constant(values, [values.length], 'int32')
const withLength = (x: Tensor, axis: number, length: number): number[] => x.shape.map((whole, index) => (index === axis ? length : whole))

export const structuralRows = {
  /** Batched matrix product of the last two axes: op(A)·op(B). */
  matmul: {
    output: (op, [a, b], attributes) => ({
      shape: matmulShape(a!, b!, attributes['transposeA'] === true, attributes['transposeB'] === true),
      type: floatType(op, [a!, b!]),
    }),
    gradient: ({ inputs, attributes }, upstream) => {
      const [a, b] = inputs as [Tensor, Tensor]
      const transposeA = attributes['transposeA'] === true
      const transposeB = attributes['transposeB'] === true
      return [
        transposeA ? g.matmul(b, upstream, { transposeA: transposeB, transposeB: true }) : g.matmul(upstream, b, { transposeB: !transposeB }),
        transposeB ? g.matmul(upstream, a, { transposeA: true, transposeB: transposeA }) : g.matmul(a, upstream, { transposeA: !transposeA }),
      ]
    },
  },

  reduceSum: {
    output: reduction(false),
    gradient: ({ inputs: [x], attributes }, upstream) => [
      g.broadcastTo(g.reshape(upstream, reducedShape(x!.shape, attributes['axes'] as number[], true)), x!.shape),
    ],
  },
  /** Where several elements are the largest, they share the gradient equally. */
  reduceMax: {
    output: reduction(true),
    gradient: (node, upstream) => {
      const x = node.inputs[0]!
      const axes = node.attributes['axes'] as number[]
      const kept = reducedShape(x.shape, axes, true)
      const largest = g.cast(g.greaterOrEqual(x, g.reshape(node, kept)), x.type)
      return [g.multiply(largest, g.divide(g.reshape(upstream, kept), g.reduceSum(largest, axes, true)))]
    },
  },
  /** The index of the largest element of one axis, the first of equals. */
  argMax: {
    output: (op, inputs, { axis }) => {
      requireAxis(op, inputs, axis as number)
      floatType(op, inputs)
      return { shape: inputs[0]!.shape.filter((_, index) => index !== axis), type: 'int32' }
    },
    gradient: () => [null],
  },
  /** Sums of the elements before and at each place of an axis (`exclusive`: before; `reverse`: after). */
  cumulativeSum: {
    output: (op, inputs, { axis }) => {
      requireAxis(op, inputs, axis as number)
      return { shape: inputs[0]!.shape, type: floatType(op, inputs) }
    },
    gradient: ({ attributes }, upstream) => {
      const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean }
      return [g.cumulativeSum(upstream, axis, { exclusive, reverse: !reverse })]
    },
  },

  reshape: {
    output: (op, inputs, attributes) => {
      const shape = attributes['shape'] as number[]
      if (sizeOf(shape) !== sizeOf(inputs[0]!.shape)) fail(op, inputs, `its elements do not fill the shape [${shape.join(', ')}]`)
      return { shape, type: inputs[0]!.type }
    },
    gradient: ({ inputs: [x] }, upstream) => [g.reshape(upstream, x!.shape)],
  },
  transpose: {
    output: (op, inputs, attributes) => {
      const order = attributes['order'] as number[]
      const { shape, type } = inputs[0]!
      if (order.length !== shape.length || [...order].sort((a, b) => a - b).some((axis, index) => axis !== index)) {
        fail(op, inputs, `[${order.join(', ')}] is not an order of its axes`)
      }
      return { shape: order.map((axis) => shape[axis]!), type }
    },
    gradient: ({ attributes }, upstream) => {
      const order = attributes['order'] as number[]
      return [g.transpose(upstream, order.map((_, axis) => order.indexOf(axis)))]
    },
  },
  broadcastTo: {
    output: (op, inputs, attributes) => {
      const shape = attributes['shape'] as number[]
      const [x] = inputs as [Tensor]
      const fits = x.shape.length <= shape.length && broadcastShapes(op, [x, { ...x, shape }]).every((length, axis) => length === shape[axis])
      if (!fits) fail(op, inputs, `it does not broadcast to [${shape.join(', ')}]`)
      return { shape, type: x.type }
    },
    gradient: (_, upstream) => [upstream],
  },
  /** Elements start … end−1 of one axis. */
  slice: {
    output: (op, inputs, attributes) => {
      const { axis, start, end } = attributes as { axis: number; start: number; end: number }
      requireAxis(op, inputs, axis)
      const [x] = inputs as [Tensor]
      if (!(start >= 0 && start <= end && end <= x.shape[axis]!)) fail(op, inputs, `there is no range ${start} … ${end} on axis ${axis}`)
      return { shape: withLength(x, axis, end - start), type: x.type }
    },
    gradient: ({ inputs: [x], attributes }, upstream) => {
      const { axis, start, end } = attributes as { axis: number; start: number; end: number }
      const zeros = (length: number): Tensor => g.broadcastTo(g.like(0, x!), withLength(x!, axis, length))
      const parts = [zeros(start), upstream, zeros(x!.shape[axis]! - end)].filter((part) => part.shape[axis]! > 0)
      return [parts.length > 1 ? g.concatenate(parts, axis) : (parts[0] ?? upstream)]
    },
  },
  concatenate: {
    output: (op, inputs, attributes) => {
      const axis = attributes['axis'] as number
      requireAxis(op, inputs, axis)
      const [first] = inputs as [Tensor]
      const fits = (tensor: Tensor): boolean =>
        tensor.shape.length === first.shape.length && tensor.shape.every((length, index) => index === axis || length === first.shape[index])
      if (!inputs.every(fits)) fail(op, inputs, `they do not join on axis ${axis}`)
      return { shape: withLength(first, axis, inputs.reduce((sum, tensor) => sum + tensor.shape[axis]!, 0)), type: sameType(op, inputs) }
    },
    gradient: ({ inputs, attributes }, upstream) => {
      const axis = attributes['axis'] as number
      let start = 0
      return inputs.map((tensor) => {
        start += tensor.shape[axis]!
        return g.slice(upstream, axis, start - tensor.shape[axis]!, start)
      })
    },
  },
  /**
   * x [rows, columns] → (1, x, x_i x_j for i ≤ j), [rows, 1 + columns + columns(columns + 1)/2]: what a quadratic form is linear in. One
   * operator, because it is as large as all the rest of a mixture's E-step together and a runtime can write it in one go.
   */
  quadraticFeatures: {
    output: (op, inputs) => {
      const [x] = inputs as [Tensor]
      if (x.shape.length !== 2) fail(op, inputs, 'rows and columns are needed')
      const [rows, columns] = x.shape as [number, number]
      return { shape: [rows, quadraticLength(columns)], type: floatType(op, inputs) }
    },
    gradient: ({ inputs: [x] }, upstream) => {
      const columns = x!.shape[1]!
      const { left, right } = quadraticPairs(columns)
      const ofPairs = g.slice(upstream, 1, 1 + columns, quadraticLength(columns))
      const part = (of: number[], other: number[]): Tensor =>
        g.scatterAdd(g.multiply(ofPairs, g.gather(x!, indices(other), 1)), indices(of), 1, columns)
      return [g.add(g.slice(upstream, 1, 1, 1 + columns), g.add(part(left, right), part(right, left)))]
    },
  },
  /** x[…, indices, …] along one axis; indices int32 [count], from 0. */
  gather: {
    output: (op, inputs, { axis }) => {
      requireAxis(op, inputs, axis as number)
      return { shape: withLength(inputs[0]!, axis as number, requireIndices(op, inputs).shape[0]!), type: inputs[0]!.type }
    },
    gradient: ({ inputs, attributes }, upstream) => {
      const [x, indices] = inputs as [Tensor, Tensor]
      const axis = attributes['axis'] as number
      return [g.scatterAdd(upstream, indices, axis, x.shape[axis]!), null]
    },
  },
  /** The transposed gather: slices of x are added up at their indices, in an axis of a new length. */
  scatterAdd: {
    output: (op, inputs, { axis, length }) => {
      requireAxis(op, inputs, axis as number)
      const count = requireIndices(op, inputs).shape[0]!
      if (inputs[0]!.shape[axis as number] !== count) fail(op, inputs, `axis ${String(axis)} and the indices differ in length`)
      return { shape: withLength(inputs[0]!, axis as number, length as number), type: floatType(op, [inputs[0]!]) }
    },
    gradient: ({ inputs, attributes }, upstream) => [g.gather(upstream, inputs[1]!, attributes['axis'] as number), null],
  },
} satisfies Record<string, OpRow>
