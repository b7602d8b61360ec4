import { does } from './row-math'
import { compileModule, get, ops, signed, types, unsigned, vector } from './wasm-module'

/** Vectors added per step; arrays are padded to as many. */
const vectorsPerStep = 4
const bytesPerStep = 16 * vectorsPerStep

/**
 * Adds `sumsSize` float64 from `sumsFrom` on to those from `totalsFrom` on, a multiple of eight of them; the same additions as one by one.
 */
export function compileAddition(of: { sumsFrom: number; totalsFrom: number; sumsSize: number }, memory: WebAssembly.Memory): () => void {
  const { sumsFrom, totalsFrom, sumsSize } = of
  if (sumsSize === 0) return () => {}
  const at = 0
  const element = (from: number, index: number): number[] => [...get(at), ...does('load'), 3, ...unsigned(from + 16 * index)]
  const additions = Array.from({ length: vectorsPerStep }, (_, index) => [
    ...[...get(at), ...element(totalsFrom, index), ...element(sumsFrom, index), ...does('add')],
    ...[...does('store'), 3, ...unsigned(totalsFrom + 16 * index)],
  ])
  const body = [
    ...vector([[1, types.i32]]),
    ...[ops.loop, 0x40, ...additions.flat()],
    ...[...get(at), ops.i32Const, ...signed(bytesPerStep), ops.i32Add, ops.localTee, ...unsigned(at)],
    ...[ops.i32Const, ...signed(8 * sumsSize), ops.i32NotEqual, ops.branchIf, 0, ops.end, ops.end],
  ]
  return compileModule<() => void>([], body, memory)
}
