import type { ConvolutionGeometry } from './geometry'
import { type OpRow, differentiable, pullBack } from './op-row'
import { normalizeAxes } from './shapes'
import { convolutionRows } from './table/convolution'
import { elementwiseRows } from './table/elementwise'
import { structuralRows } from './table/structural'
import { type ElementType, type Shape, type Tensor, scalar } from './tensor'

/*
 * The operator table has one row for each operator, with its rules for shapes and for gradients. How a runtime computes an operator stands
 * in the runtime's own table, which the compiler forces to have the same rows. The parts of the table import this file and are imported by
 * it alone, so that there is one way into the circle. Below the table are the functions that models are written in.
 */

export const table = { ...elementwiseRows, ...structuralRows, ...convolutionRows }
export type OpName = keyof typeof table

function node(op: OpName, inputs: readonly Tensor[], attributes: Tensor['attributes'] = {}): Tensor {
  return { op, inputs, attributes, ...(table[op] as OpRow).output(op, inputs, attributes) }
}

/** A scalar constant of the element type of another tensor. */
export const like = (value: number, tensor: Tensor): Tensor => scalar(value, tensor.type)

type Operand = Tensor | number
const operand = (value: Operand, other: Operand): Tensor => {
  if (typeof value !== 'number') return value
  if (typeof other === 'number') throw new TypeError('an operator needs at least one tensor')
  return like(value, other)
}
type Binary = (a: Operand, b: Operand) => Tensor
type Unary = (x: Tensor) => Tensor
const binary =
  (op: OpName): Binary =>
  (a, b) =>
    node(op, [operand(a, b), operand(b, a)])
const unary =
  (op: OpName): Unary =>
  (x) =>
    node(op, [x])

export const add: Binary = binary('add')
export const subtract: Binary = binary('subtract')
export const multiply: Binary = binary('multiply')
export const divide: Binary = binary('divide')
export const maximum: Binary = binary('maximum')
export const minimum: Binary = binary('minimum')
export const power: Binary = binary('power')
export const greater: Binary = binary('greater')
export const greaterOrEqual: Binary = binary('greaterOrEqual')
export const less = (a: Operand, b: Operand): Tensor => greater(b, a)
export const lessOrEqual = (a: Operand, b: Operand): Tensor => greaterOrEqual(b, a)
export const equal: Binary = binary('equal')
export const logicalAnd: Binary = binary('logicalAnd')
export const logicalOr: Binary = binary('logicalOr')
export const logicalNot: Unary = unary('logicalNot')
export const where = (condition: Tensor, yes: Operand, no: Operand): Tensor => node('where', [condition, operand(yes, no), operand(no, yes)])

export const negate: Unary = unary('negate')
export const exp: Unary = unary('exp')
export const log: Unary = unary('log')
export const sqrt: Unary = unary('sqrt')
export const square: Unary = unary('square')
export const abs: Unary = unary('abs')
export const sign: Unary = unary('sign')
export const floor: Unary = unary('floor')
export const tanh: Unary = unary('tanh')
export const sigmoid: Unary = unary('sigmoid')
export const softplus: Unary = unary('softplus')
export const relu: Unary = unary('relu')
export const erf: Unary = unary('erf')
export const stopGradient: Unary = unary('stopGradient')
export const cast = (x: Tensor, type: ElementType): Tensor => (x.type === type ? x : node('cast', [x], { type }))

/**
 * A value whose gradient is decided by hand.
 *
 * @param value    what is computed; no gradient flows into it
 * @param sources  the tensors that take the gradients `rule` gives, one each, in their shapes
 */
export const customGradient = (value: Tensor, sources: readonly Tensor[], rule: (upstream: Tensor) => Tensor[]): Tensor => ({
  ...node('customGradient', [value, ...sources]),
  rule,
})

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
const oneAxis = (op: string, x: Tensor, axis: number): number => normalizeAxes(op, x, [axis])[0]!
export const argMax = (x: Tensor, axis: number): Tensor => node('argMax', [x], { axis: oneAxis('argMax', x, axis) })
export const cumulativeSum = (x: Tensor, axis: number, options: { exclusive?: boolean; reverse?: boolean } = {}): Tensor =>
  node('cumulativeSum', [x], {
    axis: oneAxis('cumulativeSum', x, axis),
    exclusive: options.exclusive === true,
    reverse: options.reverse === true,
  })

export const reshape = (x: Tensor, shape: Shape): Tensor => node('reshape', [x], { shape })
export const transpose = (x: Tensor, order: readonly number[]): Tensor => node('transpose', [x], { order })
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => node('broadcastTo', [x], { shape })
export const slice = (x: Tensor, axis: number, start: number, end: number): Tensor => node('slice', [x], { axis, start, end })
export const concatenate = (parts: readonly Tensor[], axis: number): Tensor => node('concatenate', parts, { axis })
export const quadraticFeatures: Unary = unary('quadraticFeatures')
export const gather = (x: Tensor, indices: Tensor, axis = 0): Tensor => node('gather', [x, indices], { axis })
export const scatterAdd = (x: Tensor, indices: Tensor, axis: number, length: number): Tensor => node('scatterAdd', [x, indices], { axis, length })

export type { ConvolutionGeometry } from './geometry'
const geometryAttributes = ({ stride, dilation, padding }: ConvolutionGeometry) => ({ stride, dilation, padding })
export const convolution = (x: Tensor, filters: Tensor, geometry: ConvolutionGeometry): Tensor =>
  node('convolution', [x, filters], geometryAttributes(geometry))
export const transposedConvolution = (x: Tensor, filters: Tensor, geometry: ConvolutionGeometry, size: readonly [number, number]): Tensor =>
  node('transposedConvolution', [x, filters], { ...geometryAttributes(geometry), size })
export const filterGradient = (x: Tensor, upstream: Tensor, geometry: ConvolutionGeometry, size: readonly [number, number]): Tensor =>
  node('filterGradient', [x, upstream], { ...geometryAttributes(geometry), size })

/** The gradients of one node with respect to its inputs, each in the shape of that input; null where none flows. */
export function gradientsOf(tensor: Tensor, upstream: Tensor): (Tensor | null)[] {
  const row = (table as Record<string, OpRow>)[tensor.op]
  if (!row || !differentiable(tensor)) return tensor.inputs.map(() => null)
  return row
    .gradient(tensor, upstream)
    .map((gradient, index) => gradient && pullBack(gradient, tensor.inputs[index]!.shape, { reduceSum, reshape, broadcastTo }))
}
