import type { OpName } from '../../graph/ops'
import { type ConvolutionGeometry, exchangedGeometry, geometryOf } from '../../graph/geometry'
import { quadraticPairs } from '../../graph/quadratic'
import type { ElementType, Tensor } from '../../graph/tensor'

/** TensorFlow.js, whichever package and backend it came from. */
export type TensorFlow = typeof import('@tensorflow/tfjs')
export type Value = import('@tensorflow/tfjs').Tensor

type Lowering = (tf: TensorFlow, inputs: readonly Value[], node: Tensor) => Value

type Binary = (a: Value, b: Value) => Value
type Unary = (x: Value) => Value
const binary =
  (pick: (tf: TensorFlow) => Binary): Lowering =>
  (tf, [a, b]) =>
    pick(tf)(a!, b!)
const unary =
  (pick: (tf: TensorFlow) => Unary): Lowering =>
  (tf, [x]) =>
    pick(tf)(x!)
const axesOf = (node: Tensor): number[] => node.attributes['axes'] as number[]
const keeps = (node: Tensor): boolean => node.attributes['keepDimensions'] === true

/** TensorFlow's own convolutions refuse batches of no pictures. */
const orZeros =
  (lowering: Lowering): Lowering =>
  (tf, inputs, node) =>
    node.inputs[0]!.shape.includes(0) ? tf.zeros([...node.shape]) : lowering(tf, inputs, node)

export const typeNames: Record<ElementType, 'float32' | 'int32' | 'bool'> = {
  float32: 'float32',
  int32: 'int32',
  bool: 'bool',
  get float64(): never {
    throw new Error('TensorFlow.js computes in float32; this program asks for float64')
  },
}

/** How TensorFlow.js computes each operator; the twin of the table in `graph/ops.ts`. */
export const lowerings: Record<OpName, Lowering> = {
  add: binary((tf) => tf.add),
  subtract: binary((tf) => tf.sub),
  multiply: binary((tf) => tf.mul),
  divide: binary((tf) => tf.div),
  maximum: binary((tf) => tf.maximum),
  minimum: binary((tf) => tf.minimum),
  power: binary((tf) => tf.pow),
  negate: unary((tf) => tf.neg),
  exp: unary((tf) => tf.exp),
  log: unary((tf) => tf.log),
  sqrt: unary((tf) => tf.sqrt),
  square: unary((tf) => tf.square),
  abs: unary((tf) => tf.abs),
  sign: unary((tf) => tf.sign),
  floor: unary((tf) => tf.floor),
  tanh: unary((tf) => tf.tanh),
  sigmoid: unary((tf) => tf.sigmoid),
  softplus: unary((tf) => tf.softplus),
  relu: unary((tf) => tf.relu),
  erf: unary((tf) => tf.erf),
  greater: binary((tf) => tf.greater),
  greaterOrEqual: binary((tf) => tf.greaterEqual),
  equal: binary((tf) => tf.equal),
  logicalAnd: binary((tf) => tf.logicalAnd),
  logicalOr: binary((tf) => tf.logicalOr),
  logicalNot: unary((tf) => tf.logicalNot),
  where: (tf, [condition, yes, no], node) => {
    const whole = (x: Value): Value => tf.broadcastTo(x, [...node.shape])
    return tf.where(whole(condition!).toBool(), whole(yes!), whole(no!))
  },
  cast: (tf, [x], { type }) => tf.cast(x!, typeNames[type]),
  stopGradient: (_, [x]) => x!.clone(),
  customGradient: (_, [value]) => value!.clone(),

  /** TensorFlow.js makes one matrix of none times one. */
  matmul: (tf, [a, b], { shape, attributes }) =>
    shape.includes(0) ? tf.zeros([...shape]) : tf.matMul(a!, b!, attributes['transposeA'] === true, attributes['transposeB'] === true),
  reduceSum: (tf, [x], node) => (axesOf(node).length === 0 ? x!.clone() : tf.sum(x!, axesOf(node), keeps(node))),
  reduceMax: (tf, [x], node) => (axesOf(node).length === 0 ? x!.clone() : tf.max(x!, axesOf(node), keeps(node))),
  argMax: (tf, [x], { attributes }) => tf.argMax(x!, attributes['axis'] as number),
  cumulativeSum: (tf, [x], { attributes: { axis, exclusive, reverse } }) =>
    tf.cumsum(x!, axis as number, exclusive === true, reverse === true),
  reshape: (tf, [x], { shape }) => tf.reshape(x!, [...shape]),
  transpose: (tf, [x], { attributes }) => tf.transpose(x!, attributes['order'] as number[]),
  /** TensorFlow.js copies an axis of length 1 even where the target has none of it. */
  broadcastTo: (tf, [x], { shape }) => (shape.includes(0) ? tf.zeros([...shape]) : tf.broadcastTo(x!, [...shape])),
  slice: (tf, [x], { shape, attributes }) => {
    const axis = attributes['axis'] as number
    return tf.slice(x!, shape.map((_, index) => (index === axis ? (attributes['start'] as number) : 0)), [...shape])
  },
  concatenate: (tf, inputs, { attributes }) => tf.concat([...inputs], attributes['axis'] as number),
  quadraticFeatures: (tf, [x]) => {
    const { left, right } = quadraticPairs(x!.shape[1]!)
    const pick = (places: number[]): Value => tf.gather(x!, tf.tensor1d(places, 'int32'), 1)
    return tf.concat([tf.ones([x!.shape[0]!, 1]), x!, tf.mul(pick(left), pick(right))], 1)
  },
  gather: (tf, [x, indices], { attributes }) => tf.gather(x!, indices as never, attributes['axis'] as number),
  scatterAdd: (tf, [x, indices], { attributes }) => {
    const axis = attributes['axis'] as number
    const order = [axis, ...x!.shape.map((_, index) => index).filter((index) => index !== axis)]
    const sums = tf.unsortedSegmentSum(tf.transpose(x!, order), indices as never, attributes['length'] as number)
    return tf.transpose(sums, order.map((_, index) => order.indexOf(index)))
  },
  convolution: orZeros((tf, [x, filters], { attributes }) => convolve(tf, x!, filters!, geometryOf(attributes))),
  filterGradient: orZeros((tf, [x, upstream], { inputs, attributes }) => {
    const [pictures, results] = inputs as [Tensor, Tensor]
    const { used, geometry } = exchangedGeometry(pictures.shape, results.shape, attributes['size'] as number[], geometryOf(attributes))
    const exchange = (value: Value): Value => tf.transpose(value, [1, 0, 2, 3])
    const part = tf.slice(x!, [0, 0, 0, 0], [pictures.shape[0]!, pictures.shape[1]!, ...used])
    return exchange(convolve(tf, exchange(part), exchange(upstream!), geometry))
  }),
  transposedConvolution: orZeros((tf, [x, filters], node) => {
    const { stride, dilation, padding } = geometryOf(node.attributes)
    const [batch, channels, height, width] = node.shape as [number, number, number, number]
    const [top, left, bottom, right] = padding
    const pictures = tf.transpose(x!, [0, 2, 3, 1]) as Value4
    const whole: [number, number, number, number] = [batch, height + top + bottom, width + left + right, channels]
    const padded = tf.conv2dTranspose(pictures, kernelOf(tf, filters!, dilation), whole, [...stride], 'valid')
    return tf.transpose(tf.slice(padded, [0, top, left, 0], [batch, height, width, channels]), [0, 3, 1, 2])
  }),
}

type Value4 = import('@tensorflow/tfjs').Tensor4D

/** Zeros are added beforehand, because the native backend pads only as it likes. */
function convolve(tf: TensorFlow, x: Value, filters: Value, { stride, dilation, padding }: ConvolutionGeometry): Value {
  const [top, left, bottom, right] = padding
  const pictures = tf.pad(tf.transpose(x, [0, 2, 3, 1]) as Value4, [[0, 0], [top, bottom], [left, right], [0, 0]])
  // TensorFlow.js takes a stride or a dilation, not both.
  const both = stride.some((step) => step !== 1)
  const kernel = kernelOf(tf, filters, both ? dilation : [1, 1])
  return tf.transpose(tf.conv2d(pictures, kernel, [...stride], 'valid', 'NHWC', both ? 1 : [...dilation]), [0, 3, 1, 2])
}

/** [first, second, height, width] → [height, width, second, first], with zeros between the taps where there is a dilation. */
function kernelOf(tf: TensorFlow, filters: Value, [down, across]: readonly [number, number]): Value4 {
  const kernel = tf.transpose(filters, [2, 3, 1, 0]) as Value4
  if (down === 1 && across === 1) return kernel
  const [height, width, second, first] = kernel.shape
  const spread = tf.pad(tf.reshape(kernel, [height, 1, width, 1, second * first]), [[0, 0], [0, down - 1], [0, 0], [0, across - 1], [0, 0]])
  const whole = tf.reshape(spread, [height * down, width * across, second, first])
  return tf.slice(whole, [0, 0, 0, 0], [(height - 1) * down + 1, (width - 1) * across + 1, second, first]) as Value4
}
