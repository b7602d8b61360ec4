import type { EmSpec, GaussianMixtureSpec } from '@shared/domain/spec'
import type { TrainResult, TrainTask } from '@shared/domain/worker-protocol'
import { adjustedRandIndex, normalizedMutualInformation } from '@shared/math/cluster-agreement'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import { type Chunks, cutIntoChunks } from '../inference/chunks'
import { type EmIteration, fitByEm } from '../inference/em'
import { type MixtureExpectation, type MixtureProblem, gaussianMixtureProblem, mixturePosterior } from '../inference/gaussian-mixture'
import { type Restart, bestRestart, fitRestarts, hitsOfBest } from '../inference/restarts'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { type MixtureStructure, isSpurious } from '../models/mixtures/gaussian-maximization'
import {
  CollapsedComponent,
  type GaussianMixture,
  type Standardization,
  covarianceSize,
  freeParameters,
  toModelUnits,
} from '../models/mixtures/gaussian-parameters'
import { startFromRandomRows, startFromSpreadRows, wholeStatistics } from '../models/mixtures/gaussian-starts'
import { type KeptRestart, loadRestarts, saveMixture, saveRestarts, saveTrace } from './mixture-files'
import type { TrainContext } from './train-context'

interface Setting extends TrainContext {
  model: GaussianMixtureSpec
  inference: EmSpec
  data: PreparedData
  units: Standardization
  /** Training rows in standard units. */
  features: Float64Array
  chunks: Chunks
  structure: MixtureStructure
  problem: MixtureProblem
}

/** Fits from every start, then goes over the best fit once more and records each of its iterations. */
export async function trainMixture(context: TrainContext): Promise<TrainResult> {
  const setting = await prepare(context)
  const restarts = await search(setting)
  const best = bestRestart(restarts)
  if (!best) throw new AppError('em/component-collapsed', { component: (restarts[0]!.collapsed ?? 0) + 1 })
  const rows = setting.problem.weight
  const spurious = restarts.filter((restart) => restart.spurious).length
  const hits = hitsOfBest(restarts, best.logLikelihood!, rows)
  if (best.spurious) context.reporter.warn('em/best-is-spurious', { restarts: restarts.length })
  else if (spurious > 0) context.reporter.warn('em/spurious-excluded', { count: spurious, restarts: restarts.length })
  if (restarts.length > 1 && hits === 1 && !best.spurious) context.reporter.warn('em/best-hit-once', { hits, restarts: restarts.length })

  const result = await record(setting, best, restarts).catch((error: unknown) => {
    throw error instanceof CollapsedComponent ? new AppError('em/component-collapsed', { component: error.component + 1 }) : error
  })
  const mixture = toModelUnits(result.parameters, setting.units)
  saveMixture(context.files, mixture)
  const metrics = await figures(setting, result.parameters, result.expectation as MixtureExpectation, result.bound)
  await setting.problem.dispose()
  return { status: 'completed', converged: result.converged, iterations: result.iterations, epochs: null, metrics }
}

async function prepare(context: TrainContext): Promise<Setting> {
  const { task, arrays, runtime, control } = context
  const { spec, dataset } = task
  if (spec.model.kind !== 'gaussian-mixture' || spec.inference.kind !== 'em')
    throw new Error(`a mixture cannot be fitted to ${spec.model.kind}`)
  const data = prepareData(dataset, arrays, spec, 'float64')
  const raw = data.train.features as Float64Array
  if (data.train.rows < spec.model.components) {
    throw new AppError('spec/too-few-rows', { rows: data.train.rows, components: spec.model.components })
  }
  const units = standardUnits(raw, data.featureNames, spec.model.covariance, constantColumns(task))
  const features = toStandard(raw, units)
  const chunks = cutIntoChunks(features, data.features)
  const { components, covariance, regularization } = spec.model
  const structure = { components, covariance, columns: data.features, regularization }
  const problem = await gaussianMixtureProblem(runtime, chunks, structure, control.yield)
  return { ...context, model: spec.model, inference: spec.inference, data, units, features, chunks, structure, problem }
}

/** Pixels that never change are usual in pictures, and harmless where something is added to every variance. */
export const constantColumns = ({ spec, dataset }: Pick<TrainTask, 'spec' | 'dataset'>): 'refuse' | 'pass' =>
  spec.model.kind === 'gaussian-mixture' && dataset.kind === 'images' && spec.model.regularization > 0 ? 'pass' : 'refuse'

async function search(setting: Setting): Promise<Restart<GaussianMixture>[]> {
  const { inference, structure, features, task, files, reporter, control, problem } = setting
  const whole = inference.initialization === 'random' ? wholeStatistics(features, structure) : null
  const startAt = (index: number): GaussianMixture => {
    const key = { seed: task.spec.seed, stream: `em/restart/${index}` }
    return whole ? startFromRandomRows(features, whole, structure, key) : startFromSpreadRows(features, structure, key)
  }
  const done = task.resume ? loadRestarts(files).map((kept) => ({ ...kept, start: startAt(kept.index), collapsed: null })) : []
  if (task.resume) {
    reporter.send({ kind: 'rewind', keys: ['restarts/logLikelihood'], afterStep: done.length - 1 })
    reporter.send({ kind: 'rewind', keys: ['train/logLikelihood', 'train/lowerBound', 'train/kl'], afterStep: -1 })
  }
  const shift = logScale(setting.units)
  const kept: KeptRestart[] = [...done]
  let lastSave = performance.now()
  if (inference.restarts === 1) return [{ ...emptyRestart(startAt(0)) }]
  const rest = await fitRestarts({
    problem,
    from: done.length,
    restarts: inference.restarts,
    startAt,
    isSpurious: (mixture) => isSpurious(mixture, structure.regularization),
    options: { tolerance: inference.tolerance, maxIterations: inference.maxIterations, pause: control.yield },
    onRestart: ({ start: _start, collapsed: _collapsed, ...restart }) => {
      kept.push(restart)
      reporter.metrics(restart.index, { 'restarts/logLikelihood': restart.logLikelihood === null ? NaN : restart.logLikelihood - shift })
      reporter.progress('restarts', restart.index + 1, inference.restarts + 1)
      if (performance.now() - lastSave > 1000) {
        saveRestarts(files, kept)
        reporter.send({ kind: 'checkpoint' })
        lastSave = performance.now()
      }
    },
  })
  return [...done, ...rest]
}

/** With one start there is nothing to choose from: it is fitted and recorded in one go. */
const emptyRestart = (start: GaussianMixture): Restart<GaussianMixture> => ({
  index: 0,
  iterations: 0,
  logLikelihood: 0,
  converged: false,
  spurious: false,
  trace: [],
  start,
  collapsed: null,
})

/** Above so much arithmetic in an iteration, the bound identity is checked only now and then; it costs another half of it. */
const identityWork = 2e8
const traceBytes = 64e6

async function record(setting: Setting, best: Restart<GaussianMixture>, restarts: Restart<GaussianMixture>[]) {
  const { inference, model, structure, problem, reporter, control, units, files } = setting
  const work = problem.weight * model.components * structure.columns * (model.covariance === 'full' ? structure.columns : 1)
  const identityEvery = work <= identityWork ? 1 : 10
  const shift = logScale(units)
  const trace = new IterationKeeper(setting)
  let bound: EmIteration<GaussianMixture>['bound'] = null
  const result = await fitByEm(problem, best.start, {
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    identityEvery,
    pause: control.yield,
    onIteration: (iteration) => {
      const { logLikelihood } = iteration
      bound = iteration.bound ?? bound
      reporter.metrics(iteration.iteration, {
        'train/logLikelihood': logLikelihood - shift,
        ...(iteration.bound ? { 'train/lowerBound': iteration.bound.lowerBound - shift, 'train/kl': iteration.bound.kl } : {}),
      })
      if (inference.restarts === 1) reporter.progress('iterations', iteration.iteration, inference.maxIterations)
      trace.keep(iteration, shift)
    },
  })
  if (identityEvery > 1) reporter.warn('em/identity-stride', { stride: identityEvery })
  if (trace.stride > 1)
    reporter.warn('em/trace-thinned', {
      stride: trace.stride,
      iterations: result.iterations,
      megabytes: Math.round(trace.fullBytes(result.iterations) / 1e6),
    })
  if (!result.converged) reporter.warn('em/not-converged', { iterations: result.iterations, remaining: result.remaining })
  // What rounding can do to a sum over many rows; a real fall is orders of magnitude larger.
  if (result.largestFall.amount > 1e-9 * Math.max(1, Math.abs(result.trace.at(-1)!))) {
    reporter.warn('em/log-likelihood-fell', { amount: result.largestFall.amount, iteration: result.largestFall.iteration })
  }
  const logLikelihoods = Float64Array.from(result.trace, (value) => value - shift)
  const own = {
    index: 0,
    iterations: result.iterations,
    logLikelihood: result.trace.at(-1)!,
    converged: result.converged,
    spurious: isSpurious(result.parameters, structure.regularization),
    trace: result.trace,
  }
  const told = (inference.restarts === 1 ? [own] : restarts).map(
    ({ index, iterations, logLikelihood, converged, spurious, trace: values }) => ({
      index,
      iterations,
      converged,
      spurious,
      logLikelihood: logLikelihood === null ? null : logLikelihood - shift,
      trace: values.map((value) => value - shift),
    }),
  )
  if (inference.restarts === 1 && own.spurious) reporter.warn('em/best-is-spurious', { restarts: 1 })
  const bytes = saveTrace(files, { kept: trace.iterations, logLikelihoods, restarts: told, chosen: best.index })
  reporter.artifact({ name: 'em-trace', kind: 'em-trace', step: null, bytes })
  reporter.progress('restarts', inference.restarts + 1, inference.restarts + 1)
  return { ...result, bound: bound as EmIteration<GaussianMixture>['bound'] }
}

/** Keeps the parameters of every iteration; when they would fill more than 64 MB, of every second, fourth, … */
class IterationKeeper {
  iterations: EmIteration<GaussianMixture>[] = []
  stride = 1
  readonly #bytesEach: number

  constructor(readonly setting: Setting) {
    const { components, columns, covariance } = setting.structure
    this.#bytesEach = 8 * (components + components * columns + covarianceSize(covariance, components, columns))
  }

  fullBytes(iterations: number): number {
    return (iterations + 1) * this.#bytesEach
  }

  keep(iteration: EmIteration<GaussianMixture>, shift: number): void {
    const last = this.iterations.at(-1)
    // The latest iteration is always kept, so that the picture ends where the fit does.
    if (last && last.iteration % this.stride !== 0) this.iterations.pop()
    this.iterations.push({
      ...iteration,
      parameters: toModelUnits(iteration.parameters, this.setting.units),
      logLikelihood: iteration.logLikelihood - shift,
      bound: iteration.bound && { ...iteration.bound, lowerBound: iteration.bound.lowerBound - shift },
    })
    while (this.iterations.length > 2 && this.iterations.length * this.#bytesEach > traceBytes) {
      this.stride *= 2
      const latest = this.iterations.at(-1)!
      this.iterations = this.iterations.filter((kept) => kept.iteration % this.stride === 0 || kept === latest)
    }
  }
}

async function figures(
  setting: Setting,
  standard: GaussianMixture,
  expectation: MixtureExpectation,
  bound: EmIteration<GaussianMixture>['bound'],
): Promise<Record<string, number | null>> {
  const { data, chunks, units, problem, runtime, control, reporter } = setting
  const shift = logScale(units)
  const rows = problem.weight
  const total = expectation.logLikelihood - rows * shift
  const degrees = freeParameters(standard)
  const bic = 2 * total - degrees * Math.log(rows)
  const final: Record<string, number> = {
    'train/logLikelihood': total / rows,
    'train/bic': bic,
    'train/aic': 2 * total - 2 * degrees,
    'train/icl': bic + 2 * expectation.certainty,
    ...(bound ? { 'train/lowerBound': bound.lowerBound - shift, 'train/kl': bound.kl } : {}),
  }
  const agreement = async (part: PreparedPart | null, name: string, given: Chunks | null): Promise<void> => {
    if (!part || (given && !part.labels)) return
    const cut = given ?? cutIntoChunks(toStandard(part.features as Float64Array, units), data.features)
    const { responsibilities, logDensity } = await mixturePosterior(runtime, cut, standard, control.yield)
    if (!given) final[`${name}/logLikelihood`] = logDensity.reduce((sum, value) => sum + value, 0) / part.rows - shift
    if (!part.labels) return
    const assigned = assignments(responsibilities, standard.components)
    final[`${name}/ari`] = adjustedRandIndex(part.labels, assigned)
    final[`${name}/nmi`] = normalizedMutualInformation(part.labels, assigned)
  }
  await agreement(data.train, 'train', chunks)
  await agreement(data.validation, 'validation', null)
  await agreement(data.test, 'test', null)
  reporter.flush()
  return final
}

/** The most responsible component of each row; the first of equals. */
export function assignments(responsibilities: Float64Array, components: number): Int32Array {
  return Int32Array.from({ length: responsibilities.length / components }, (_, row) => {
    let best = 0
    for (let component = 1; component < components; component += 1) {
      if (responsibilities[row * components + component]! > responsibilities[row * components + best]!) best = component
    }
    return best
  })
}
