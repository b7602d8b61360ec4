import type { Attributes } from './tensor'

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
