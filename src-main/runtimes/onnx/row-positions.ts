import { get, ops, signed } from './wasm-module'

/** Bytes from the first element of a row, eight to an element: what `code` leaves, and a constant. */
export interface Position {
  code: number[] | null
  offset: number
}
export const fixedAt = (element: number): Position => ({ code: null, offset: 8 * element })

export const integer = (value: number): number[] => [ops.i32Const, ...signed(value)]

/** The same place where an element takes sixteen bytes. */
export const doubled = ({ code }: Position): number[] => (code ? [...code, ...integer(1), ops.i32Shl] : integer(0))

/** The counters of loops at a step of all of them. */
export const unravel = (step: number, lengths: readonly number[]): number[] =>
  dense(lengths).map((stride, loop) => Math.floor(step / stride) % lengths[loop]!)

/** Where the counters of loops, in bytes, have come to along strides. */
export function position(counters: readonly number[], strides: readonly number[]): Position {
  const parts = strides.flatMap((stride, loop) => {
    if (stride === 0) return []
    return [stride === 1 ? get(counters[loop]!) : [...get(counters[loop]!), ...integer(stride), ops.i32Multiply]]
  })
  return { code: parts.length === 0 ? null : parts.flatMap((part, index) => (index === 0 ? part : [...part, ops.i32Add])), offset: 0 }
}

/** Strides of dense elements along loops. */
export function dense(lengths: readonly number[]): number[] {
  const strides: number[] = []
  let stride = 1
  for (const length of [...lengths].reverse()) {
    strides.unshift(stride)
    stride *= length
  }
  return strides
}
