import { differentiable, type OpRow, pullBack } from './op-row'
import { broadcastShapes, fail, floatType, matmulShape, normalizeAxes, reducedShape, sameType } from './shapes'
import { type Shape, type Tensor, scalar, sizeOf } from './tensor'

/*
 * The operator table: one row each, with the rule for shapes and the rule for gradients. How a runtime computes an operator stands in the
 * runtime's own table, which the compiler forces to have the same rows.
 *
 * Gradient rules receive the node and the gradient of the loss with respect to its output, and return one gradient per input, in tensors of
 * the output's broadcast shape; `pullBack` sums what broadcasting had copied.
 */

const elementwise = (gradient: OpRow['gradient'], type: 'float' | 'any' = 'float') =>
  ({
    output: (op, inputs) => ({ shape: broadcastShapes(op, inputs), type: (type === 'float' ? floatType : sameType)(op, inputs) }),
    gradient,
  }) satisfies OpRow

const comparison = {
  output: (op, inputs) => {
    sameType(op, inputs)
    return { shape: broadcastShapes(op, inputs), type: 'bool' }
  },
  gradient: () => [null, null],
} satisfies OpRow

export const ops = {
  add: elementwise((_, upstream) => [upstream, upstream]),
  subtract: elementwise((_, upstream) => [upstream, negate(upstream)]),
  multiply: elementwise((node, upstream) => [multiply(upstream, node.inputs[1]!), multiply(upstream, node.inputs[0]!)]),
  divide: elementwise((node, upstream) => {
    const share = divide(upstream, node.inputs[1]!)
    return [share, negate(multiply(share, node))]
  }),
  /** Where the inputs are equal, the first takes the gradient. */
  maximum: elementwise((node, upstream) => {
    const first = greaterOrEqual(node.inputs[0]!, node.inputs[1]!)
    return [where(first, upstream, zerosLike(upstream)), where(first, zerosLike(upstream), upstream)]
  }),

  negate: elementwise((_, upstream) => [negate(upstream)]),
  exp: elementwise((node, upstream) => [multiply(upstream, node)]),
  log: elementwise((node, upstream) => [divide(upstream, node.inputs[0]!)]),
  sqrt: elementwise((node, upstream) => [divide(multiply(upstream, like(0.5, node)), node)]),
  square: elementwise((node, upstream) => [multiply(upstream, multiply(node.inputs[0]!, like(2, node)))]),
  tanh: elementwise((node, upstream) => [multiply(upstream, subtract(like(1, node), square(node)))]),
  sigmoid: elementwise((node, upstream) => [multiply(upstream, multiply(node, subtract(like(1, node), node)))]),
  /** log(1 + exp(x)), without overflow. */
  softplus: elementwise((node, upstream) => [multiply(upstream, sigmoid(node.inputs[0]!))]),
  /** max(x, 0); its gradient at 0 is 0. */
  relu: elementwise((node, upstream) => [where(greater(node, like(0, node)), upstream, zerosLike(upstream))]),

  greater: comparison,
  greaterOrEqual: comparison,
  where: {
    output: (op, inputs) => {
      const [condition, ...values] = inputs as [Tensor, Tensor, Tensor]
      if (condition.type !== 'bool') fail(op, inputs, 'the first input must be of type bool')
      return { shape: broadcastShapes(op, inputs), type: sameType(op, values) }
    },
    gradient: (node, upstream) => [
      null,
      where(node.inputs[0]!, upstream, zerosLike(upstream)),
      where(node.inputs[0]!, zerosLike(upstream), upstream),
    ],
  },

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
        transposeA ? matmul(b, upstream, { transposeA: transposeB, transposeB: true }) : matmul(upstream, b, { transposeB: !transposeB }),
        transposeB ? matmul(upstream, a, { transposeA: true, transposeB: transposeA }) : matmul(a, upstream, { transposeA: !transposeA }),
      ]
    },
  },

  reduceSum: {
    output: (op, [x], attributes) => ({
      shape: reducedShape(x!.shape, attributes['axes'] as number[], attributes['keepDimensions'] === true),
      type: floatType(op, [x!]),
    }),
    gradient: ({ inputs: [x], attributes }, upstream) => [
      broadcastTo(reshape(upstream, reducedShape(x!.shape, attributes['axes'] as number[], true)), x!.shape),
    ],
  },
  /** Where several elements are the largest, each takes the whole gradient divided by their number. */
  reduceMax: {
    output: (op, [x], attributes) => {
      const axes = attributes['axes'] as number[]
      if (axes.some((axis) => x!.shape[axis] === 0)) fail(op, [x!], 'the largest of no elements does not exist')
      return { shape: reducedShape(x!.shape, axes, attributes['keepDimensions'] === true), type: floatType(op, [x!]) }
    },
    gradient: (node, upstream) => {
      const x = node.inputs[0]!
      const axes = node.attributes['axes'] as number[]
      const kept = reducedShape(x.shape, axes, true)
      const largest = where(greaterOrEqual(x, reshape(node, kept)), like(1, x), like(0, x))
      const share = divide(reshape(upstream, kept), reduceSum(largest, axes, true))
      return [multiply(largest, share)]
    },
  },

  reshape: {
    output: (op, inputs, attributes) => {
      const shape = attributes['shape'] as number[]
      if (sizeOf(shape) !== sizeOf(inputs[0]!.shape)) fail(op, inputs, `its elements do not fill the shape [${shape.join(', ')}]`)
      return { shape, type: inputs[0]!.type }
    },
    gradient: ({ inputs: [x] }, upstream) => [reshape(upstream, x!.shape)],
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
      return [transpose(upstream, order.map((_, axis) => order.indexOf(axis)))]
    },
  },
  broadcastTo: {
    output: (op, inputs, attributes) => {
      const shape = attributes['shape'] as number[]
      const target = { ...inputs[0]!, shape }
      if (broadcastShapes(op, [inputs[0]!, target]).some((length, axis) => length !== shape[axis]) || inputs[0]!.shape.length > shape.length) {
        fail(op, inputs, `it does not broadcast to [${shape.join(', ')}]`)
      }
      return { shape, type: inputs[0]!.type }
    },
    gradient: (_, upstream) => [upstream],
  },
  /** Elements start … end−1 of one axis. */
  slice: {
    output: (op, inputs, attributes) => {
      const { axis, start, end } = attributes as { axis: number; start: number; end: number }
      const { shape, type } = inputs[0]!
      if (!(axis >= 0 && axis < shape.length && start >= 0 && start <= end && end <= shape[axis]!)) {
        fail(op, inputs, `there is no range ${start} … ${end} on axis ${axis}`)
      }
      return { shape: shape.map((length, index) => (index === axis ? end - start : length)), type }
    },
    gradient: ({ inputs: [x], attributes }, upstream) => {
      const { axis, start, end } = attributes as { axis: number; start: number; end: number }
      const zeros = (length: number): Tensor =>
        broadcastTo(like(0, x!), x!.shape.map((whole, index) => (index === axis ? length : whole)))
      const parts = [zeros(start), upstream, zeros(x!.shape[axis]! - end)].filter((part) => part.shape[axis]! > 0)
      return [parts.length > 1 ? concatenate(parts, axis) : upstream]
    },
  },
  concatenate: {
    output: (op, inputs, attributes) => {
      const axis = attributes['axis'] as number
      const [first] = inputs as [Tensor]
      const fits = (tensor: Tensor): boolean =>
        tensor.shape.length === first.shape.length && tensor.shape.every((length, index) => index === axis || length === first.shape[index])
      if (!(axis >= 0 && axis < first.shape.length) || !inputs.every(fits)) fail(op, inputs, `they do not join on axis ${axis}`)
      const length = inputs.reduce((sum, tensor) => sum + tensor.shape[axis]!, 0)
      return { shape: first.shape.map((whole, index) => (index === axis ? length : whole)), type: sameType(op, inputs) }
    },
    gradient: ({ inputs, attributes }, upstream) => {
      const axis = attributes['axis'] as number
      let start = 0
      return inputs.map((tensor) => {
        start += tensor.shape[axis]!
        return slice(upstream, axis, start - tensor.shape[axis]!, start)
      })
    },
  },
  /** The identity, through which no gradient flows. */
  stopGradient: { output: (_, inputs) => ({ shape: inputs[0]!.shape, type: inputs[0]!.type }), gradient: () => [null] },
} satisfies Record<string, OpRow>

export type OpName = keyof typeof ops

function node(op: OpName, inputs: readonly Tensor[], attributes: Tensor['attributes'] = {}): Tensor {
  return { op, inputs, attributes, ...(ops[op] as OpRow).output(op, inputs, attributes) }
}

/** A scalar constant of the element type of another tensor. */
export const like = (value: number, tensor: Tensor): Tensor => scalar(value, tensor.type as 'float32' | 'float64')
const zerosLike = (tensor: Tensor): Tensor => like(0, tensor)

const number = (value: Tensor | number, other: Tensor | number): Tensor => {
  if (typeof value !== 'number') return value
  if (typeof other === 'number') throw new TypeError('an operator needs at least one tensor')
  return like(value, other)
}
type Operand = Tensor | number

export const add = (a: Operand, b: Operand): Tensor => node('add', [number(a, b), number(b, a)])
export const subtract = (a: Operand, b: Operand): Tensor => node('subtract', [number(a, b), number(b, a)])
export const multiply = (a: Operand, b: Operand): Tensor => node('multiply', [number(a, b), number(b, a)])
export const divide = (a: Operand, b: Operand): Tensor => node('divide', [number(a, b), number(b, a)])
export const maximum = (a: Operand, b: Operand): Tensor => node('maximum', [number(a, b), number(b, a)])
export const greater = (a: Operand, b: Operand): Tensor => node('greater', [number(a, b), number(b, a)])
export const greaterOrEqual = (a: Operand, b: Operand): Tensor => node('greaterOrEqual', [number(a, b), number(b, a)])
export const where = (condition: Tensor, yes: Operand, no: Operand): Tensor => node('where', [condition, number(yes, no), number(no, yes)])

export const negate = (x: Tensor): Tensor => node('negate', [x])
export const exp = (x: Tensor): Tensor => node('exp', [x])
export const log = (x: Tensor): Tensor => node('log', [x])
export const sqrt = (x: Tensor): Tensor => node('sqrt', [x])
export const square = (x: Tensor): Tensor => node('square', [x])
export const tanh = (x: Tensor): Tensor => node('tanh', [x])
export const sigmoid = (x: Tensor): Tensor => node('sigmoid', [x])
export const softplus = (x: Tensor): Tensor => node('softplus', [x])
export const relu = (x: Tensor): Tensor => node('relu', [x])
export const stopGradient = (x: Tensor): Tensor => node('stopGradient', [x])

export const matmul = (a: Tensor, b: Tensor, options: { transposeA?: boolean; transposeB?: boolean } = {}): Tensor =>
  node('matmul', [a, b], { transposeA: options.transposeA === true, transposeB: options.transposeB === true })

export const reduceSum = (x: Tensor, axes?: readonly number[], keepDimensions = false): Tensor =>
  node('reduceSum', [x], { axes: normalizeAxes('reduceSum', x, axes), keepDimensions })
export const reduceMax = (x: Tensor, axes?: readonly number[], keepDimensions = false): Tensor =>
  node('reduceMax', [x], { axes: normalizeAxes('reduceMax', x, axes), keepDimensions })
export function reduceMean(x: Tensor, axes?: readonly number[], keepDimensions = false): Tensor {
  const count = normalizeAxes('reduceMean', x, axes).reduce((product, axis) => product * x.shape[axis]!, 1)
  return multiply(reduceSum(x, axes, keepDimensions), 1 / count)
}
/** log Σ exp x over the axes, shifted by the largest element so that it neither overflows nor vanishes. */
export function logSumExp(x: Tensor, axes: readonly number[], keepDimensions = false): Tensor {
  const shift = stopGradient(reduceMax(x, axes, true))
  const kept = add(log(reduceSum(exp(subtract(x, shift)), axes, true)), shift)
  return keepDimensions ? kept : reshape(kept, reducedShape(x.shape, normalizeAxes('logSumExp', x, axes), false))
}

export const reshape = (x: Tensor, shape: Shape): Tensor => node('reshape', [x], { shape })
export const transpose = (x: Tensor, order: readonly number[]): Tensor => node('transpose', [x], { order })
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => node('broadcastTo', [x], { shape })
export const slice = (x: Tensor, axis: number, start: number, end: number): Tensor => node('slice', [x], { axis, start, end })
export const concatenate = (parts: readonly Tensor[], axis: number): Tensor => node('concatenate', parts, { axis })

/** The gradients of one node with respect to its inputs, each in the shape of that input; null where none flows. */
export function gradientsOf(tensor: Tensor, upstream: Tensor): (Tensor | null)[] {
  const row = (ops as Record<string, OpRow>)[tensor.op]
  if (!row || !differentiable(tensor)) return tensor.inputs.map(() => null)
  return row.gradient(tensor, upstream).map((gradient, index) => gradient && pullBack(gradient, tensor.inputs[index]!.shape, { reduceSum, reshape, broadcastTo }))
}
