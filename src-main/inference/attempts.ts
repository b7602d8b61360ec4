import { CollapsedComponent, type Mixture, type Sums } from '../models/mixtures/mixture-family'
import { remainingGain } from './em'
import type { MixtureExpectation, MixtureProblem } from './mixture-problem'

/** A fit on its way. */
export interface Attempt<P> {
  start: P
  parameters: P
  /** Of the E-step at the present parameters; null before it. */
  statistics: Sums | null
  /** Mean log-likelihood per row after every iteration so far, nats. */
  trace: number[]
  converged: boolean
  /** The component that collapsed, or null. */
  collapsed: number | null
}

export const begun = <P>(start: P): Attempt<P> => ({
  start,
  parameters: start,
  statistics: null,
  trace: [],
  converged: false,
  collapsed: null,
})

export const isOver = <P>({ converged, collapsed }: Attempt<P>): boolean => converged || collapsed !== null

export interface AdvanceOptions {
  /** Iterations a fit may have made in the end. */
  iterations: number
  tolerance: number
  /** Early: what needs the careful way waits here, as long as it is the exception; what is chosen nevertheless goes on later. */
  stage?: 'early' | 'last'
  pause?(): Promise<void>
}

/** Share of the fits that may wait. */
const fewNarrow = 1 / 8

/** Takes fits further, all of them at once, until each has converged, collapsed or made its iterations. */
export async function advance<P extends Mixture>(
  problem: MixtureProblem<P>,
  attempts: readonly Attempt<P>[],
  { iterations, tolerance, stage = 'last', pause }: AdvanceOptions,
): Promise<void> {
  if (problem.small) {
    const narrow: Attempt<P>[] = []
    for (const attempt of attempts) {
      if (isOver(attempt) || attempt.trace.length > iterations) continue
      if (!problem.small.climb(attempt, { iterations, tolerance })) narrow.push(attempt)
      await pause?.()
    }
    if (stage === 'early' && narrow.length < fewNarrow * attempts.length) return
  }
  for (;;) {
    const active = attempts.filter((attempt) => !isOver(attempt) && attempt.trace.length <= iterations)
    if (active.length === 0) return
    await pause?.()
    for (const attempt of active) maximize(problem, attempt)
    const standing = active.filter(({ collapsed }) => collapsed === null)
    const expectations = await problem.expectTogether(standing.map(({ parameters }) => parameters))
    for (const [index, attempt] of standing.entries()) note(attempt, expectations[index]!, problem.weight, tolerance)
  }
}

function maximize<P extends Mixture>(problem: MixtureProblem<P>, attempt: Attempt<P>): void {
  if (!attempt.statistics) return
  try {
    attempt.parameters = problem.maximize(attempt.statistics, attempt.parameters)
  } catch (error) {
    if (!(error instanceof CollapsedComponent)) throw error
    attempt.collapsed = error.component
  }
}

function note<P>(attempt: Attempt<P>, expectation: MixtureExpectation | null, weight: number, tolerance: number): void {
  if (!expectation || Number.isNaN(expectation.logLikelihood)) {
    attempt.collapsed = 0
    return
  }
  attempt.statistics = expectation.statistics
  attempt.trace.push(expectation.logLikelihood / weight)
  attempt.converged = remainingGain(attempt.trace) <= tolerance
}

export const heightOf = <P>({ trace, collapsed }: Attempt<P>): number => (collapsed === null ? (trace.at(-1) ?? -Infinity) : -Infinity)
