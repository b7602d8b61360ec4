import type { GroupSummary, MetricComparison, PairComparison } from '@shared/domain/comparison'
import { metricInfo } from '@shared/domain/metric'
import type { Notice } from '@shared/domain/run'
import {
  bootstrapDifference,
  bootstrapMean,
  type BootstrapOptions,
  cohenD,
  deviationOf,
  holm,
  meanInterval,
  meanOf,
  rankBiserial,
  welchTest,
  wilcoxonSignedRank,
} from '@shared/math/statistics'
import type { InSteps } from '@shared/math/row-blocks'
import { notice } from '@shared/rpc/errors'

/** One figure of one group: a value for each seed. */
export type BySeed = ReadonlyMap<number, number>
export interface StatisticsOptions {
  confidence: number
  resamples: number
  seed: number
  against?: number | 'best' | undefined
}

const fewSeeds = 5
/** Below six pairs the signed-rank test cannot come below 0.05. */
const fewPairs = 6
/** With more groups than this, pairs that cannot be tested are not listed. */
export const mostListed = 20

export function betterOf(key: string): MetricComparison['better'] {
  const name = key.slice(key.indexOf('/') + 1).replace(/\[\d+\]$/, '')
  return metricInfo[name]?.better ?? 'neither'
}

/** One value for each seed: the mean where a seed was run more than once. */
export function valuesBySeed(runs: readonly { seed: number; value: number | null | undefined }[]): Map<number, number> {
  const all = new Map<number, number[]>()
  for (const { seed, value } of runs) if (value !== null && value !== undefined) all.set(seed, [...(all.get(seed) ?? []), value])
  return new Map([...all].map(([seed, values]) => [seed, meanOf(values)]))
}

export function summarize(values: readonly number[], group: number, confidence: number): GroupSummary {
  const known = values.length > 1
  return {
    ...{ group, n: values.length, mean: values.length > 0 ? meanOf(values) : null },
    ...{ deviation: known ? deviationOf(values) : null, interval: meanInterval(values, confidence) },
  }
}

/** Every pair of groups by one figure (or every pair with one of them), with p-values that may be held against α together. */
export function* compareGroups(key: string, groups: readonly BySeed[], options: StatisticsOptions): InSteps<MetricComparison> {
  const better = betterOf(key)
  const comparisons: PairComparison[] = []
  const summaries = groups.map((values, group) => summarize([...values.values()], group, options.confidence))
  const fixed = options.against === 'best' ? bestOf(summaries, better) : options.against
  for (let first = 0; first < groups.length; first += 1) {
    for (let second = first + 1; second < groups.length; second += 1) {
      if (fixed !== undefined && first !== fixed && second !== fixed) continue
      if (groups.length > mostListed && Math.min(groups[first]!.size, groups[second]!.size) < 2) continue
      yield
      comparisons.push(comparePair([first, second], [groups[first]!, groups[second]!], better, { ...options, stream: `compare/${key}` }))
    }
  }
  const tested = comparisons.filter(({ pValue }) => pValue !== null)
  holm(tested.map(({ pValue }) => pValue!)).forEach((adjusted, index) => (tested[index]!.adjustedPValue = adjusted))
  return { better, summaries, comparisons }
}

/** The group with the best mean (the largest, where no way is better); undefined where none has a value. */
function bestOf(summaries: readonly GroupSummary[], better: MetricComparison['better']): number | undefined {
  const sign = better === 'lower' ? 1 : -1
  return summaries.filter(({ mean }) => mean !== null).sort((left, right) => sign * (left.mean! - right.mean!))[0]?.group
}

function comparePair(
  groups: [number, number],
  [a, b]: [BySeed, BySeed],
  better: MetricComparison['better'],
  { confidence, resamples, seed, stream }: StatisticsOptions & { stream: string },
): PairComparison {
  const shared = [...a.keys()].filter((one) => b.has(one)).sort((left, right) => left - right)
  // Paired where most of what there is can be paired; else a few shared seeds would cost all the others.
  const paired = shared.length > 1 && 2 * shared.length >= Math.min(a.size, b.size)
  const first = paired ? shared.map((one) => a.get(one)!) : [...a.values()]
  const second = paired ? shared.map((one) => b.get(one)!) : [...b.values()]
  const n: [number, number] = [first.length, second.length]
  const enough = Math.min(...n) > 1
  const bootstrap: BootstrapOptions = { level: confidence, resamples, key: { seed, stream } }
  const differences = paired ? first.map((value, index) => value - second[index]!) : []
  const test = !enough ? null : paired ? signedRank(differences) : welch(first, second)
  return {
    ...{ groups, n, adjustedPValue: null },
    ...(test ?? { test: null, statistic: null, degreesOfFreedom: null, pValue: null, effectSize: null }),
    difference: Math.min(...n) > 0 ? (paired ? meanOf(differences) : meanOf(first) - meanOf(second)) : null,
    interval: !enough ? null : paired ? bootstrapMean(differences, bootstrap) : bootstrapDifference(first, second, bootstrap),
    wins: winsOf(first, second, paired, better),
    warnings: warningsOf(n, paired, [a.size, b.size], enough && test === null),
  }
}

type Tested = Pick<PairComparison, 'test' | 'statistic' | 'degreesOfFreedom' | 'pValue' | 'effectSize'>

function signedRank(differences: readonly number[]): Tested | null {
  const test = wilcoxonSignedRank(differences)
  if (!test) return null
  const effectSize = { kind: 'rank-biserial' as const, value: rankBiserial(test) }
  return { test: 'wilcoxon-signed-rank', statistic: test.positive, degreesOfFreedom: null, pValue: test.pValue, effectSize }
}

function welch(first: readonly number[], second: readonly number[]): Tested | null {
  const test = welchTest(first, second)
  if (!test) return null
  const effectSize = { kind: 'cohen-d' as const, value: cohenD(first, second) }
  const statistic = Number.isFinite(test.statistic) ? test.statistic : null
  return { test: 'welch-t', statistic, degreesOfFreedom: test.degreesOfFreedom, pValue: test.pValue, effectSize }
}

function winsOf(first: readonly number[], second: readonly number[], paired: boolean, better: MetricComparison['better']): PairComparison['wins'] {
  if (better === 'neither') return null
  const wins = { first: 0, second: 0, ties: 0 }
  const meet = (one: number, other: number): void => {
    const lead = better === 'higher' ? one - other : other - one
    if (lead > 0) wins.first += 1
    else if (lead < 0) wins.second += 1
    else wins.ties += 1
  }
  if (paired) first.forEach((value, index) => meet(value, second[index]!))
  else for (const one of first) for (const other of second) meet(one, other)
  return wins
}

function warningsOf(n: [number, number], paired: boolean, sizes: [number, number], constant: boolean): Notice[] {
  const fewest = Math.min(...n)
  const warnings: Notice[] = []
  if (fewest < 2) warnings.push(notice('compare/one-seed', { n: fewest }))
  else if (fewest < (paired ? fewPairs : fewSeeds)) {
    warnings.push(paired ? notice('compare/few-pairs', { n: fewest, smallest: Number((2 / 2 ** fewest).toPrecision(3)) }) : notice('compare/few-seeds', { n: fewest }))
  }
  if (paired && Math.max(...sizes) > n[0]) warnings.push(notice('compare/unshared-seeds', { shared: n[0], first: sizes[0], second: sizes[1] }))
  if (constant) warnings.push(notice('compare/no-difference', {}))
  return warnings
}
