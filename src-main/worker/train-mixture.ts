import type { TrainResult } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { compiledPool } from '../graph/compiled-pool'
import { bestRestart, hitsOfBest } from '../inference/restarts'
import { CollapsedComponent } from '../models/mixtures/mixture-family'
import { staysOnDisk } from './memory-budget'
import { figures } from './mixture-figures'
import { type KeptStart, saveMixture, saveRestarts } from './mixture-files'
import { record } from './mixture-record'
import { search } from './mixture-search'
import { type MixtureSetting, mixtureSetting } from './mixture-setting'
import { needOf, streamedSetting } from './mixture-stream'
import type { TrainContext } from './train-context'

/** Fits from every start, then goes over the best fit once more and records each of its iterations. */
export async function trainMixture(context: TrainContext): Promise<TrainResult> {
  if (staysOnDisk(context.task.dataset, needOf(context.task))) return fitted(await streamedSetting(context))
  const runtime = compiledPool(context.runtime)
  try {
    return await fitted(await mixtureSetting({ ...context, runtime }))
  } finally {
    await runtime.drain()
  }
}

async function fitted(setting: MixtureSetting): Promise<TrainResult> {
  const { problem, family, reporter, units, task } = setting
  const givenUp: KeptStart[] = []
  const restarts = await search(setting, undefined, ({ origin, fate, finalist, attempt }) => void givenUp.push({ origin, fate, restart: finalist, trace: attempt.trace }))
  if (restarts.length > 1) saveRestarts(setting.files, family, restarts)
  const best = bestRestart(restarts)
  if (!best) throw new AppError('em/component-collapsed', { component: (restarts[0]!.collapsed ?? 0) + 1 })
  const spurious = restarts.filter((restart) => restart.spurious).length
  const hits = hitsOfBest(restarts, best.logLikelihood!, problem.weight)
  if (best.spurious) reporter.warn('em/best-is-spurious', { restarts: restarts.length })
  else if (spurious > 0) reporter.warn('em/spurious-excluded', { count: spurious, restarts: restarts.length })
  const independent = !['auto', 'short-runs', 'split-and-merge'].includes(setting.inference.initialization)
  if (independent && restarts.length > 1 && hits === 1 && !best.spurious) reporter.warn('em/best-hit-once', { hits, restarts: restarts.length })

  const result = await record(setting, best, restarts, givenUp).catch((error: unknown) => {
    throw error instanceof CollapsedComponent ? new AppError('em/component-collapsed', { component: error.component + 1 }) : error
  })
  saveMixture(setting.files, family, task.spec.model.kind, family.toModelUnits(result.parameters, units), setting.preparation)
  const figured = await figures(setting, result.parameters, result)
  await problem.dispose()
  return { status: 'completed', converged: result.converged, iterations: result.iterations, epochs: null, ...figured }
}
