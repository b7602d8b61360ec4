import { convolvedLength, geometryOf } from '../geometry'
import type { OpRow } from '../op-row'
import * as g from '../ops'
import { fail, floatType } from '../shapes'
import type { Tensor } from '../tensor'

/*
 * Convolution, pictures as [batch, channels, height, width], its transpose and the gradient of its filters. All three come from one function
 * that is linear in pictures, filters and results, so each is a gradient of the others.
 */

function checkRanks(op: string, inputs: readonly Tensor[], channelAxis: 0 | 1): void {
  const [x, filters] = inputs as [Tensor, Tensor]
  if (x.shape.length !== 4 || filters.shape.length !== 4) fail(op, inputs, 'pictures [batch, channels, height, width] and filters of four axes are needed')
  if (x.shape[1] !== filters.shape[channelAxis]) {
    fail(op, inputs, `the pictures have ${x.shape[1]} channels, the filters expect ${filters.shape[channelAxis]}`)
  }
}

const sidesOf = ({ shape }: Tensor): [number, number] => [shape[2]!, shape[3]!]

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
        g.transposedConvolution(upstream, filters, geometry, sidesOf(x)),
        g.filterGradient(x, upstream, geometry, sidesOf(filters)),
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
      return [g.convolution(upstream, filters, geometry), g.filterGradient(upstream, x, geometry, sidesOf(filters))]
    },
  },
  /** Inputs x and the upstream gradient of a convolution of x: the gradient of its filters, [outputs, inputs, …size]. */
  filterGradient: {
    output: (op, inputs, attributes) => {
      const [x, upstream] = inputs as [Tensor, Tensor]
      if (x.shape.length !== 4 || upstream.shape.length !== 4) fail(op, inputs, 'pictures and gradients [batch, channels, height, width] are needed')
      if (x.shape[0] !== upstream.shape[0]) fail(op, inputs, `there are ${x.shape[0]} pictures and ${upstream.shape[0]} gradients`)
      const size = attributes['size'] as number[]
      const { stride, dilation, padding } = geometryOf(attributes)
      const sides = size.map((length, axis) =>
        convolvedLength(x.shape[axis + 2]!, length, stride[axis]!, dilation[axis]!, padding[axis]!, padding[axis + 2]!),
      )
      if (sides[0] !== upstream.shape[2] || sides[1] !== upstream.shape[3]) {
        fail(op, inputs, `filters of ${size.join('×')} would have given ${sides.join('×')}, not ${upstream.shape[2]}×${upstream.shape[3]}`)
      }
      return { shape: [upstream.shape[1]!, x.shape[1]!, ...size], type: floatType(op, inputs) }
    },
    gradient: ({ inputs, attributes }, upstream) => {
      const [x, results] = inputs as [Tensor, Tensor]
      const geometry = geometryOf(attributes)
      return [g.transposedConvolution(results, upstream, geometry, sidesOf(x)), g.convolution(x, upstream, geometry)]
    },
  },
} satisfies Record<string, OpRow>
