import { type OpRow } from '../op-row'
import * as g from '../ops'
import { broadcastShapes, fail, floatType, sameType } from '../shapes'
import type { Tensor } from '../tensor'

/** Operators that work element by element, with broadcasting. */

const elementwise = (gradient: OpRow['gradient']) =>
  ({
    output: (op, inputs) => ({ shape: broadcastShapes(op, inputs), type: floatType(op, inputs) }),
    gradient,
  }) satisfies OpRow

const comparison = {
  output: (op, inputs) => {
    sameType(op, inputs)
    return { shape: broadcastShapes(op, inputs), type: 'bool' }
  },
  gradient: () => [null, null],
} satisfies OpRow

const logical = {
  output: (op, inputs) => {
    if (inputs.some(({ type }) => type !== 'bool')) fail(op, inputs, 'truth values are needed')
    return { shape: broadcastShapes(op, inputs), type: 'bool' }
  },
  gradient: () => [null, null],
} satisfies OpRow

const choose = (condition: Tensor, upstream: Tensor): [Tensor, Tensor] => [
  g.where(condition, upstream, 0),
  g.where(condition, g.like(0, upstream), upstream),
]

export const elementwiseRows = {
  add: elementwise((_, upstream) => [upstream, upstream]),
  subtract: elementwise((_, upstream) => [upstream, g.negate(upstream)]),
  multiply: elementwise((node, upstream) => [g.multiply(upstream, node.inputs[1]!), g.multiply(upstream, node.inputs[0]!)]),
  divide: elementwise((node, upstream) => {
    const share = g.divide(upstream, node.inputs[1]!)
    return [share, g.negate(g.multiply(share, node))]
  }),
  /** Where the inputs are equal, the first takes the gradient. */
  maximum: elementwise((node, upstream) => choose(g.greaterOrEqual(node.inputs[0]!, node.inputs[1]!), upstream)),
  minimum: elementwise((node, upstream) => choose(g.greaterOrEqual(node.inputs[1]!, node.inputs[0]!), upstream)),
  /** base^exponent for base > 0. */
  power: elementwise((node, upstream) => {
    const [base, exponent] = node.inputs as [Tensor, Tensor]
    return [
      g.multiply(upstream, g.multiply(exponent, g.power(base, g.subtract(exponent, 1)))),
      g.multiply(upstream, g.multiply(node, g.log(base))),
    ]
  }),

  negate: elementwise((_, upstream) => [g.negate(upstream)]),
  exp: elementwise((node, upstream) => [g.multiply(upstream, node)]),
  log: elementwise((node, upstream) => [g.divide(upstream, node.inputs[0]!)]),
  sqrt: elementwise((node, upstream) => [g.divide(g.multiply(upstream, 0.5), node)]),
  square: elementwise((node, upstream) => [g.multiply(upstream, g.multiply(node.inputs[0]!, 2))]),
  /** Its gradient at 0 is 0. */
  abs: elementwise((node, upstream) => [g.multiply(upstream, g.sign(node.inputs[0]!))]),
  sign: elementwise(() => [null]),
  floor: elementwise(() => [null]),
  tanh: elementwise((node, upstream) => [g.multiply(upstream, g.subtract(1, g.square(node)))]),
  sigmoid: elementwise((node, upstream) => [g.multiply(upstream, g.multiply(node, g.subtract(1, node)))]),
  /** log(1 + exp(x)), without overflow. */
  softplus: elementwise((node, upstream) => [g.multiply(upstream, g.sigmoid(node.inputs[0]!))]),
  /** max(x, 0); its gradient at 0 is 0. */
  relu: elementwise((node, upstream) => [g.multiply(upstream, g.cast(g.greater(node, 0), node.type))]),
  erf: elementwise((node, upstream) => [
    g.multiply(upstream, g.multiply(g.exp(g.negate(g.square(node.inputs[0]!))), 2 / Math.sqrt(Math.PI))),
  ]),

  greater: comparison,
  greaterOrEqual: comparison,
  equal: comparison,
  logicalAnd: logical,
  logicalOr: logical,
  logicalNot: { ...logical, gradient: () => [null] },
  where: {
    output: (op, inputs) => {
      const [condition, ...values] = inputs as [Tensor, Tensor, Tensor]
      if (condition.type !== 'bool') fail(op, inputs, 'the first input must be of type bool')
      return { shape: broadcastShapes(op, inputs), type: sameType(op, values) }
    },
    gradient: (node, upstream) => [null, ...choose(node.inputs[0]!, upstream)],
  },
  /** To another element type; floating-point values lose their fraction on the way to int32, and bool is 0 or 1. */
  cast: {
    output: (_, inputs, attributes) => ({ shape: inputs[0]!.shape, type: attributes['type'] as Tensor['type'] }),
    gradient: ({ inputs: [x] }, upstream) => [x!.type === 'float32' || x!.type === 'float64' ? g.cast(upstream, x!.type) : null],
  },
  /** The identity, through which no gradient flows. */
  stopGradient: { output: (_, inputs) => ({ shape: inputs[0]!.shape, type: inputs[0]!.type }), gradient: () => [null] },
  /** Its first input; the gradients of the others are what its own rule says. */
  customGradient: {
    output: (_, inputs) => ({ shape: inputs[0]!.shape, type: inputs[0]!.type }),
    gradient: (node, upstream) => [null, ...node.rule!(upstream)],
  },
} satisfies Record<string, OpRow>
