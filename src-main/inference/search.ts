import type { EmSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import type { Mixture } from '../models/mixtures/mixture-family'
import type { Rows } from '../models/mixtures/partitions'
import { type Tempered, annealedStart } from './annealing'
import { type AdvanceOptions, begun } from './attempts'
import type { KnownClasses } from './known-classes'
import type { MixtureProblem } from './mixture-problem'
import { type Contender, type GivenUp, type Responsibilities, choosePortfolio, improve } from './portfolio'
import { type Restart, fitRestarts, restartOf } from './restarts'
import { type Hierarchy, type StartKind, Starts } from './starts'

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
  /** Classes that a start may be made from. */
  labels?: KnownClasses | null
  /** The start that the specification gives. */
  given?: (() => Promise<P>) | null
  /** The same problem with tempered responsibilities. */
  tempered?: () => Promise<Tempered<P>>
  options: Omit<AdvanceOptions, 'iterations'> & { maxIterations: number }
  /** Restarts that are known already. */
  done?: readonly Restart<P>[]
  onRestart?(restart: Restart<P>): void
  /** Starts and moves that do not become restarts. */
  onGivenUp?(one: GivenUp<P>): void
}

/** Where the restarts of a plan begin, and how many there are. */
export async function contendersFor<P extends Mixture>(plan: SearchPlan<P>) {
  const starts = new Starts(plan.problem, plan.rows, plan.seed, plan.hierarchy, plan.known, false, plan.labels)
  return { ...(await contenders(plan, starts)), starts }
}

async function contenders<P extends Mixture>(plan: SearchPlan<P>, starts: Starts<P>): Promise<{ count: number; contender(index: number): Promise<Contender<P>> }> {
  const { initialization, restarts, given, tempered, options } = plan
  const from = (kind: StartKind) => async (index: number): Promise<Contender<P>> => {
    const { origin, begin } = starts.start(kind, String(index))
    return { origin, attempt: begun(await begin()) }
  }
  switch (initialization) {
    case 'auto':
    case 'short-runs': {
      const chosen = await choosePortfolio({ ...plan, starts, finalists: restarts })
      return { count: chosen.length, contender: async (index) => chosen[index]! }
    }
    case 'annealed': {
      if (!tempered) throw new AppError('em/start-not-for-this', { initialization })
      const soft = await tempered()
      const contender = async (index: number): Promise<Contender<P>> => {
        const { attempt } = await from('kmeans++')(index)
        return { origin: 'annealed', attempt: begun(await annealedStart(soft, attempt.start, options.pause)) }
      }
      return { count: restarts, contender }
    }
    case 'parameters':
    case 'responsibilities': {
      if (!given) throw new AppError('em/start-not-for-this', { initialization })
      return { count: 1, contender: async () => ({ origin: initialization, attempt: begun(await given()) }) }
    }
    case 'split-and-merge':
      return { count: restarts, contender: from('kmeans++') }
    case 'labels':
    case 'hierarchical':
      return { count: 1, contender: from(initialization) }
    default:
      return { count: restarts, contender: from(initialization) }
  }
}

/** Fits from every start. By default also looks for something higher around the best. */
export async function searchRestarts<P extends Mixture>(plan: SearchPlan<P>): Promise<Restart<P>[]> {
  const { problem, options, done = [], onRestart } = plan
  const { count, contender, starts } = await contendersFor(plan)
  const fitted = await fitRestarts({ problem, from: done.length, restarts: count, contender, options, ...(onRestart ? { onRestart } : {}) })
  const restarts = [...done, ...fitted]
  if (plan.initialization !== 'auto' && plan.initialization !== 'split-and-merge') return restarts
  const known = restarts.flatMap(({ origin, parameters, trace, converged, collapsed, start }) =>
    start && parameters ? [{ origin, attempt: { start, parameters, statistics: null, trace, converged, collapsed } }] : [],
  )
  const higher = await improve({ ...plan, starts, finalists: plan.restarts }, known)
  for (const one of higher.reverse()) {
    const restart = restartOf(problem, restarts.length, one)
    restarts.push(restart)
    onRestart?.(restart)
  }
  return restarts
}
