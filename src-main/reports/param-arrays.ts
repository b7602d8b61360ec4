/*
 * Parameters as arrays: what is a number or lists of equal length of numbers becomes an array with a shape; names and settings beside them
 * stay in the JSON.
 */

export interface NamedArray {
  /** Fields joined by dots. */
  name: string
  shape: number[]
  values: Float64Array | Float32Array | Int32Array | Uint8Array
}

/** Weights of networks come so. */
const isTensor = (value: unknown): value is Omit<NamedArray, 'name'> =>
  typeof value === 'object' && value !== null && 'shape' in value && 'values' in value && ArrayBuffer.isView(value.values)

/** [], [n], [n, m] … of nested lists of numbers (null is NaN); null where they are something else or of unequal lengths. */
function shapeOf(value: unknown): number[] | null {
  if (typeof value === 'number' || value === null) return []
  if (!Array.isArray(value)) return null
  if (value.length === 0) return [0]
  const inner = value.map(shapeOf)
  const [first] = inner
  const isEven = first && inner.every((shape) => shape && shape.length === first.length && shape.every((side, axis) => side === first[axis]))
  return isEven ? [value.length, ...first] : null
}

export function paramArrays(params: Record<string, unknown>, prefix = ''): NamedArray[] {
  return Object.entries(params).flatMap(([field, value]): NamedArray[] => {
    const name = prefix + field
    if (isTensor(value)) return [{ name, shape: value.shape, values: value.values }]
    const shape = value === null ? null : shapeOf(value)
    if (shape) return [{ name, shape, values: Float64Array.from([value].flat(Infinity) as (number | null)[], (one) => one ?? Number.NaN) }]
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? paramArrays(value as Record<string, unknown>, `${name}.`) : []
  })
}
