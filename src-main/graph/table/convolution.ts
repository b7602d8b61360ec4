import { convolvedLength, geometryOf } from '../geometry'
import type { OpRow } from '../op-row'
import * as g from '../ops'
import { fail, floatType } from '../shapes'
import type { Tensor } from '../tensor'

/*
 * Convolution and its transpose, pictures as [batch, channels, height, width]. Each is the other's gradient with respect to pictures; the
 * gradient with respect to the filters is again a convolution, of tensors whose first two axes changed places, with stride and dilation
 * exchanged.
 */

function checkRanks(op: string, inputs: readonly Tensor[], channelAxis: 0 | 1): void {
  const [x, filters] = inputs as [Tensor, Tensor]
  if (x.shape.length !== 4 || filters.shape.length !== 4) fail(op, inputs, 'pictures [batch, channels, height, width] and filters of four axes are needed')
  if (x.shape[1] !== filters.shape[channelAxis]) {
    fail(op, inputs, `the pictures have ${x.shape[1]} channels, the filters expect ${filters.shape[channelAxis]}`)
  }
}

const swapFirst = (x: Tensor): Tensor => g.transpose(x, [1, 0, 2, 3])

/**
 * The gradient of filters [outputs, inputs, …] of a convolution of `x` with `geometry` whose output has the gradient `upstream`. Only as much
 * of the picture's far border is given to it as the filters' size needs.
 */
function filterGradient(x: Tensor, upstream: Tensor, filters: Tensor, { stride, dilation, padding }: g.ConvolutionGeometry): Tensor {
  let pictures = swapFirst(x)
  const [top, left] = padding
  const [bottom, right] = ([0, 1] as const).map((axis) => {
    const reach = stride[axis] * (upstream.shape[axis + 2]! - 1) + 1 + dilation[axis] * (filters.shape[axis + 2]! - 1)
    const after = reach - x.shape[axis + 2]! - padding[axis]
    if (after < 0) pictures = g.slice(pictures, axis + 2, 0, x.shape[axis + 2]! + after)
    return Math.max(0, after)
  }) as [number, number]
  const exchanged = { stride: dilation, dilation: stride, padding: [top, left, bottom, right] as const }
  return swapFirst(g.convolution(pictures, swapFirst(upstream), exchanged))
}

export const convolutionRows = {
  /** filters [outputs, inputs, height, width] */
  convolution: {
    output: (op, inputs, attributes) => {
      checkRanks(op, inputs, 1)
      const [x, filters] = inputs as [Tensor, Tensor]
      const { stride, dilation, padding } = geometryOf(attributes)
      const sides = [0, 1].map((axis) =>
        convolvedLength(x.shape[axis + 2]!, filters.shape[axis + 2]!, stride[axis]!, dilation[axis]!, padding[axis]!, padding[axis + 2]!),
      )
      if (sides.some((side) => side < 1)) fail(op, inputs, 'the kernel is larger than the padded picture')
      return { shape: [x.shape[0]!, filters.shape[0]!, ...sides], type: floatType(op, inputs) }
    },
    gradient: ({ inputs, attributes }, upstream) => {
      const [x, filters] = inputs as [Tensor, Tensor]
      const geometry = geometryOf(attributes)
      return [
        g.transposedConvolution(upstream, filters, geometry, [x.shape[2]!, x.shape[3]!]),
        filterGradient(x, upstream, filters, geometry),
      ]
    },
  },
  /** The adjoint of `convolution` with the same filters and geometry, for pictures of a given size; filters [inputs, outputs, height, width]. */
  transposedConvolution: {
    output: (op, inputs, attributes) => {
      checkRanks(op, inputs, 0)
      const [x, filters] = inputs as [Tensor, Tensor]
      const { stride, dilation, padding } = geometryOf(attributes)
      const size = attributes['size'] as number[]
      const back = size.map((length, axis) =>
        convolvedLength(length, filters.shape[axis + 2]!, stride[axis]!, dilation[axis]!, padding[axis]!, padding[axis + 2]!),
      )
      if (back[0] !== x.shape[2] || back[1] !== x.shape[3]) {
        fail(op, inputs, `a picture of ${size.join('×')} would have been convolved to ${back.join('×')}, not ${x.shape[2]}×${x.shape[3]}`)
      }
      return { shape: [x.shape[0]!, filters.shape[1]!, ...size], type: floatType(op, inputs) }
    },
    gradient: ({ inputs, attributes }, upstream) => {
      const [x, filters] = inputs as [Tensor, Tensor]
      const geometry = geometryOf(attributes)
      return [g.convolution(upstream, filters, geometry), filterGradient(upstream, x, filters, geometry)]
    },
  },
} satisfies Record<string, OpRow>
