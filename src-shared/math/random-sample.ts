import { type RandomKey, fillUniform } from './random'

/**
 * `count` different numbers below `total`, every such set with the same probability, ascending (Floyd's algorithm; Bentley & Floyd 1987).
 * All of them where there are no more than `count`.
 */
export function randomSubset(count: number, total: number, key: RandomKey): Int32Array {
  if (total <= count) return Int32Array.from({ length: total }, (_, index) => index)
  const uniform = new Float64Array(count)
  fillUniform(uniform, key)
  const taken = new Set<number>()
  for (let index = 0; index < count; index += 1) {
    const last = total - count + index
    const drawn = Math.floor(uniform[index]! * (last + 1))
    taken.add(taken.has(drawn) ? last : drawn)
  }
  return Int32Array.from(taken).sort()
}
