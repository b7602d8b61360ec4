import { geometryOf } from '../../graph/geometry'
import type { Tensor } from '../../graph/tensor'
import type { OnnxGraph } from './onnx-graph'

/*
 * Convolutions as ONNX nodes. ONNX Runtime's own are float32; in float64 each window is gathered by a fixed table of places and multiplied
 * as a matrix, which is exact and slower, and serves the checks of gradients.
 */

const numbers = (graph: OnnxGraph, values: readonly number[]): string => graph.constant(values, [values.length], 'int64')

const attributesOf = (node: Tensor) => {
  const { stride, dilation, padding } = geometryOf(node.attributes)
  return { strides: { integers: stride }, dilations: { integers: dilation }, pads: { integers: padding } }
}

export function lowerConvolution(graph: OnnxGraph, [x, filters]: readonly string[], node: Tensor): string {
  const [pictures, kernel] = node.inputs as [Tensor, Tensor]
  if (node.type === 'float32') return graph.emit('Conv', [x!, filters!], attributesOf(node))
  const { stride, dilation, padding } = geometryOf(node.attributes)
  const [, channels, height, width] = pictures.shape as [number, number, number, number]
  const place = (side: number, tap: number, axis: 0 | 1): number => side * stride[axis] + tap * dilation[axis] - padding[axis]
  const columns = gatherWindows(graph, x!, node, kernel, [height, width], place)
  const matrix = graph.emit('Reshape', [filters!, numbers(graph, [kernel.shape[0]!, channels * kernel.shape[2]! * kernel.shape[3]!])])
  return graph.emit('Reshape', [graph.emit('MatMul', [matrix, columns]), numbers(graph, node.shape)])
}

export function lowerTransposedConvolution(graph: OnnxGraph, [x, filters]: readonly string[], node: Tensor): string {
  const [pictures, kernel] = node.inputs as [Tensor, Tensor]
  const { stride, dilation, padding } = geometryOf(node.attributes)
  const [, inputs, height, width] = pictures.shape as [number, number, number, number]
  if (node.type === 'float32') {
    const size = node.attributes['size'] as number[]
    const extra = [0, 1].map((axis) => {
      const smallest = (pictures.shape[axis + 2]! - 1) * stride[axis]! + dilation[axis]! * (kernel.shape[axis + 2]! - 1) + 1
      return size[axis]! - (smallest - padding[axis]! - padding[axis + 2]!)
    })
    return graph.emit('ConvTranspose', [x!, filters!], { ...attributesOf(node), output_padding: { integers: extra } })
  }
  // Pixel p takes tap t of the input at i where i·stride + t·dilation − padding = p.
  const place = (side: number, tap: number, axis: 0 | 1): number => {
    const at = (side + padding[axis] - tap * dilation[axis]) / stride[axis]
    return Number.isInteger(at) ? at : -1
  }
  const columns = gatherWindows(graph, x!, node, kernel, [height, width], place)
  const swapped = graph.emit('Transpose', [filters!], { perm: { integers: [1, 0, 2, 3] } })
  const matrix = graph.emit('Reshape', [swapped, numbers(graph, [kernel.shape[1]!, inputs * kernel.shape[2]! * kernel.shape[3]!])])
  return graph.emit('Reshape', [graph.emit('MatMul', [matrix, columns]), numbers(graph, node.shape)])
}

/** [batch, channels·taps, pixels]: for every output pixel the input pixels its taps see; taps outside the picture see a zero. */
function gatherWindows(
  graph: OnnxGraph,
  x: string,
  node: Tensor,
  kernel: Tensor,
  [height, width]: [number, number],
  place: (side: number, tap: number, axis: 0 | 1) => number,
): string {
  const [batch, channels] = node.inputs[0]!.shape as [number, number]
  const [rows, columns] = node.shape.slice(2) as [number, number]
  const outside = height * width
  const table: number[] = []
  for (let tapRow = 0; tapRow < kernel.shape[2]!; tapRow += 1) {
    for (let tapColumn = 0; tapColumn < kernel.shape[3]!; tapColumn += 1) {
      for (let pixel = 0; pixel < rows * columns; pixel += 1) {
        const row = place(Math.floor(pixel / columns), tapRow, 0)
        const column = place(pixel % columns, tapColumn, 1)
        table.push(row >= 0 && row < height && column >= 0 && column < width ? row * width + column : outside)
      }
    }
  }
  const flat = graph.emit('Reshape', [x, numbers(graph, [batch, channels, outside])])
  const zero = graph.emit('Expand', [graph.constant([0], [], node.type), numbers(graph, [batch, channels, 1])])
  const padded = graph.emit('Concat', [flat, zero], { axis: { integer: 2 } })
  const windows = graph.emit('Gather', [padded, graph.constant(table, [table.length], 'int64')], { axis: { integer: 2 } })
  const taps = kernel.shape[2]! * kernel.shape[3]!
  return graph.emit('Reshape', [windows, numbers(graph, [batch, channels * taps, rows * columns])])
}
