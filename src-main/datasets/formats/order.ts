/** Values in column-major (Fortran) order of `shape`, put into row-major order. */
export function toRowMajor<V extends Float64Array | Uint8Array | string[]>(values: V, shape: number[]): V {
  if (shape.length < 2) return values
  const out = (Array.isArray(values) ? new Array<string>(values.length) : values.slice()) as V
  const rank = shape.length
  const steps = new Array<number>(rank)
  for (let axis = 0, step = 1; axis < rank; step *= shape[axis]!, axis += 1) steps[axis] = step
  const index = new Array<number>(rank).fill(0)
  for (let at = 0, from = 0; at < values.length; at += 1) {
    out[at] = values[from]!
    for (let axis = rank - 1; axis >= 0; axis -= 1) {
      from += steps[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= steps[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return out
}
