import { type EmVariantSpec, toleranceOf } from '@shared/domain/models/em'
import { type EmOptions, type EmResult, fitByEm } from '../inference/em'
import { fitVariant } from '../inference/em-variants'
import type { GivenUp } from '../inference/portfolio'
import type { Restart } from '../inference/restarts'
import { type SearchPlan, contendersFor, searchRestarts } from '../inference/search'
import { type Hierarchy, Starts } from '../inference/starts'
import { CollapsedComponent, type Mixture, type Sums } from '../models/mixtures/mixture-family'
import type { Rows } from '../models/mixtures/partitions'
import { givenStart } from './given-start'
import { loadRestarts, saveRestarts } from './mixture-files'
import { modelPosterior } from './mixture-posterior'
import { type MixtureSetting, trainKeys } from './mixture-setting'

/**
 * Fits from every start; those that an earlier process has done are not done again.
 *
 * @param hierarchy  agglomerations of the rows that are known already
 * @param onGivenUp  told of starts that did not go on to the end
 */
export async function search(setting: MixtureSetting, hierarchy?: Hierarchy, onGivenUp?: (one: GivenUp<Mixture>) => void): Promise<Restart<Mixture>[]> {
  const { inference, features, family, task, files, reporter, control, problem, climbed, runtime } = setting
  const done = task.resume ? loadRestarts(files, family) : []
  if (task.resume) {
    reporter.send({ kind: 'rewind', keys: [`restarts/${climbed.key}`], afterStep: done.length - 1 })
    reporter.send({ kind: 'rewind', keys: trainKeys(climbed), afterStep: -1 })
  }
  if (inference.kind !== 'em') return searchVariants(setting, inference, done)
  const kept = [...done]
  let lastSave = performance.now()
  const plan: SearchPlan<Mixture> = {
    problem,
    rows: startRows(setting),
    known: setting.known,
    labels: setting.labels,
    given: givenStart(setting),
    tempered: async () => {
      const temper = { inverseTemperature: 1 }
      return { temper, problem: await setting.problemWith({ posterior: 'annealed', temper }) }
    },
    seed: task.spec.seed,
    initialization: inference.initialization,
    restarts: inference.restarts,
    ...(hierarchy && { hierarchy }),
    ...(onGivenUp && { onGivenUp }),
    responsibilities: async (mixture) => (await modelPosterior({ runtime, model: task.spec.model, features, family, mixture, known: setting.known, pause: control.yield })).responsibilities,
    options: { tolerance: inference.tolerance, maxIterations: inference.maxIterations, pause: control.yield },
    done,
    onRestart: (restart) => {
      kept.push(restart)
      reporter.metrics(restart.index, {
        [`restarts/${climbed.key}`]: restart.logLikelihood === null ? NaN : climbed.tell(restart.logLikelihood),
      })
      reporter.progress('restarts', Math.min(restart.index + 1, inference.restarts), inference.restarts + 1)
      if (performance.now() - lastSave > 1000) {
        saveRestarts(files, family, kept)
        reporter.send({ kind: 'checkpoint' })
        lastSave = performance.now()
      }
    },
  }
  return inference.restarts === 1 ? [await onlyStart(plan)] : searchRestarts(plan)
}

/** What starts are chosen from. */
const startRows = ({ family, features, weights }: MixtureSetting): Rows => ({
  ...(family.distances?.(features) ?? { features, columns: family.columns }),
  weights,
})

/** With one start there is nothing to choose from: it is fitted and recorded in one go. */
async function onlyStart(plan: SearchPlan<Mixture>): Promise<Restart<Mixture>> {
  const { origin, attempt } = await (await contendersFor(plan)).contender(0)
  const { start } = attempt
  const unknown = { iterations: 0, logLikelihood: -Infinity, converged: false, spurious: false, trace: [], collapsed: null }
  return { index: 0, origin, start, parameters: start, ...unknown }
}

/** One fit from a start, by whatever the run is fitted by. */
export function fitOnce(setting: MixtureSetting, start: Mixture, index: number, options: EmOptions<Mixture>): Promise<EmResult<Mixture, Sums>> {
  const { inference, problem, runtime, family, features, weights, known, task } = setting
  if (inference.kind === 'em') return fitByEm(problem, start, options)
  const key = { seed: task.spec.seed, stream: `em/variant/${index}` }
  return fitVariant(inference, { runtime, family, features, weights, known, problem, start, key, options })
}

type VariantStart = EmVariantSpec['initialization']

async function startOf(kind: VariantStart, starts: Starts<Mixture>, given: (() => Promise<Mixture>) | null, index: number) {
  if (kind === 'parameters' || kind === 'responsibilities') return { origin: kind, start: await given!() }
  const { origin, begin } = starts.start(kind, String(index))
  return { origin, start: await begin() }
}

/** The relatives of EM are fitted one start after another. */
async function searchVariants(setting: MixtureSetting, inference: EmVariantSpec, done: Restart<Mixture>[]): Promise<Restart<Mixture>[]> {
  const { family, task, reporter, control, problem, climbed, files } = setting
  const starts = new Starts(problem, startRows(setting), task.spec.seed, new Map(), setting.known, false, setting.labels)
  const given = givenStart(setting)
  const count = given || inference.initialization === 'labels' ? 1 : inference.restarts
  const restarts = [...done]
  for (let index = done.length; index < count; index += 1) {
    const { origin, start } = await startOf(inference.initialization, starts, given, index)
    const unknown = { index, origin, iterations: 0, logLikelihood: -Infinity, converged: false, spurious: false, trace: [], start, parameters: start, collapsed: null }
    if (count === 1) return [unknown]
    const options = { tolerance: toleranceOf(inference), maxIterations: inference.maxIterations, identityEvery: 0, pause: control.yield }
    try {
      const { parameters, trace, iterations, converged } = await fitOnce(setting, start, index, options)
      const spurious = family.spurious(parameters, problem.weight) !== null
      restarts.push({ ...unknown, iterations, logLikelihood: trace.at(-1)!, converged, spurious, trace, parameters })
    } catch (error) {
      if (!(error instanceof CollapsedComponent)) throw error
      restarts.push({ ...unknown, logLikelihood: null, spurious: true, collapsed: error.component })
    }
    const { logLikelihood } = restarts.at(-1)!
    reporter.metrics(index, { [`restarts/${climbed.key}`]: logLikelihood === null ? NaN : climbed.tell(logLikelihood) })
    reporter.progress('restarts', index + 1, inference.restarts + 1)
    saveRestarts(files, family, restarts)
    reporter.send({ kind: 'checkpoint' })
  }
  return restarts
}
