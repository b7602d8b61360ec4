import type { Mixture } from '../models/mixtures/mixture-family'
import { type AdvanceOptions, advance } from './attempts'
import type { MixtureProblem } from './mixture-problem'
import type { Contender } from './portfolio'

export interface Restart<P> {
  index: number
  /** What kind of start it had. */
  origin: string
  iterations: number
  /** Mean per row, nats; null where a component collapsed on the way. */
  logLikelihood: number | null
  converged: boolean
  spurious: boolean
  trace: number[]
  /** Null where it was fitted before an interruption and was not the best. */
  start: P | null
  parameters: P | null
  collapsed: number | null
}

export interface RestartPlan<P extends Mixture> {
  problem: MixtureProblem<P>
  /** Index of the first restart, where earlier ones are known already. */
  from: number
  restarts: number
  contender(index: number): Promise<Contender<P>>
  options: Omit<AdvanceOptions, 'iterations'> & { maxIterations: number }
  onRestart?(restart: Restart<P>): void
}

/** Restarts that are fitted side by side. */
const wave = 8

/** Every restart is kept, with its trace and its optimum; the choice among them is `bestRestart`. */
export async function fitRestarts<P extends Mixture>(plan: RestartPlan<P>): Promise<Restart<P>[]> {
  const { problem, options } = plan
  const restarts: Restart<P>[] = []
  for (let from = plan.from; from < plan.restarts; from += wave) {
    const contenders: Contender<P>[] = []
    for (let index = from; index < Math.min(from + wave, plan.restarts); index += 1) {
      contenders.push(await plan.contender(index))
      await options.pause?.()
    }
    await advance(problem, contenders.map(({ attempt }) => attempt), { ...options, iterations: options.maxIterations })
    for (const [at, contender] of contenders.entries()) {
      const restart = restartOf(problem, from + at, contender)
      restarts.push(restart)
      plan.onRestart?.(restart)
    }
  }
  return restarts
}

export function restartOf<P extends Mixture>(
  { family, weight }: MixtureProblem<P>,
  index: number,
  { origin, attempt }: Contender<P>,
): Restart<P> {
  const { trace, converged, collapsed, start, parameters } = attempt
  return {
    index,
    origin,
    iterations: trace.length - 1,
    logLikelihood: collapsed === null ? trace.at(-1)! : null,
    converged,
    spurious: collapsed !== null || family.spurious(parameters, weight) !== null,
    trace,
    start,
    parameters,
    collapsed,
  }
}

/** The proper optimum with the highest log-likelihood; among spurious ones only where there is no other. Null where all collapsed. */
export function bestRestart<P>(restarts: readonly Restart<P>[]): Restart<P> | null {
  const finished = restarts.filter((restart) => restart.logLikelihood !== null && !Number.isNaN(restart.logLikelihood))
  const proper = finished.filter(({ spurious }) => !spurious)
  const candidates = proper.length > 0 ? proper : finished
  return candidates.reduce<Restart<P> | null>(
    (best, restart) => (best === null || restart.logLikelihood! > best.logLikelihood! ? restart : best),
    null,
  )
}

/** Restarts that ended within a thousandth of a nat in total of the best. */
export const hitsOfBest = <P>(restarts: readonly Restart<P>[], best: number, rows: number): number =>
  restarts.filter(({ logLikelihood, spurious }) => !spurious && logLikelihood !== null && (best - logLikelihood) * rows < 1e-3).length
