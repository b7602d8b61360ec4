import { readSafetensors, writeSafetensors } from '../files/safetensors'
import type { RunFiles } from '../files/run-files'
import { type EmIteration, type EmProblem, type EmResult, fitByEm } from '../inference/em'
import { checkClimb, warnThinned, warnUnconverged } from './convergence-warning'
import { IterationKeeper } from './iteration-keeper'
import type { TrainContext } from './train-context'

/*
 * The fit of a model by EM or by a variational relative of it: every start on its own, then the best once more with each of its iterations
 * recorded. What is climbed is log p(x), or a bound on it where the E-step is not exact.
 */

export interface KeptRestart {
  index: number
  iterations: number
  /** Mean per row, nats; null where the start ended in a degenerate model. */
  logLikelihood: number | null
  converged: boolean
  spurious: boolean
  trace: number[]
}

export interface FitPlan<Parameters, Statistics> {
  problem: EmProblem<Parameters, Statistics>
  startAt(index: number): Parameters | Promise<Parameters>
  restarts: number
  tolerance: number
  maxIterations: number
  /** What every log-likelihood per row loses when it is told in the units of the model. */
  shift: number
  climbed: 'logLikelihood' | 'lowerBound'
  /** Starts are compared after so many iterations, and only the best goes on to the end: where that takes thousands. */
  shortRun?: number
  /** The bound identity is checked at every so many iterations; 1 unless told. */
  identityEvery?: number
  isSpurious?(parameters: Parameters): boolean
  /** Is something added to the covariances after the M-step? Then what is climbed may fall a little. */
  isRegularized?: boolean
  /** May a start end with this error, without ending the others? */
  isDegenerate?(error: unknown): boolean
}

export interface Fit<Parameters, Statistics> extends EmResult<Parameters, Statistics> {
  bound: EmIteration<Parameters>['bound']
  restartCount: number
  /** As many iterations as there is room for, with their parameters. */
  kept: EmIteration<Parameters>[]
}

/** Fits from every start and records the best. Rethrows the first start's error where all were degenerate. */
export async function fitAndRecord<Parameters, Statistics>(
  context: TrainContext,
  plan: FitPlan<Parameters, Statistics>,
): Promise<Fit<Parameters, Statistics>> {
  const restarts = plan.restarts === 1 ? [] : await search(context, plan)
  const best = plan.restarts === 1 ? 0 : choose(restarts)
  const result = await record(context, plan, best)
  warnAboutRestarts(context, plan, restarts)
  const own: KeptRestart = {
    index: 0,
    iterations: result.iterations,
    logLikelihood: result.trace.at(-1)! - plan.shift,
    converged: result.converged,
    spurious: plan.isSpurious?.(result.parameters) ?? false,
    trace: result.trace.map((value) => value - plan.shift),
  }
  writeSafetensors(context.files.artifact('restarts'), {
    tensors: {},
    metadata: { restarts: JSON.stringify(told(restarts, { ...own, index: best }, plan)), chosen: String(best) },
  })
  return { ...result, restartCount: plan.restarts }
}

/** After short runs, the start that went on is told as it ended. */
function told<P, S>(restarts: KeptRestart[], own: KeptRestart, { shortRun }: FitPlan<P, S>): KeptRestart[] {
  if (restarts.length === 0) return [own]
  return shortRun === undefined ? restarts : restarts.with(own.index, own)
}

export function loadKeptRestarts(files: RunFiles): (KeptRestart & { chosen: boolean })[] {
  const { metadata } = readSafetensors(files.artifact('restarts'))
  const restarts = JSON.parse(metadata['restarts']!) as KeptRestart[]
  return restarts.map((restart) => ({ ...restart, chosen: restart.index === Number(metadata['chosen']) }))
}

async function search<P, S>({ reporter, control, files, task }: TrainContext, plan: FitPlan<P, S>): Promise<KeptRestart[]> {
  const kept: KeptRestart[] = task.resume ? savedRestarts(files) : []
  if (task.resume) {
    reporter.send({ kind: 'rewind', keys: ['restarts/logLikelihood'], afterStep: kept.length - 1 })
    reporter.send({ kind: 'rewind', keys: ['train/logLikelihood', 'train/lowerBound', 'train/kl'], afterStep: -1 })
  }
  let firstError: unknown = null
  let lastSave = performance.now()
  for (let index = kept.length; index < plan.restarts; index += 1) {
    const trace: number[] = []
    let result: EmResult<P, S> | null = null
    try {
      result = await fitByEm(plan.problem, await plan.startAt(index), {
        tolerance: plan.tolerance,
        maxIterations: Math.min(plan.maxIterations, plan.shortRun ?? Infinity),
        identityEvery: 0,
        pause: control.yield,
        onIteration: ({ logLikelihood }) => void trace.push(logLikelihood - plan.shift),
      })
    } catch (error) {
      if (!plan.isDegenerate?.(error)) throw error
      firstError ??= error
    }
    kept.push({
      index,
      iterations: trace.length - 1,
      logLikelihood: result ? trace.at(-1)! : null,
      converged: result?.converged ?? false,
      spurious: result === null || (plan.isSpurious?.(result.parameters) ?? false),
      trace,
    })
    reporter.metrics(index, { 'restarts/logLikelihood': result ? trace.at(-1)! : NaN })
    reporter.progress('restarts', index + 1, plan.restarts + 1)
    if (performance.now() - lastSave > 1000) {
      writeSafetensors(files.checkpoint('last'), { tensors: {}, metadata: { restarts: JSON.stringify(kept) } })
      reporter.send({ kind: 'checkpoint' })
      lastSave = performance.now()
    }
  }
  if (firstError !== null && kept.every(({ logLikelihood }) => logLikelihood === null)) throw firstError
  return kept
}

const savedRestarts = (files: RunFiles): KeptRestart[] =>
  files.hasCheckpoint('last') ? (JSON.parse(readSafetensors(files.checkpoint('last')).metadata['restarts'] ?? '[]') as KeptRestart[]) : []

/** The proper optimum with the highest figure; a spurious one only where there is no other. */
function choose(restarts: readonly KeptRestart[]): number {
  const finished = restarts.filter(({ logLikelihood }) => logLikelihood !== null && !Number.isNaN(logLikelihood))
  const proper = finished.filter(({ spurious }) => !spurious)
  const candidates = proper.length > 0 ? proper : finished
  if (candidates.length === 0) throw new Error('no start ended with a number')
  return candidates.reduce((best, one) => (one.logLikelihood! > best.logLikelihood! ? one : best)).index
}

async function record<P, S>({ reporter, control }: TrainContext, plan: FitPlan<P, S>, best: number) {
  let bound: EmIteration<P>['bound'] = null
  const keeper = new IterationKeeper<EmIteration<P>>()
  const stride = plan.identityEvery ?? 1
  const result = await fitByEm(plan.problem, await plan.startAt(best), {
    tolerance: plan.tolerance,
    maxIterations: plan.maxIterations,
    identityEvery: plan.climbed === 'logLikelihood' ? stride : 0,
    pause: control.yield,
    onIteration: (iteration) => {
      bound = iteration.bound ?? bound
      keeper.keep(iteration)
      reporter.metrics(iteration.iteration, {
        [`train/${plan.climbed}`]: iteration.logLikelihood - plan.shift,
        ...(iteration.bound ? { 'train/lowerBound': iteration.bound.lowerBound - plan.shift, 'train/kl': iteration.bound.kl } : {}),
      })
      if (plan.restarts === 1 || plan.shortRun !== undefined) reporter.progress('iterations', iteration.iteration, plan.maxIterations)
    },
  })
  if (stride > 1) reporter.warn('em/identity-stride', { stride })
  warnThinned(reporter, keeper, result.iterations)
  warnUnconverged(reporter, result)
  checkClimb(reporter, result, (plan.isRegularized ?? false) || (plan.isSpurious?.(result.parameters) ?? false))
  reporter.progress('restarts', plan.restarts + 1, plan.restarts + 1)
  return { ...result, bound: bound as EmIteration<P>['bound'], kept: keeper.items }
}

function warnAboutRestarts<P, S>({ reporter }: TrainContext, plan: FitPlan<P, S>, restarts: readonly KeptRestart[]): void {
  if (restarts.length < 2) return
  const spurious = restarts.filter((restart) => restart.spurious).length
  const best = restarts[choose(restarts)]!
  if (best.spurious) reporter.warn('em/best-is-spurious', { restarts: restarts.length })
  else if (spurious > 0) reporter.warn('em/spurious-excluded', { count: spurious, restarts: restarts.length })
  if (plan.shortRun !== undefined) return
  const hits = restarts.filter(
    (restart) => !restart.spurious && restart.logLikelihood !== null && (best.logLikelihood! - restart.logLikelihood) * plan.problem.weight < 1e-3,
  ).length
  if (hits === 1 && !best.spurious) reporter.warn('em/best-hit-once', { hits, restarts: restarts.length })
}
