import { parsePruner } from '@shared/domain/pruner-spec'
import type { Notice, Run } from '@shared/domain/run'
import { asCost, type SweepPlan, type Trial } from '@shared/domain/sweep'
import { notice } from '@shared/rpc/errors'
import type { MetricStore } from '../store/metric-store'
import { type Curve, judge, rungsOf, type Verdict } from '../search/pruner'

/** Judges the runs of one sweep at their rungs, from what is stored. */
export interface SweepJudge {
  rungs(trial: number, run: Run): number[]
  verdict(trial: Trial, run: Run, step: number): Notice | null
}

export function createSweepJudge(plan: SweepPlan, metrics: MetricStore, trials: () => readonly Trial[]): SweepJudge {
  const pruner = parsePruner(plan.pruner)
  const { metric, direction } = plan.objective[0]!
  const finished = new Map<string, Curve>()

  const curveOf = (trial: number, runId: string): Curve => {
    const { step = [], value = [] } = metrics.read(runId, metric)[metric] ?? {}
    return { trial, step, cost: value.map((one) => (one === null ? null : asCost(one, direction))) }
  }
  /** Curves of the same seed of trials that were over when this one began. */
  function others(trial: Trial, seed: number): Curve[] {
    return trials().flatMap(({ index, runs }) => {
      if (index > trial.index - plan.parallel) return []
      const run = runs.find((one) => one.seed === seed)
      if (!run) return []
      const curve = finished.get(run.id) ?? curveIfStored(index, run.id)
      if (curve) finished.set(run.id, curve)
      return curve ?? []
    })
  }
  function curveIfStored(trial: number, runId: string): Curve | null {
    try {
      return curveOf(trial, runId)
    } catch {
      // the run was removed with its curve
      return null
    }
  }
  const epochsOf = (run: Run): number => (run.spec.inference.kind === 'gradient' ? run.spec.inference.epochs : 0)

  return {
    rungs: (trial, run) => rungsOf(pruner, epochsOf(run), trial),
    verdict: (trial, run, step) => {
      const found = judge(pruner, { own: curveOf(trial.index, run.id), others: others(trial, run.spec.seed), step, epochs: epochsOf(run) })
      return found && inWords(found, metric, (cost) => asCost(cost, direction))
    },
  }
}

function inWords(verdict: Verdict, metric: string, valueOf: (cost: number) => number): Notice {
  const { rule, step } = verdict
  if (verdict.rule === 'not-finite') return notice('sweep/pruned-not-finite', { step, metric })
  const { cost, threshold, ...rest } = verdict
  return notice(`sweep/pruned-by-${verdict.rule}`, { ...rest, rule, step, metric, value: valueOf(cost), threshold: valueOf(threshold) })
}

export const pruneOf = (run: Run): Notice | null => run.warnings.find(({ code }) => code.startsWith('sweep/pruned-')) ?? null
