import type { Pruner } from '@shared/domain/pruner-spec'

/*
 * Whether a trial goes on. A trial is judged at certain epochs, its rungs, against trials that were over when it began, so that the answer
 * hangs on their curves alone and not on which process was faster.
 */

/** What a trial reported, smaller is better, by rising step; null where it was not finite. */
export interface Curve {
  trial: number
  step: readonly number[]
  cost: readonly (number | null)[]
}

/** Why a trial is not worth its remaining epochs. Costs are those of the curves. */
export type Verdict =
  | { rule: 'not-finite'; step: number }
  | { rule: 'median'; step: number; cost: number; threshold: number; count: number }
  | { rule: 'asha'; step: number; cost: number; threshold: number; count: number; kept: number }
  | { rule: 'hyperband'; step: number; cost: number; threshold: number; count: number; kept: number; bracket: number }

/** Steps at which a trial is judged, rising, all below the last epoch. */
export function rungsOf(pruner: Pruner, epochs: number, trial: number): number[] {
  switch (pruner.kind) {
    case 'none':
      return []
    case 'median': {
      const { warmup, interval } = pruner
      const first = Math.max(1, warmup)
      return Array.from({ length: Math.max(0, Math.ceil((epochs - first) / interval)) }, (_, index) => first + index * interval)
    }
    case 'asha':
      return geometric(firstRung(pruner, epochs), pruner.reduction, epochs)
    case 'hyperband':
      return geometric(firstRung(pruner, epochs) * pruner.reduction ** bracketOf(pruner, epochs, trial), pruner.reduction, epochs)
    default:
      return pruner satisfies never
  }
}

/** Measured on a sweep of 30 VAEs × 64 epochs: with rungs from 1 or 2 epochs on, the best trial was lost; from 3 on it was kept. */
const firstRung = ({ minimum }: { minimum?: number | undefined }, epochs: number): number => minimum ?? Math.max(1, Math.round(epochs / 20))

function geometric(minimum: number, reduction: number, epochs: number): number[] {
  const steps: number[] = []
  for (let step = minimum; step < epochs; step *= reduction) steps.push(step)
  return steps
}

/**
 * The bracket of a trial: s = 0 is the strictest. Li et al. 2018 give bracket s (here counted from the strictest) a share of configurations
 * n_s ∝ η^(B−s)/(B−s+1) with B+1 brackets; trials are dealt out so that the shares hold at any time.
 */
export function bracketOf({ minimum, reduction }: { minimum?: number | undefined; reduction: number }, epochs: number, trial: number): number {
  const last = Math.max(0, Math.floor(Math.log(epochs / firstRung({ minimum }, epochs)) / Math.log(reduction) + 1e-9))
  const shares = Array.from({ length: last + 1 }, (_, bracket) => reduction ** (last - bracket) / (last - bracket + 1))
  const dealt = shares.map(() => 0)
  let bracket = 0
  for (let index = 0; index <= trial; index += 1) {
    const due = shares.map((share, at) => (dealt[at]! + 1) / share)
    bracket = due.indexOf(Math.min(...due))
    dealt[bracket]! += 1
  }
  return bracket
}

/**
 * @param own     the curve of the trial, up to the step and perhaps beyond
 * @param others  of trials that were over when this one began
 * @param step    one of its rungs
 * @returns       null where the trial goes on
 */
export function judge(pruner: Pruner, { own, others, step, epochs }: { own: Curve; others: readonly Curve[]; step: number; epochs: number }): Verdict | null {
  if (pruner.kind === 'none') return null
  const cost = costAt(own, step)
  if (cost === undefined) return null
  if (cost === null) return { rule: 'not-finite', step }
  if (pruner.kind === 'median') {
    const there = costsAt(others, step)
    if (there.length < pruner.startTrials) return null
    const reached = Math.min(...own.cost.filter((one, index) => one !== null && own.step[index]! <= step).map(Number))
    const threshold = medianOf(there)
    return reached > threshold ? { rule: 'median', step, cost: reached, threshold, count: there.length } : null
  }
  const bracket = pruner.kind === 'hyperband' ? bracketOf(pruner, epochs, own.trial) : 0
  const rivals = pruner.kind === 'hyperband' ? others.filter(({ trial }) => bracketOf(pruner, epochs, trial) === bracket) : others
  const there = [...costsAt(rivals, step), cost].sort((a, b) => a - b)
  const kept = Math.max(1, Math.floor(there.length / pruner.reduction))
  const threshold = there[kept - 1]!
  if (cost <= threshold) return null
  const verdict = { step, cost, threshold, count: there.length, kept }
  return pruner.kind === 'hyperband' ? { rule: 'hyperband', bracket, ...verdict } : { rule: 'asha', ...verdict }
}

function costAt({ step, cost }: Curve, at: number): number | null | undefined {
  const index = step.indexOf(at)
  return index < 0 ? undefined : cost[index]
}

const costsAt = (curves: readonly Curve[], step: number): number[] =>
  curves.flatMap((curve) => {
    const cost = costAt(curve, step)
    return cost === null || cost === undefined ? [] : [cost]
  })

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}
