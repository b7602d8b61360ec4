import { CollapsedComponent } from '../models/mixtures/gaussian-parameters'
import { type EmOptions, type EmProblem, type EmResult, fitByEm } from './em'

export interface Restart<Parameters> {
  index: number
  iterations: number
  /** Mean per row, nats; null where a component collapsed on the way. */
  logLikelihood: number | null
  converged: boolean
  spurious: boolean
  trace: number[]
  start: Parameters
  collapsed: number | null
}

export interface RestartPlan<Parameters, Statistics> {
  problem: EmProblem<Parameters, Statistics>
  /** Index of the first restart, where earlier ones are known already. */
  from: number
  restarts: number
  startAt(index: number): Parameters
  isSpurious(parameters: Parameters): boolean
  options: Pick<EmOptions<Parameters>, 'tolerance' | 'maxIterations' | 'pause'>
  onRestart?(restart: Restart<Parameters>): void
}

/** Every restart is kept, with its trace and its optimum; the choice among them is `bestRestart`. */
export async function fitRestarts<Parameters, Statistics>(plan: RestartPlan<Parameters, Statistics>): Promise<Restart<Parameters>[]> {
  const restarts: Restart<Parameters>[] = []
  for (let index = plan.from; index < plan.restarts; index += 1) {
    const start = plan.startAt(index)
    const trace: number[] = []
    let result: EmResult<Parameters, Statistics> | null = null
    let collapsed: number | null = null
    try {
      result = await fitByEm(plan.problem, start, {
        ...plan.options,
        identityEvery: 0,
        onIteration: ({ logLikelihood }) => void trace.push(logLikelihood),
      })
    } catch (error) {
      if (!(error instanceof CollapsedComponent)) throw error
      collapsed = error.component
    }
    const restart = {
      index,
      iterations: trace.length - 1,
      logLikelihood: result ? trace[trace.length - 1]! : null,
      converged: result?.converged ?? false,
      spurious: result === null || plan.isSpurious(result.parameters),
      trace,
      start,
      collapsed,
    }
    restarts.push(restart)
    plan.onRestart?.(restart)
  }
  return restarts
}

/** The proper optimum with the highest log-likelihood; among spurious ones only where there is no other. Null where all collapsed. */
export function bestRestart<Parameters>(restarts: readonly Restart<Parameters>[]): Restart<Parameters> | null {
  const finished = restarts.filter((restart) => restart.logLikelihood !== null && !Number.isNaN(restart.logLikelihood))
  const proper = finished.filter(({ spurious }) => !spurious)
  const candidates = proper.length > 0 ? proper : finished
  return candidates.reduce<Restart<Parameters> | null>(
    (best, restart) => (best === null || restart.logLikelihood! > best.logLikelihood! ? restart : best),
    null,
  )
}

/** Restarts that ended within a thousandth of a nat in total of the best. */
export const hitsOfBest = <Parameters>(restarts: readonly Restart<Parameters>[], best: number, rows: number): number =>
  restarts.filter(({ logLikelihood, spurious }) => !spurious && logLikelihood !== null && (best - logLikelihood) * rows < 1e-3).length
