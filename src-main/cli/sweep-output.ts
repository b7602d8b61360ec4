import { estimatorWord, heldOutOf } from '@shared/domain/held-out'
import { metricLabel } from '@shared/domain/metric'
import type { ParameterValue } from '@shared/domain/search-space'
import { bestTrial, paretoTrials, type Sweep, type Trial, type TrialStatus } from '@shared/domain/sweep'
import { language, say } from './language'
import { duration, fields, inWords, shortNumber, table } from './output'

const trialJson = (trial: Trial, objectives: number): object => ({
  index: trial.index,
  parameters: trial.parameters,
  value: trial.values[0] ?? null,
  ...(objectives > 1 && { values: trial.values }),
  status: trial.status,
  ...(trial.status === 'pruned' && trial.reason && { prunedBy: trial.reason }),
  ...(trial.status === 'failed' && trial.reason && { error: trial.reason }),
  runs: trial.runs.map(({ id }) => id),
  seeds: trial.runs.map(({ seed }) => seed),
  source: trial.source,
  ...(trial.epochs !== null && { epochs: trial.epochs }),
  startedAt: trial.startedAt,
  endedAt: trial.endedAt,
})

/** A sweep as `sweep --json` prints it. */
export function sweepJson(sweep: Sweep, trials: readonly Trial[]): object {
  const { plan } = sweep
  const count = plan.objective.length
  const best = count === 1 ? bestTrial(trials, plan) : null
  const spent = trials.reduce((sum, { epochs }) => sum + (epochs ?? 0), 0)
  return {
    ...listedSweepJson(sweep),
    plan,
    spec: sweep.spec,
    trials: trials.map((trial) => trialJson(trial, count)),
    best: best && trialJson(best, count),
    ...(count > 1 && { pareto: paretoTrials(trials, plan).map((trial) => trialJson(trial, count)) }),
    ...(spent > 0 && { epochs: spent }),
  }
}

export const listedSweepJson = (sweep: Sweep): object => ({
  id: sweep.id,
  name: sweep.name,
  status: sweep.status,
  ...(sweep.error && { error: sweep.error }),
  dataset: sweep.datasetName,
  objective: sweep.plan.objective[0],
  ...(sweep.plan.objective.length > 1 && { objectives: sweep.plan.objective }),
  counts: sweep.counts,
  bestValue: sweep.bestValue,
  createdAt: sweep.createdAt,
  endedAt: sweep.endedAt,
})

const sweepStatuses: Record<Sweep['status'], string> = {
  running: '运行中',
  paused: '已暂停',
  completed: '已完成',
  failed: '失败',
  cancelled: '已停止',
  interrupted: '已中断',
}
const trialStatuses: Record<TrialStatus, string> = { running: '运行中', completed: '已完成', pruned: '已剪枝', failed: '失败', cancelled: '已取消' }

export const valueText = (value: ParameterValue): string =>
  typeof value === 'number' ? (shortNumber(value) ?? '') : Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
export const pointText = (point: Trial['parameters']): string =>
  Object.entries(point)
    .map(([path, value]) => `${path}=${valueText(value)}`)
    .join(' ')

/** How figures of held-out rows are estimated; `runs show` of a trial's run tells how far they are known. */
function estimated({ spec }: Sweep, metric: string): string[] {
  const { kind = '' } = (spec['model'] ?? {}) as { kind?: string }
  const known = heldOutOf({ spec: { model: { kind } } }, metric)
  return known ? [estimatorWord(known.estimator, language)] : []
}

export function sweepText(sweep: Sweep, trials: readonly Trial[]): string {
  const { plan, counts } = sweep
  const best = plan.objective.length === 1 ? bestTrial(trials, plan) : null
  const head = fields([
    ['id', sweep.id],
    [say('status', '状态'), say(sweep.status, sweepStatuses[sweep.status])],
    [say('objective', '目标'), plan.objective.map(({ metric, direction }) => `${metricLabel(metric, language)} (${[say(direction, direction === 'maximize' ? '最大化' : '最小化'), ...estimated(sweep, metric)].join(', ')})`).join(', ')],
    [say('trials', '试验'), countsText(counts, plan.trials)],
    [say('best', '最优'), best && `${shortNumber(best.values[0])} · ${say('trial', '试验')} ${best.index} · ${pointText(best.parameters)}`],
  ])
  const front = plan.objective.length > 1 ? new Set(paretoTrials(trials, plan).map(({ index }) => index)) : new Set<number>()
  const rows = trials.map((trial) => [
    `${trial.index}${trial.index === best?.index || front.has(trial.index) ? ' *' : ''}`,
    say(trial.status, trialStatuses[trial.status]),
    trial.values.map((value) => shortNumber(value) ?? '–').join(', '),
    pointText(trial.parameters),
    trial.reason ? inWords(trial.reason) : '',
  ])
  const header = ['#', say('status', '状态'), say('value', '取值'), say('parameters', '参数'), '']
  return [head, rows.length > 0 ? table(header, rows) : '', sweep.error ? `✗ ${inWords(sweep.error)}` : ''].filter(Boolean).join('\n\n')
}

function countsText(counts: Sweep['counts'], trials: number): string {
  const parts = (Object.keys(trialStatuses) as TrialStatus[]).filter((status) => counts[status] > 0)
  const total = parts.reduce((sum, status) => sum + counts[status], 0)
  return `${total}/${trials}${parts.length > 0 ? ` (${parts.map((status) => `${counts[status]} ${say(status, trialStatuses[status])}`).join(', ')})` : ''}`
}

export function sweepsTable(sweeps: readonly Sweep[]): string {
  const rows = sweeps.map((sweep) => [
    sweep.id,
    sweep.name,
    say(sweep.status, sweepStatuses[sweep.status]),
    countsText(sweep.counts, sweep.plan.trials),
    shortNumber(sweep.bestValue) ?? '–',
    sweep.createdAt.slice(0, 16).replace('T', ' '),
  ])
  return table(['id', say('name', '名称'), say('status', '状态'), say('trials', '试验'), say('best', '最优'), say('created', '创建时间')], rows)
}

export const progressText = ({ counts, plan, bestValue, etaMs }: Sweep): string => {
  const over = counts.completed + counts.pruned + counts.failed + counts.cancelled
  const best = bestValue === null ? '' : ` · ${say('best', '最优')} ${shortNumber(bestValue)}`
  return `${say('trials', '试验')} ${over}/${plan.trials}${best}${etaMs === null ? '' : ` · ${say(`${duration(etaMs)} left`, `剩余 ${duration(etaMs)}`)}`}`
}
