import type { Restart } from '../inference/restarts'
import { type SearchPlan, contendersFor, searchRestarts } from '../inference/search'
import type { Mixture } from '../models/mixtures/mixture-family'
import { loadRestarts, saveRestarts } from './mixture-files'
import { modelPosterior } from './mixture-posterior'
import { type MixtureSetting, trainKeys } from './mixture-setting'

/** Fits from every start; those that an earlier process has done are not done again. */
export async function search(setting: MixtureSetting): Promise<Restart<Mixture>[]> {
  const { inference, features, family, task, files, reporter, control, problem, climbed, runtime } = setting
  const done = task.resume ? loadRestarts(files, family) : []
  if (task.resume) {
    reporter.send({ kind: 'rewind', keys: [`restarts/${climbed.key}`], afterStep: done.length - 1 })
    reporter.send({ kind: 'rewind', keys: trainKeys(climbed), afterStep: -1 })
  }
  const kept = [...done]
  let lastSave = performance.now()
  const plan: SearchPlan<Mixture> = {
    problem,
    rows: { features, columns: family.columns },
    seed: task.spec.seed,
    initialization: inference.initialization,
    restarts: inference.restarts,
    responsibilities: async (mixture) => (await modelPosterior({ runtime, model: task.spec.model, features, family, mixture, pause: control.yield })).responsibilities,
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

/** With one start there is nothing to choose from: it is fitted and recorded in one go. */
async function onlyStart(plan: SearchPlan<Mixture>): Promise<Restart<Mixture>> {
  const { origin, attempt } = await (await contendersFor(plan)).contender(0)
  const { start } = attempt
  const unknown = { iterations: 0, logLikelihood: -Infinity, converged: false, spurious: false, trace: [], collapsed: null }
  return { index: 0, origin, start, parameters: start, ...unknown }
}
