import { type Shape, ShapeError, type Tensor, describeShape } from './tensor'

/** Shape rules shared by rows of the operator table. All are pure; a misfit throws a ShapeError that names operator and inputs. */

export function fail(op: string, inputs: readonly Tensor[], problem: string): never {
  throw new ShapeError(`${op}(${inputs.map(describeShape).join(', ')}): ${problem}`)
}

export function broadcastShapes(op: string, inputs: readonly Tensor[]): number[] {
  const rank = Math.max(...inputs.map((tensor) => tensor.shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = inputs.map((tensor) => tensor.shape[axis - rank + tensor.shape.length] ?? 1)
    const length = lengths.find((candidate) => candidate !== 1) ?? 1
    if (lengths.some((candidate) => candidate !== 1 && candidate !== length)) {
      fail(op, inputs, `axis ${axis - rank} has lengths ${lengths.join(' and ')}, which do not broadcast`)
    }
    return length
  })
}

export function sameType(op: string, inputs: readonly Tensor[]): Tensor['type'] {
  const first = inputs[0]!.type
  if (inputs.some((tensor) => tensor.type !== first)) fail(op, inputs, 'the element types differ')
  return first
}

export function floatType(op: string, inputs: readonly Tensor[]): Tensor['type'] {
  const type = sameType(op, inputs)
  if (type !== 'float32' && type !== 'float64') fail(op, inputs, 'a floating-point type is needed')
  return type
}

/** Axes as non-negative numbers in ascending order; no axes means all. */
export function normalizeAxes(op: string, tensor: Tensor, axes: readonly number[] | undefined): number[] {
  const rank = tensor.shape.length
  const all = axes ?? tensor.shape.map((_, axis) => axis)
  const normalized = all.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)
  if (normalized.some((axis, index) => !Number.isInteger(axis) || axis < 0 || axis >= rank || axis === normalized[index - 1])) {
    fail(op, [tensor], `the axes [${all.join(', ')}] are not distinct axes of the tensor`)
  }
  return normalized
}

export const reducedShape = (shape: Shape, axes: readonly number[], keepDimensions: boolean): number[] =>
  keepDimensions ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) : shape.filter((_, axis) => !axes.includes(axis))

export function matmulShape(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): number[] {
  if (a.shape.length < 2 || b.shape.length < 2) fail('matmul', [a, b], 'both inputs need at least two axes')
  const [rowsA, columnsA] = lastTwo(a.shape, transposeA)
  const [rowsB, columnsB] = lastTwo(b.shape, transposeB)
  if (columnsA !== rowsB) {
    fail('matmul', [a, b], `inner lengths ${columnsA} and ${rowsB} differ (transposeA ${transposeA}, transposeB ${transposeB})`)
  }
  const batch = (tensor: Tensor): Tensor => ({ ...tensor, shape: tensor.shape.slice(0, -2) })
  return [...broadcastShapes('matmul', [batch(a), batch(b)]), rowsA, columnsB]
}

const lastTwo = (shape: Shape, transposed: boolean): [number, number] => {
  const rows = shape[shape.length - 2]!
  const columns = shape[shape.length - 1]!
  return transposed ? [columns, rows] : [rows, columns]
}
