import { toleranceOf } from '@shared/domain/models/em'
import type { ModelSpec } from '@shared/domain/spec'
import type { EmIteration, EmResult } from '../inference/em'
import type { MixtureExpectation } from '../inference/mixture-problem'
import type { Restart } from '../inference/restarts'
import type { Mixture, Sums } from '../models/mixtures/mixture-family'
import { checkClimb, warnThinned, warnUnconverged } from './convergence-warning'
import { IterationKeeper } from './iteration-keeper'
import { type KeptRestart, type KeptStart, saveTrace } from './mixture-files'
import { fitOnce } from './mixture-search'
import { type Climbed, type MixtureSetting, trainKeys } from './mixture-setting'

/** Above so much arithmetic in an iteration, the bound identity is checked only now and then; it costs another half of it. */
const identityWork = 2e8

type Bound = EmIteration<Mixture>['bound']
export interface Recorded extends EmResult<Mixture, Sums> {
  expectation: MixtureExpectation
  bound: Bound
}

/** Goes over the best fit once more and records each of its iterations. */
export async function record(setting: MixtureSetting, best: Restart<Mixture>, restarts: Restart<Mixture>[], givenUp: readonly KeptStart[]): Promise<Recorded> {
  const { inference, family, problem, reporter, files, climbed } = setting
  let fit = await replay(setting, best.start!, best.index)
  // Side by side, sums are added in another order; where a fit hangs by a thread, its last digits can lead elsewhere.
  if (inference.kind === 'em' && (best.logLikelihood! - fit.result.trace.at(-1)!) * problem.weight > 1e-6) {
    reporter.send({ kind: 'rewind', keys: trainKeys(climbed), afterStep: -1 })
    fit = await replay(setting, best.parameters!, best.index)
  }
  const { result, keeper, identityEvery } = fit
  if (identityEvery > 1) reporter.warn('em/identity-stride', { stride: identityEvery })
  warnThinned(reporter, keeper, result.iterations)
  warnUnconverged(reporter, result)
  const spurious = family.spurious(result.parameters, problem.weight) !== null
  checkClimb(reporter, result, isRegularized(setting.task.spec.model) || spurious)
  if (inference.restarts === 1 && spurious) reporter.warn('em/best-is-spurious', { restarts: 1 })
  const { iterations, converged, trace } = result
  const own: KeptRestart = { index: 0, origin: best.origin, iterations, converged, spurious, trace, logLikelihood: trace.at(-1)! }
  const bytes = saveTrace(files, family, {
    kept: keeper.items,
    logLikelihoods: Float64Array.from(trace, climbed.tell),
    restarts: (inference.restarts === 1 ? [own] : restarts).map((restart) => told(restart, climbed)),
    givenUp: givenUp.map((one) => ({ ...one, trace: one.trace.map(climbed.tell) })),
    chosen: best.index,
  })
  reporter.artifact({ name: 'em-trace', kind: 'em-trace', step: null, bytes })
  reporter.progress('restarts', inference.restarts + 1, inference.restarts + 1)
  // Hard EM ends with hard responsibilities; figures are those of the density.
  const expectation = inference.kind === 'hard-em' ? await problem.expect(result.parameters, null) : result.expectation
  return { ...result, expectation: expectation as MixtureExpectation, bound: fit.bound }
}

const told = ({ index, origin, iterations, converged, spurious, logLikelihood, trace }: KeptRestart, climbed: Climbed): KeptRestart => ({
  index,
  origin,
  iterations,
  converged,
  spurious,
  logLikelihood: logLikelihood === null ? null : climbed.tell(logLikelihood),
  trace: trace.map(climbed.tell),
})

const isRegularized = (model: ModelSpec): boolean => 'regularization' in model && model.regularization > 0

async function replay(setting: MixtureSetting, start: Mixture, index: number) {
  const { inference, family, problem, reporter, control, climbed, shift } = setting
  const isExact = climbed.key === 'logLikelihood'
  const identityEvery = !isExact ? 0 : problem.weight * family.components * family.work <= identityWork ? 1 : 10
  const keeper = new IterationKeeper<EmIteration<Mixture>>()
  let bound: Bound = null
  const result = await fitOnce(setting, start, index, {
    tolerance: toleranceOf(inference),
    maxIterations: inference.maxIterations,
    identityEvery,
    pause: control.yield,
    onIteration: (iteration) => {
      bound = iteration.bound ?? bound
      reporter.metrics(iteration.iteration, {
        [`train/${climbed.key}`]: climbed.tell(iteration.logLikelihood),
        ...(iteration.bound ? { 'train/lowerBound': iteration.bound.lowerBound - shift, 'train/kl': iteration.bound.kl } : {}),
      })
      if (inference.restarts === 1) reporter.progress('iterations', iteration.iteration, inference.maxIterations)
      keeper.keep(inModelUnits(setting, iteration))
    },
  })
  return { result, keeper, identityEvery, bound: bound as Bound }
}

const inModelUnits = ({ family, units, shift, climbed }: MixtureSetting, iteration: EmIteration<Mixture>): EmIteration<Mixture> => ({
  ...iteration,
  parameters: family.toModelUnits(iteration.parameters, units),
  logLikelihood: climbed.tell(iteration.logLikelihood),
  bound: iteration.bound && { ...iteration.bound, lowerBound: iteration.bound.lowerBound - shift },
})
