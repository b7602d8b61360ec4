import type { Mixture } from '../models/mixtures/mixture-family'
import { type AdvanceOptions, type Attempt, advance, begun, heightOf } from './attempts'
import type { MixtureProblem } from './mixture-problem'

/** A way to begin, and what it is called. */
export interface Start<P> {
  origin: string
  begin(): Promise<P>
}

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
  /** The candidates of a restart: after a short run of each, the highest goes on. */
  startsOf(index: number): Start<P>[]
  options: Omit<AdvanceOptions, 'iterations'> & { maxIterations: number }
  onRestart?(restart: Restart<P>): void
}

/** Restarts that are fitted side by side. */
const wave = 8
const shortRun = 10

/** Every restart is kept, with its trace and its optimum; the choice among them is `bestRestart`. */
export async function fitRestarts<P extends Mixture>(plan: RestartPlan<P>): Promise<Restart<P>[]> {
  const restarts: Restart<P>[] = []
  for (let from = plan.from; from < plan.restarts; from += wave) {
    const indices = Array.from({ length: Math.min(wave, plan.restarts - from) }, (_, offset) => from + offset)
    const chosen = await chooseStarts(plan, indices)
    await advance(plan.problem, chosen.map(({ attempt }) => attempt), { ...plan.options, iterations: plan.options.maxIterations })
    for (const [at, { origin, attempt }] of chosen.entries()) {
      const restart = restartOf(plan.problem, indices[at]!, origin, attempt)
      restarts.push(restart)
      plan.onRestart?.(restart)
    }
  }
  return restarts
}

/** The start of each restart: the candidate that stands highest after a few iterations (Biernacki, Celeux & Govaert 2003). */
export async function chooseStarts<P extends Mixture>(
  { problem, startsOf, options }: Pick<RestartPlan<P>, 'problem' | 'startsOf' | 'options'>,
  indices: readonly number[],
): Promise<{ origin: string; attempt: Attempt<P> }[]> {
  const groups = []
  for (const index of indices) {
    const group = []
    for (const { origin, begin } of startsOf(index)) {
      group.push({ origin, attempt: begun(await begin()) })
      await options.pause?.()
    }
    groups.push(group)
  }
  const contested = groups.filter((group) => group.length > 1).flatMap((group) => group.map(({ attempt }) => attempt))
  await advance(problem, contested, { ...options, iterations: shortRun })
  return groups.map((group) => group.reduce((best, one) => (heightOf(one.attempt) > heightOf(best.attempt) ? one : best)))
}

function restartOf<P extends Mixture>({ family, weight }: MixtureProblem<P>, index: number, origin: string, attempt: Attempt<P>): Restart<P> {
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
