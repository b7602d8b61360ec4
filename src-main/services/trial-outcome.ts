import { isTerminal, type Notice, type Run } from '@shared/domain/run'
import type { SweepPlan, Trial } from '@shared/domain/sweep'
import { notice } from '@shared/rpc/errors'
import { pruneOf } from './sweep-curves'

type Outcome = Pick<Trial, 'status' | 'values' | 'reason'>

/** How a trial ended, from its runs in the order of the seeds; null while it goes on. The first run that gives no value ends it. */
export function outcomeOf(trial: Trial, plan: SweepPlan, runs: readonly { id: string; run: Run | null }[], tooLong: ReadonlySet<string>): Outcome | null {
  for (const { id, run } of runs) {
    if (!run) return failed(trial, notice('sweep/run-removed', { id }))
    if (!isTerminal(run.status) || run.status === 'interrupted' || lackedRoom(run)) return null
    const ending = endingOf(run, plan, tooLong)
    if (ending) return { values: trial.values, ...ending }
  }
  if (runs.length < plan.seeds.length) return null
  const values = plan.objective.map(({ metric }) => runs.reduce((sum, { run }) => sum + run!.metrics[metric]!, 0) / runs.length)
  return { status: 'completed', values, reason: null }
}

/** Ended by a full disk, which is no fault of its trial: it goes on when there is room again. */
export const lackedRoom = ({ status, error }: Run): boolean => status === 'failed' && error?.code === 'system/disk-full'

const failed = (trial: Trial, reason: Notice): Outcome => ({ status: 'failed', values: trial.values, reason })

/** How one run ends its trial; null where it gave its values. */
function endingOf(run: Run, { objective, maxMinutes }: SweepPlan, tooLong: ReadonlySet<string>): Partial<Outcome> & Pick<Outcome, 'status' | 'reason'> | null {
  if (run.status === 'failed') return { status: 'failed', reason: run.error }
  if (run.status === 'cancelled') {
    const pruned = pruneOf(run)
    if (pruned) return { status: 'pruned', reason: pruned, values: [typeof pruned.details['value'] === 'number' ? pruned.details['value'] : null] }
    if (tooLong.has(run.id)) return { status: 'failed', reason: notice('sweep/trial-too-long', { minutes: maxMinutes }) }
    return { status: 'cancelled', reason: notice('sweep/run-cancelled', { id: run.id }) }
  }
  for (const { metric } of objective) {
    if (!(metric in run.metrics)) {
      const known = Object.keys(run.metrics)
      return { status: 'failed', reason: known.length > 0 ? notice('sweep/objective-missing', { metric, known }) : notice('sweep/no-metrics', { metric }) }
    }
    if (run.metrics[metric] === null) return { status: 'failed', reason: notice('sweep/no-value', { id: run.id, metric }) }
  }
  return null
}

/** Where the first so many trials all failed: why the sweep is not worth going on with, in the words of most of them. */
export function commonFailure(trials: readonly Trial[], { stopAfterFailures }: SweepPlan): Notice | null {
  const over = trials.filter(({ status }) => status !== 'running' && status !== 'cancelled')
  if (stopAfterFailures === 0 || over.length < stopAfterFailures || over.some(({ status }) => status !== 'failed')) return null
  const reasons = new Map<string, { reason: Notice; count: number }>()
  for (const { reason } of over) {
    if (!reason) continue
    const known = reasons.get(reason.code)
    reasons.set(reason.code, { reason: known?.reason ?? reason, count: (known?.count ?? 0) + 1 })
  }
  const [most] = [...reasons.values()].sort((a, b) => b.count - a.count)
  return most ? notice('sweep/all-failed', { count: over.length, share: most.count, reason: [most.reason] }) : null
}
