import type { Attributes, Shape } from './tensor'

/** How the windows of a convolution lie on a picture; pairs are [down, across]. */
export interface ConvolutionGeometry {
  stride: readonly [number, number]
  dilation: readonly [number, number]
  /** Rows and columns of zeros before and after: [top, left, bottom, right]. */
  padding: readonly [number, number, number, number]
}

export const geometryOf = (attributes: Attributes): ConvolutionGeometry => attributes as unknown as ConvolutionGeometry

/** Length of one axis after a convolution. */
export const convolvedLength = (length: number, kernel: number, stride: number, dilation: number, before: number, after: number): number =>
  Math.floor((length + before + after - dilation * (kernel - 1) - 1) / stride) + 1

/**
 * The gradient of filters is itself a convolution, of pictures and upstream gradient with their first two axes exchanged and with stride and
 * dilation exchanged. Only as much of the picture's far border is given to it as the filters' size needs.
 *
 * @returns  sides of the part of the pictures that is used, and the geometry of that convolution
 */
export function exchangedGeometry(
  pictures: Shape,
  upstream: Shape,
  size: readonly number[],
  { stride, dilation, padding }: ConvolutionGeometry,
): { used: [number, number]; geometry: ConvolutionGeometry } {
  const after = ([0, 1] as const).map(
    (axis) => stride[axis] * (upstream[axis + 2]! - 1) + 1 + dilation[axis] * (size[axis]! - 1) - pictures[axis + 2]! - padding[axis],
  ) as [number, number]
  const used = after.map((rest, axis) => pictures[axis + 2]! + Math.min(0, rest)) as [number, number]
  const [bottom, right] = after.map((rest) => Math.max(0, rest)) as [number, number]
  return { used, geometry: { stride: dilation, dilation: stride, padding: [padding[0], padding[1], bottom, right] } }
}
