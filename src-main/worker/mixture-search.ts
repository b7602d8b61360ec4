import { type Restart, type RestartPlan, bestRestart, chooseStarts, fitRestarts } from '../inference/restarts'
import { startsFor } from '../inference/starts'
import type { Mixture } from '../models/mixtures/mixture-family'
import { loadRestarts, saveRestarts } from './mixture-files'
import { type MixtureSetting, trainKeys } from './mixture-setting'

/** Fits from every start; those that an earlier process has done are not done again. */
export async function search(setting: MixtureSetting): Promise<Restart<Mixture>[]> {
  const { inference, features, family, task, files, reporter, control, problem, climbed } = setting
  const done = task.resume ? loadRestarts(files, family) : []
  if (task.resume) {
    reporter.send({ kind: 'rewind', keys: [`restarts/${climbed.key}`], afterStep: done.length - 1 })
    reporter.send({ kind: 'rewind', keys: trainKeys(climbed), afterStep: -1 })
  }
  const plan: RestartPlan<Mixture> = {
    problem,
    from: done.length,
    restarts: inference.restarts,
    startsOf: startsFor(problem, { features, columns: family.columns }, inference.initialization, task.spec.seed),
    options: { tolerance: inference.tolerance, maxIterations: inference.maxIterations, pause: control.yield },
  }
  if (inference.restarts === 1) return [await onlyStart(plan)]
  const kept = [...done]
  let lastSave = performance.now()
  await fitRestarts({
    ...plan,
    onRestart: (restart) => {
      kept.push(restart)
      reporter.metrics(restart.index, {
        [`restarts/${climbed.key}`]: restart.logLikelihood === null ? NaN : climbed.tell(restart.logLikelihood),
      })
      reporter.progress('restarts', restart.index + 1, inference.restarts + 1)
      if (performance.now() - lastSave > 1000) {
        saveRestarts(files, family, kept, bestRestart(kept)?.index ?? -1)
        reporter.send({ kind: 'checkpoint' })
        lastSave = performance.now()
      }
    },
  })
  return kept
}

/** With one start there is nothing to choose from: it is fitted and recorded in one go. */
async function onlyStart(plan: RestartPlan<Mixture>): Promise<Restart<Mixture>> {
  const [{ origin, attempt }] = (await chooseStarts(plan, [0])) as [Awaited<ReturnType<typeof chooseStarts<Mixture>>>[number]]
  const { start } = attempt
  const unknown = { iterations: 0, logLikelihood: -Infinity, converged: false, spurious: false, trace: [], collapsed: null }
  return { index: 0, origin, start, parameters: start, ...unknown }
}
