import type { Comparison } from '@shared/domain/comparison'
import { isForeign } from '@shared/domain/foreign-run'
import type { Notice } from '@shared/domain/run'
import type { Sweep } from '@shared/domain/sweep'
import { notice } from '@shared/rpc/errors'
import type { ReportedRun } from '../reports/build'

export interface PreflightInput {
  runs: readonly ReportedRun[]
  comparison: Pick<Comparison, 'statistics'> | null
  /** Runs that the report names and that are not there. */
  gone: readonly string[]
  sweep: Sweep | null
  /** The sweep that the report names, where it is not there. */
  sweepGone: string | null
}

/** What a reviewer would ask for. */
export function preflight({ runs, comparison, gone, sweep, sweepGone }: PreflightInput): Notice[] {
  const notices: Notice[] = []
  const tell = (code: 'report/unfinished' | 'report/no-test' | 'report/no-estimator' | 'report/data-changed' | 'report/runs-gone' | 'report/imported', ids: readonly string[]): void => {
    if (ids.length > 0) notices.push(notice(code, { runs: ids }))
  }
  const named = (wanted: (one: ReportedRun) => boolean): string[] => runs.filter(wanted).map(({ run }) => run.id)
  tell('report/runs-gone', gone)
  if (sweepGone !== null) notices.push(notice('report/sweep-gone', { sweep: sweepGone }))
  if (sweep && sweep.status !== 'completed') notices.push(notice('report/sweep-unfinished', { sweep: sweep.id, status: sweep.status }))
  notices.push(...seedNotices(runs, comparison))
  tell('report/no-test', named(({ run }) => !Object.keys(run.metrics).some((key) => key.startsWith('test/'))))
  tell('report/unfinished', named(({ run }) => run.status !== 'completed'))
  tell('report/no-estimator', named(({ run, evidence }) => isBoundOnly(Object.keys(run.metrics)) && evidence.length === 0))
  tell('report/data-changed', named(({ run, dataset }) => dataset === null && !isForeign(run)))
  tell('report/imported', named(({ run }) => isForeign(run)))
  return notices
}

/** Of a model with an ELBO the bound is known, and log p(x) only where it was estimated. */
const isBoundOnly = (keys: readonly string[]): boolean => keys.some((key) => key.endsWith('/elbo'))

function seedNotices(runs: readonly ReportedRun[], comparison: PreflightInput['comparison']): Notice[] {
  const [first] = runs
  if (!first) return []
  if (new Set(runs.map(({ run }) => run.spec.seed)).size === 1) return [notice('report/one-seed', { seed: first.run.spec.seed })]
  const single = comparison?.statistics.groups.filter(({ seeds }) => new Set(seeds).size === 1).map(({ label }) => label) ?? []
  return single.length > 0 ? [notice('report/groups-one-seed', { groups: single })] : []
}
