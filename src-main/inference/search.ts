import type { EmSpec } from '@shared/domain/spec'
import type { Mixture } from '../models/mixtures/mixture-family'
import type { Rows } from '../models/mixtures/partitions'
import { type AdvanceOptions, begun } from './attempts'
import type { KnownClasses } from './known-classes'
import type { MixtureProblem } from './mixture-problem'
import { type Contender, type Responsibilities, choosePortfolio, improve } from './portfolio'
import { type Restart, fitRestarts, restartOf } from './restarts'
import { type Hierarchy, Starts } from './starts'

export interface SearchPlan<P extends Mixture> {
  problem: MixtureProblem<P>
  rows: Rows
  seed: number
  initialization: EmSpec['initialization']
  restarts: number
  responsibilities: Responsibilities<P>
  hierarchy?: Hierarchy
  /** Classes of the rows, where they are known of some. */
  known?: KnownClasses | null
  options: Omit<AdvanceOptions, 'iterations'> & { maxIterations: number }
  /** Restarts that are known already. */
  done?: readonly Restart<P>[]
  onRestart?(restart: Restart<P>): void
}

/** Where the restarts of a plan begin, and how many there are. */
export async function contendersFor<P extends Mixture>(plan: SearchPlan<P>) {
  const starts = new Starts(plan.problem, plan.rows, plan.seed, plan.hierarchy, plan.known)
  const { initialization, restarts } = plan
  if (initialization !== 'auto') {
    const contender = async (index: number): Promise<Contender<P>> => {
      const { origin, begin } = starts.start(initialization, String(index))
      return { origin, attempt: begun(await begin()) }
    }
    return { count: initialization === 'hierarchical' ? 1 : restarts, contender, starts }
  }
  const chosen = await choosePortfolio({ ...plan, starts, finalists: restarts })
  return { count: chosen.length, contender: async (index: number) => chosen[index]!, starts }
}

/** Fits from every start. By default also looks for something higher around the best. */
export async function searchRestarts<P extends Mixture>(plan: SearchPlan<P>): Promise<Restart<P>[]> {
  const { problem, options, done = [], onRestart } = plan
  const { count, contender, starts } = await contendersFor(plan)
  const fitted = await fitRestarts({ problem, from: done.length, restarts: count, contender, options, ...(onRestart ? { onRestart } : {}) })
  const restarts = [...done, ...fitted]
  if (plan.initialization !== 'auto') return restarts
  const known = restarts.flatMap(({ origin, parameters, trace, converged, collapsed, start }) =>
    start && parameters ? [{ origin, attempt: { start, parameters, expectation: null, trace, converged, collapsed } }] : [],
  )
  const higher = await improve({ ...plan, starts, finalists: plan.restarts }, known)
  for (const one of higher.reverse()) {
    const restart = restartOf(problem, restarts.length, one)
    restarts.push(restart)
    onRestart?.(restart)
  }
  return restarts
}
