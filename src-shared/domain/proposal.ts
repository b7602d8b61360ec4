import type { Observation, Point, SearchSpace } from './search-space'
import type { SamplerName } from './sweep'

/** What a thread that proposes trials is asked: everything a sampler's answer hangs on. */
export interface ProposalRequest {
  /** Of the sweep: what a sampler has worked out for it is kept. */
  sweep: string
  sampler: SamplerName
  space: SearchSpace
  seed: number
  constraints: readonly string[]
  history: readonly Observation[]
}

/** `point`: null when the space is exhausted. */
export type ProposalAnswer = { id: number; point: Point | null } | { id: number; problem: string }
