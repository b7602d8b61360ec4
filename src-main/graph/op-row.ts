import type { Attributes, ElementType, Shape, Tensor } from './tensor'

export interface OpRow {
  /** Shape and type of the output, or a ShapeError. */
  output(op: string, inputs: readonly Tensor[], attributes: Attributes): { shape: Shape; type: ElementType }
  /** One gradient per input, in the broadcast shape; null where none flows. */
  gradient(node: Tensor, upstream: Tensor): (Tensor | null)[]
}

export const differentiable = (tensor: Tensor): boolean => tensor.type === 'float32' || tensor.type === 'float64'

interface Reshaping {
  reduceSum(x: Tensor, axes: readonly number[], keepDimensions: boolean): Tensor
  reshape(x: Tensor, shape: Shape): Tensor
  broadcastTo(x: Tensor, shape: Shape): Tensor
}

/** Sums a gradient over the axes along which its input had been copied by broadcasting. */
export function pullBack(gradient: Tensor, shape: Shape, { reduceSum, reshape, broadcastTo }: Reshaping): Tensor {
  const added = gradient.shape.length - shape.length
  const axes = gradient.shape.flatMap((length, axis) => (axis < added || (shape[axis - added] === 1 && length !== 1) ? [axis] : []))
  const summed = axes.length > 0 ? reduceSum(gradient, axes, true) : gradient
  const shaped = summed.shape.length === shape.length ? summed : reshape(summed, summed.shape.slice(added))
  return shaped.shape.every((length, axis) => length === shape[axis]) ? shaped : broadcastTo(shaped, shape)
}
