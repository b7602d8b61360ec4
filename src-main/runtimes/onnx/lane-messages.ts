import type { Program } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'

/** What a runtime and its lanes tell each other. A lane answers every request once, in their order. */

export type FeedBlock = Readonly<Record<string, Float64Array>>
export type Sums = Record<string, Float64Array>

export interface OpenPass {
  kind: 'open'
  pass: number
  program: Program
  /** The lane's own share; the arrays lie in shared memory. */
  blocks: readonly FeedBlock[]
  /** One number in shared memory: 1 asks the lane to leave a pass at the next block. */
  stop: Int32Array
  /** One number in shared memory: requests that the lane has not dealt with. */
  waiting: Int32Array
}

export type ToLane = OpenPass | { kind: 'sum'; pass: number; state: Readonly<Record<string, NumericArray>> } | { kind: 'close'; pass: number }

/** Null where there is nothing to tell, or the lane was asked to stop. */
export type FromLane = { sums: Sums | null } | { problem: string }
