import { heldOutInWords, heldOutOf } from '@shared/domain/held-out'
import { metricLabel, primaryMetric } from '@shared/domain/metric'
import { parametersOf } from '@shared/domain/flat-spec'
import type { Run } from '@shared/domain/run'
import { columnValue } from '@shared/domain/run-table'
import { language, say } from './language'
import { duration, fields, inWords, shortNumber, table } from './output'

const known = <T>(value: T | null): T | undefined => value ?? undefined

/** What is known of each figure of held-out rows; undefined where there is none. */
const toldHeldOut = (run: Run): object | undefined => {
  const told = Object.keys(run.metrics).flatMap((key) => {
    const known = heldOutOf(run, key)
    return known ? [[key, known] as const] : []
  })
  return told.length > 0 ? Object.fromEntries(told) : undefined
}

/** A run as `run --json` prints it. */
export const runJson = (run: Run): object => ({
  id: run.id,
  name: run.name,
  status: run.status,
  converged: known(run.converged),
  iterations: known(run.iterations),
  epochs: known(run.epochs),
  device: run.device,
  runtime: run.runtime,
  durationMs: run.durationMs,
  metrics: run.metrics,
  heldOut: toldHeldOut(run),
  warnings: run.warnings,
  error: known(run.error),
})

/** A metric, a field of the specification by its path, or a field of the run itself; null where there is none. */
export function cellOf(run: Run, column: string): number | string | null {
  const metric = run.metrics[column]
  if (metric !== undefined) return metric
  const parameter = parametersOf(run)[column]
  if (parameter !== undefined) return columnValue(parameter)
  const own = { id: run.id, name: run.name, status: run.status, created: run.createdAt, duration: run.durationMs, iterations: run.iterations, epochs: run.epochs }
  return own[column as keyof typeof own] ?? null
}

export const listedRunJson = (run: Run, columns: readonly string[] = []): object => ({
  ...runJson(run),
  ...(columns.length > 0 && { columns: Object.fromEntries(columns.map((column) => [column, cellOf(run, column)])) }),
  shelf: run.shelf,
  model: run.spec.model.kind,
  dataset: { id: run.datasetId, name: run.datasetName, sha256: run.datasetSha256 },
  seed: run.spec.seed,
  createdAt: run.createdAt,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  progress: run.progress,
  resumable: run.resumable,
  tags: run.tags,
  notes: run.notes,
})

const statuses: Record<Run['status'], string> = {
  queued: '排队中',
  running: '运行中',
  paused: '已暂停',
  completed: '已完成',
  failed: '失败',
  cancelled: '已取消',
  interrupted: '已中断',
}
export const statusLabel = (status: Run['status']): string => say(status, statuses[status])

const knownInWords = (run: Run, key: string): string => {
  const known = heldOutOf(run, key)
  return known ? heldOutInWords([known], language) : ''
}

export function runText(run: Run): string {
  const head = fields([
    ['id', run.id],
    [say('status', '状态'), statusLabel(run.status)],
    [say('converged', '已收敛'), run.converged === null ? null : run.converged ? say('yes', '是') : say('no', '否')],
    [say('iterations', '迭代次数'), run.iterations],
    [say('epochs', '轮数'), run.epochs],
    [say('device', '设备'), run.device && `${run.device} (${run.runtime})`],
    [say('took', '用时'), duration(run.durationMs)],
  ])
  const metrics = Object.entries(run.metrics).map(([key, value]) => [
    metricLabel(key, language),
    value === null ? null : Number(shortNumber(value)),
    key,
    knownInWords(run, key),
  ])
  const notices = [...run.warnings.map((warning) => `! ${inWords(warning)}`), ...(run.error ? [`✗ ${inWords(run.error)}`] : [])]
  return [head, metrics.length ? table([say('metric', '指标'), say('value', '数值'), '', ''], metrics) : '', notices.join('\n')]
    .filter(Boolean)
    .join('\n\n')
}

export function runsTable(runs: readonly Run[], columns: readonly string[] = []): string {
  const rows = runs.map((run) => {
    const key = primaryMetric[run.spec.model.kind]
    const value = run.metrics[key]
    return [
      run.id,
      run.name || '–',
      statusLabel(run.status),
      run.spec.model.kind,
      run.datasetName,
      value === undefined || value === null ? '–' : `${metricLabel(key, language)} ${shortNumber(value)}`,
      duration(run.durationMs),
      run.createdAt.slice(0, 16).replace('T', ' '),
      ...columns.map((column) => {
        const value = cellOf(run, column)
        const known = heldOutOf(run, column)
        if (typeof value === 'number' && known) return `${shortNumber(value)} · ${heldOutInWords([known], language)}`
        return typeof value === 'number' ? Number(shortNumber(value)) : value
      }),
    ]
  })
  const header = [
    'id',
    say('name', '名称'),
    say('status', '状态'),
    say('model', '模型'),
    say('data', '数据'),
    say('figure', '指标'),
    say('took', '用时'),
    say('created', '创建时间'),
    ...columns,
  ]
  return table(header, rows)
}
