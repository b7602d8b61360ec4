import { type ConvolutionGeometry, exchangedGeometry, geometryOf } from '../../graph/geometry'
import { type Tensor, sizeOf } from '../../graph/tensor'
import type { OnnxGraph } from './onnx-graph'

/*
 * Convolutions as ONNX nodes, in one of two ways.
 *
 * As ONNX's own operators, which are float32 on the CPU; the gradient of filters is a convolution with its axes exchanged.
 *
 * As a product of matrices: the windows of all pictures, gathered row by row, times the filters. One product over all pictures is as fast as the
 * processor gets (220 GFLOP/s where ONNX Runtime's Conv, picture by picture, does 115), and the windows serve the gradient of the filters as well
 * as the convolution. Gathering costs as much per window whatever the number of channels, so pictures of few channels stay with Conv.
 */

/** Fewer channels than this are not gathered: measured, 3×3 windows of one channel took as long as those of eight. */
const fewestChannels = 8
/** Windows of a whole batch lie in memory at once; beyond so many elements Conv, which has those of one picture at a time, takes over. */
const mostWindows = 2 ** 24

const numbers = (graph: OnnxGraph, values: readonly number[]): string => graph.constant(values, [values.length], 'int64')
const permuted = (graph: OnnxGraph, x: string, order: readonly number[]): string => graph.emit('Transpose', [x], { perm: { integers: order } })
const reshaped = (graph: OnnxGraph, x: string, shape: readonly number[]): string => graph.emit('Reshape', [x, graph.targetShape(shape)])

const attributesOf = ({ stride, dilation, padding }: ConvolutionGeometry) => ({
  strides: { integers: stride },
  dilations: { integers: dilation },
  pads: { integers: padding },
})
const taps = (sides: readonly number[]): number => sides[0]! * sides[1]!

function asMatrix(graph: OnnxGraph, x: Tensor, results: Tensor, sides: readonly number[]): boolean {
  if (x.type === 'float64') return true
  const [batch, channels] = x.shape as [number, number]
  const windows = batch * taps(results.shape.slice(2)) * taps(sides) * channels
  return graph.convolutions === 'matrices' && channels >= fewestChannels && results.shape[1]! >= fewestChannels && windows <= mostWindows
}

export function lowerConvolution(graph: OnnxGraph, [x, filters]: readonly string[], node: Tensor): string {
  const [pictures, kernel] = node.inputs as [Tensor, Tensor]
  const geometry = geometryOf(node.attributes)
  const sides = kernel.shape.slice(2)
  if (!asMatrix(graph, pictures, node, sides)) return convolve(graph, [x!, filters!], { channels: pictures.shape[1]!, outputs: node.shape[1]!, pictures: pictures.shape.slice(2), kernel: sides }, geometry)
  const windows = gatherWindows(graph, x!, pictures, node, sides, seenBy(geometry))
  return pictureOf(graph, graph.emit('MatMul', [windows, matrixOf(graph, filters!, kernel, [2, 3, 1, 0])]), node)
}

export function lowerFilterGradient(graph: OnnxGraph, [x, upstream]: readonly string[], node: Tensor): string {
  const [pictures, results] = node.inputs as [Tensor, Tensor]
  const geometry = geometryOf(node.attributes)
  const sides = node.shape.slice(2)
  if (!asMatrix(graph, pictures, results, sides)) return exchangedConvolution(graph, [x!, upstream!], node, geometry)
  const [outputs, channels] = node.shape as [number, number]
  const windows = gatherWindows(graph, x!, pictures, results, sides, seenBy(geometry))
  const rows = reshaped(graph, permuted(graph, upstream!, [0, 2, 3, 1]), [sizeOf(results.shape) / outputs, outputs])
  const matrix = graph.emit('Gemm', [windows, rows], { transA: { integer: 1 } })
  return permuted(graph, reshaped(graph, matrix, [...sides, channels, outputs]), [3, 2, 0, 1])
}

interface Sizes {
  channels: number
  outputs: number
  pictures: readonly number[]
  kernel: readonly number[]
}

/**
 * Where ONNX Runtime 1.30 computes wrong on WebGPU, zeros are added beforehand. It takes channels by threes where their number is a multiple
 * of three and not of four, which fails from six on; and where kernel and picture are of one size it overlooks padding at the far borders
 * alone, so the kernel gets a row of zeros more.
 */
function convolve(graph: OnnxGraph, [x, filters]: readonly [string, string], { channels, outputs, pictures, kernel }: Sizes, geometry: ConvolutionGeometry): string {
  if (graph.convolutions !== 'padded') return graph.emit('Conv', [x, filters], attributesOf(geometry))
  const [top, left, bottom, right] = geometry.padding
  const missing = channels > 3 && channels % 3 === 0 ? (4 - (channels % 4)) % 4 : 0
  const overlooked = top === 0 && left === 0 && bottom + right > 0 && kernel.every((side, axis) => side === pictures[axis])
  const padded = (tensor: string): string => (missing === 0 ? tensor : graph.emit('Pad', [tensor, numbers(graph, [0, 0, 0, 0, 0, missing, 0, 0])]))
  const wide = padded(filters)
  if (!overlooked) return graph.emit('Conv', [padded(x), wide], attributesOf(geometry))
  // Not by Pad, which ONNX Runtime would take for the padding of the convolution
  const zeros = graph.emit('Expand', [graph.constant([0], [], 'float32'), numbers(graph, [outputs, channels + missing, 1, kernel[1]!])])
  const longer = graph.emit('Concat', [wide, zeros], { axis: { integer: 2 } })
  return graph.emit('Conv', [padded(x), longer], attributesOf({ ...geometry, padding: [top, left, bottom + geometry.dilation[0], right] }))
}

function exchangedConvolution(graph: OnnxGraph, [x, upstream]: [string, string], node: Tensor, geometry: ConvolutionGeometry): string {
  const [pictures, results] = node.inputs as [Tensor, Tensor]
  const { used, geometry: exchanged } = exchangedGeometry(pictures.shape, results.shape, node.shape.slice(2), geometry)
  const whole = used.every((side, axis) => side === pictures.shape[axis + 2])
  const part = whole ? x : graph.emit('Slice', [x, ...[[0, 0], used, [2, 3]].map((values) => numbers(graph, values))])
  const exchange = (value: string): string => permuted(graph, value, [1, 0, 2, 3])
  const sizes = { channels: pictures.shape[0]!, outputs: results.shape[1]!, pictures: used, kernel: results.shape.slice(2) }
  return exchange(convolve(graph, [exchange(part), exchange(upstream)], sizes, exchanged))
}

export function lowerTransposedConvolution(graph: OnnxGraph, [x, filters]: readonly string[], node: Tensor): string {
  const [pictures, kernel] = node.inputs as [Tensor, Tensor]
  const geometry = geometryOf(node.attributes)
  const { stride, dilation, padding } = geometry
  const sides = kernel.shape.slice(2)
  if (node.type === 'float32') {
    const extra = [0, 1].map((axis) => {
      const smallest = (pictures.shape[axis + 2]! - 1) * stride[axis]! + dilation[axis]! * (sides[axis]! - 1) + 1
      return node.shape[axis + 2]! - (smallest - padding[axis]! - padding[axis + 2]!)
    })
    return graph.emit('ConvTranspose', [x!, filters!], { ...attributesOf(geometry), output_padding: { integers: extra } })
  }
  // Pixel p takes tap t of the input at i where i·stride + t·dilation − padding = p.
  const place: Place = (side, tap, axis) => {
    const at = (side + padding[axis] - tap * dilation[axis]) / stride[axis]
    return Number.isInteger(at) ? at : -1
  }
  const windows = gatherWindows(graph, x!, pictures, node, sides, place)
  return pictureOf(graph, graph.emit('MatMul', [windows, matrixOf(graph, filters!, kernel, [2, 3, 0, 1])]), node)
}

/** Where on the picture a tap of the window of an output pixel lies, along one axis; outside the picture there are zeros. */
type Place = (side: number, tap: number, axis: 0 | 1) => number
const seenBy =
  ({ stride, dilation, padding }: ConvolutionGeometry): Place =>
  (side, tap, axis) =>
    side * stride[axis] + tap * dilation[axis] - padding[axis]

/** Filters as a matrix [taps·from, to], by the order that brings their axes to taps, from, to. */
function matrixOf(graph: OnnxGraph, filters: string, kernel: Tensor, order: readonly number[]): string {
  const to = kernel.shape[order[3]!]!
  return reshaped(graph, permuted(graph, filters, order), [sizeOf(kernel.shape) / to, to])
}

/** Rows of pixels [batch·height·width, channels] → [batch, channels, height, width]. */
function pictureOf(graph: OnnxGraph, rows: string, { shape }: Tensor): string {
  const [batch, channels, height, width] = shape as [number, number, number, number]
  return permuted(graph, reshaped(graph, rows, [batch, height, width, channels]), [0, 3, 1, 2])
}

/** [batch·pixels of the result, taps·channels]: for every pixel of the result the pixels of the picture that its window sees. */
function gatherWindows(graph: OnnxGraph, x: string, pictures: Tensor, results: Tensor, sides: readonly number[], place: Place): string {
  const [batch, channels, height, width] = pictures.shape as [number, number, number, number]
  const [rows, columns] = results.shape.slice(2) as [number, number]
  const outside = height * width
  const table: number[] = []
  for (let pixel = 0; pixel < rows * columns; pixel += 1) {
    for (let tap = 0; tap < taps(sides); tap += 1) {
      const row = place(Math.floor(pixel / columns), Math.floor(tap / sides[1]!), 0)
      const column = place(pixel % columns, tap % sides[1]!, 1)
      table.push(row >= 0 && row < height && column >= 0 && column < width ? row * width + column : outside)
    }
  }
  const pixels = reshaped(graph, permuted(graph, x, [0, 2, 3, 1]), [batch, outside, channels])
  const zero = graph.emit('Expand', [graph.constant([0], [], pictures.type), numbers(graph, [batch, 1, channels])])
  const padded = graph.emit('Concat', [pixels, zero], { axis: { integer: 1 } })
  const windows = graph.emit('Gather', [padded, graph.constant(table, [table.length], 'int32')], { axis: { integer: 1 } })
  return reshaped(graph, windows, [batch * rows * columns, taps(sides) * channels])
}
