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
const crop = (x: Tensor, height: number, width: number): Tensor => g.slice(g.slice(x, 2, 0, height), 3, 0, width)

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
      const exchanged = { ...geometry, stride: geometry.dilation, dilation: geometry.stride }
      const ofFilters = swapFirst(g.convolution(swapFirst(x), swapFirst(upstream), exchanged))
      return [
        g.transposedConvolution(upstream, filters, geometry, [x.shape[2]!, x.shape[3]!]),
        crop(ofFilters, filters.shape[2]!, filters.shape[3]!),
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
      const exchanged = { ...geometry, stride: geometry.dilation, dilation: geometry.stride }
      const ofFilters = swapFirst(g.convolution(swapFirst(upstream), swapFirst(x), exchanged))
      return [g.convolution(upstream, filters, geometry), crop(ofFilters, filters.shape[2]!, filters.shape[3]!)]
    },
  },
} satisfies Record<string, OpRow>
