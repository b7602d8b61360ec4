import { toleranceOf } from '@shared/domain/models/em'
import type { EmIteration, EmResult } from '../inference/em'
import type { MixtureExpectation } from '../inference/mixture-problem'
import type { Restart } from '../inference/restarts'
import type { Mixture, Sums } from '../models/mixtures/mixture-family'
import { warnUnconverged } from './convergence-warning'
import { type KeptRestart, saveTrace } from './mixture-files'
import { fitOnce } from './mixture-search'
import { type Climbed, type MixtureSetting, trainKeys } from './mixture-setting'

/** Above so much arithmetic in an iteration, the bound identity is checked only now and then; it costs another half of it. */
const identityWork = 2e8
const traceBytes = 64e6

type Bound = EmIteration<Mixture>['bound']
export interface Recorded extends EmResult<Mixture, Sums> {
  expectation: MixtureExpectation
  bound: Bound
}

/** Goes over the best fit once more and records each of its iterations. */
export async function record(setting: MixtureSetting, best: Restart<Mixture>, restarts: Restart<Mixture>[]): Promise<Recorded> {
  const { inference, family, problem, reporter, files, climbed } = setting
  let fit = await replay(setting, best.start!, best.index)
  // Side by side, sums are added in another order; where a fit hangs by a thread, its last digits can lead elsewhere.
  if (inference.kind === 'em' && (best.logLikelihood! - fit.result.trace.at(-1)!) * problem.weight > 1e-6) {
    reporter.send({ kind: 'rewind', keys: trainKeys(climbed), afterStep: -1 })
    fit = await replay(setting, best.parameters!, best.index)
  }
  const { result, keeper, identityEvery } = fit
  if (identityEvery > 1) reporter.warn('em/identity-stride', { stride: identityEvery })
  if (keeper.stride > 1) {
    const megabytes = Math.round(keeper.fullBytes(result.iterations) / 1e6)
    reporter.warn('em/trace-thinned', { stride: keeper.stride, iterations: result.iterations, megabytes })
  }
  warnUnconverged(reporter, result)
  // What rounding can do to a sum over many rows; a real fall is orders of magnitude larger.
  if (result.largestFall.amount > 1e-9 * Math.max(1, Math.abs(result.trace.at(-1)!))) {
    reporter.warn('em/log-likelihood-fell', { amount: result.largestFall.amount, iteration: result.largestFall.iteration })
  }
  const spurious = family.spurious(result.parameters, problem.weight) !== null
  if (inference.restarts === 1 && spurious) reporter.warn('em/best-is-spurious', { restarts: 1 })
  const { iterations, converged, trace } = result
  const own: KeptRestart = { index: 0, origin: best.origin, iterations, converged, spurious, trace, logLikelihood: trace.at(-1)! }
  const bytes = saveTrace(files, family, {
    kept: keeper.iterations,
    logLikelihoods: Float64Array.from(trace, climbed.tell),
    restarts: (inference.restarts === 1 ? [own] : restarts).map((restart) => told(restart, climbed)),
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

async function replay(setting: MixtureSetting, start: Mixture, index: number) {
  const { inference, family, problem, reporter, control, climbed, shift } = setting
  const isExact = climbed.key === 'logLikelihood'
  const identityEvery = !isExact ? 0 : problem.weight * family.components * family.work <= identityWork ? 1 : 10
  const keeper = new IterationKeeper(setting)
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
      keeper.keep(iteration)
    },
  })
  return { result, keeper, identityEvery, bound: bound as Bound }
}

/** Keeps the parameters of every iteration; when they would fill more than 64 MB, of every second, fourth, … */
class IterationKeeper {
  iterations: EmIteration<Mixture>[] = []
  stride = 1
  #bytesEach = 0

  constructor(readonly setting: MixtureSetting) {}

  fullBytes(iterations: number): number {
    return (iterations + 1) * this.#bytesEach
  }

  keep(iteration: EmIteration<Mixture>): void {
    const { family, units, shift, climbed } = this.setting
    const last = this.iterations.at(-1)
    // The latest iteration is always kept, so that the picture ends where the fit does.
    if (last && last.iteration % this.stride !== 0) this.iterations.pop()
    const parameters = family.toModelUnits(iteration.parameters, units)
    this.#bytesEach ||= Object.values(family.arrays(parameters)).reduce((bytes, { values }) => bytes + values.byteLength, 0)
    this.iterations.push({
      ...iteration,
      parameters,
      logLikelihood: climbed.tell(iteration.logLikelihood),
      bound: iteration.bound && { ...iteration.bound, lowerBound: iteration.bound.lowerBound - shift },
    })
    while (this.iterations.length > 2 && this.iterations.length * this.#bytesEach > traceBytes) {
      this.stride *= 2
      const latest = this.iterations.at(-1)!
      this.iterations = this.iterations.filter((kept) => kept.iteration % this.stride === 0 || kept === latest)
    }
  }
}
