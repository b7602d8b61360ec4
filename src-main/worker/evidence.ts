import type { Evidence, EvidenceOptions } from '@shared/domain/evidence'
import type { Notice } from '@shared/domain/run'
import { type MessageCode } from '@shared/messages/messages'
import { AppError, notice } from '@shared/rpc/errors'
import { annealedWeights } from '../evidence/annealed'
import { discreteWeights } from '../evidence/discrete'
import { type RowEstimates, type RowProgress, collectRows, estimateRows } from '../evidence/estimate'
import { logSumExpOf, repeatedError } from '../evidence/log-weights'
import { correlatedProposal } from '../evidence/refine'
import { simulateRows } from '../evidence/simulate'
import type { Runtime } from '../graph/runtime'
import type { EvidenceSource } from './evidence-source'

/* One answer of the evidence lab: an estimator run over rows, with all that says how far it can be trusted. */

const simulatedRows = 100
/** A curve that stays this close to its end has settled, nats per row. */
const settledWithin = 0.05

export async function estimateEvidence(
  source: EvidenceSource,
  options: EvidenceOptions,
  { runtime, progress, model }: { runtime: Runtime; progress: RowProgress; model: string },
): Promise<Evidence> {
  const began = performance.now()
  const exact = source.exact ? await source.exact() : null
  const base = {
    estimator: options.estimator,
    seed: options.seed,
    part: source.part,
    rows: source.rows,
    settledWithin,
    exact: exact && meanOf(exact),
  }
  if (options.estimator === 'exact') {
    if (!exact) throw new AppError('evidence/not-exact', { model })
    return {
      ...base,
      ...nothingSampled,
      logLikelihood: base.exact,
      standardError: 0,
      rowStandardError: standardErrorOf(exact),
      perRow: [...exact],
      durationMs: performance.now() - began,
      verdict: [notice('evidence/is-exact')],
    }
  }
  const { estimates, proposal, shift } = await sample(source, options, { runtime, progress, model })
  const sandwich = options.estimator === 'ais' && options.sandwich && source.continuous ? await bothSides(source.continuous, options, runtime, progress) : null
  return describe({ ...base, proposal, sandwich }, { estimates, shift, exact, options, began })
}

const nothingSampled = {
  proposal: null,
  samples: null,
  repeats: 1,
  effectiveSampleSize: null,
  smallestEffectiveSampleSize: null,
  heavyTails: null,
  settledAt: null,
  curve: null,
  paths: [],
  expected: null,
  sandwich: null,
  acceptance: null,
  scatter: [],
}

const refinement = ({ refineSteps }: EvidenceOptions) => ({ steps: refineSteps, samples: 4, learningRate: 0.04 })

interface Place {
  runtime: Runtime
  progress: RowProgress
  model: string
}

async function sample(source: EvidenceSource, options: EvidenceOptions, { runtime, progress, model }: Place) {
  const { estimator, samples, repeats, seed } = options
  const { continuous, discrete } = source
  if (continuous) {
    if (continuous.density.isDiscrete && (estimator === 'ais' || options.proposal === 'refined')) throw new AppError('evidence/discrete-latent', { model, estimator })
    const proposal = estimator === 'naive' ? 'prior' : estimator === 'ais' ? 'annealed' : options.proposal
    const refine = refinement(options)
    const annealing = { from: options.annealFrom, temperatures: options.temperatures, leapfrogSteps: options.leapfrogSteps }
    const estimates = await estimateRows(runtime, continuous.density, continuous.values, { proposal, samples, repeats, seed, refine, annealing }, progress)
    return { estimates, proposal, shift: continuous.shift } as const
  }
  if (!discrete) throw new AppError('evidence/only-exact', { model, estimator })
  if (estimator === 'ais') throw new AppError('evidence/discrete-latent', { model, estimator })
  const proposal = estimator === 'naive' ? 'uniform' : 'model'
  const logJoint = await discrete.logJoint()
  const estimates = await collectRows(source.rows, samples, repeats, async (row, repeat) => {
    const own = logJoint.subarray(row * discrete.values, (row + 1) * discrete.values)
    return discreteWeights(own, { samples, proposal, seed, stream: `evidence/${proposal}/${repeat}/${row}` })
  }, progress)
  return { estimates, proposal, shift: 0 } as const
}

/** Annealing on simulated rows, whose latents are exact posterior samples: forwards from below, backwards from above. */
async function bothSides(
  { density, shift }: NonNullable<EvidenceSource['continuous']>,
  options: EvidenceOptions,
  runtime: Runtime,
  progress: RowProgress,
): Promise<Evidence['sandwich']> {
  const chains = Math.min(options.samples, 32)
  const drawn = await simulateRows(runtime, density, simulatedRows, { seed: options.seed, stream: 'evidence/simulated' })
  if (!drawn) throw new AppError('evidence/no-simulation', {})
  const { values, latent } = drawn
  const climb = { ...refinement(options), seed: options.seed, stream: 'evidence/sandwich/refine', pause: progress.pause }
  const start = options.annealFrom === 'refined' ? await correlatedProposal(runtime, density, values, climb) : null
  const plan = { start, chains, temperatures: options.temperatures, leapfrogSteps: options.leapfrogSteps, seed: options.seed, pause: progress.pause }
  const mean = (weights: readonly Float64Array[]): number => weights.reduce((sum, own) => sum + (logSumExpOf(own) - Math.log(chains)) / weights.length, 0)
  const up = await annealedWeights(runtime, density, values, { ...plan, stream: 'evidence/sandwich/forward' })
  const down = await annealedWeights(runtime, density, values, { ...plan, stream: 'evidence/sandwich/backward' }, latent)
  return { lower: mean(up.logWeights) - shift, upper: -mean(down.logWeights) - shift, rows: simulatedRows }
}

function describe(
  base: Pick<Evidence, 'estimator' | 'seed' | 'part' | 'rows' | 'settledWithin' | 'exact' | 'proposal' | 'sandwich'>,
  { estimates, shift, exact, options, began }: { estimates: RowEstimates; shift: number; exact: Float64Array | null; options: EvidenceOptions; began: number },
): Evidence {
  const repeats = Float64Array.from(estimates.logLikelihood, (own) => meanOf(own) - shift)
  // The IWAE bound is what K samples give on average; its repeats are averaged, not combined.
  const logLikelihood = meanOf(repeats)
  const shifted = (values: Float64Array): number[] => Array.from(values, (value) => value - shift)
  const tails = [...estimates.paretoK].filter((value) => !Number.isNaN(value))
  const described: Omit<Evidence, 'verdict'> = {
    ...base,
    samples: options.samples,
    repeats: options.repeats,
    logLikelihood,
    standardError: repeatedError(repeats, estimates.samplingVariance),
    rowStandardError: standardErrorOf(estimates.logLikelihood[0]!),
    effectiveSampleSize: median(estimates.effectiveSampleSize),
    smallestEffectiveSampleSize: estimates.effectiveSampleSize.reduce((least, value) => Math.min(least, value), Infinity),
    heavyTails: tails.length === 0 ? null : tails.filter((value) => value > 0.7).length / tails.length,
    settledAt: settledAt(estimates.counts, estimates.expected),
    curve: { samples: estimates.counts, logLikelihood: shifted(estimates.paths[0]!) },
    paths: estimates.paths.slice(1).map(shifted),
    expected: { samples: estimates.counts, logLikelihood: shifted(estimates.expected) },
    acceptance: estimates.acceptance,
    scatter: estimates.kept.map((own, row) => scatterOf(own, row, shift, exact)),
    perRow: shifted(estimates.logLikelihood[0]!),
    durationMs: performance.now() - began,
  }
  return { ...described, verdict: judge(described) }
}

/** The first number of samples from which the expected curve stays close to its end; not the end itself. */
function settledAt(counts: readonly number[], expected: Float64Array): number | null {
  const end = expected.at(-1)!
  const last = expected.findLastIndex((value) => !(Math.abs(value - end) <= settledWithin))
  return last + 1 < counts.length - 1 ? counts[last + 1]! : null
}

const groups = 100
function scatterOf(logWeights: Float64Array, row: number, shift: number, exact: Float64Array | null): Evidence['scatter'][number] {
  const groupSize = Math.max(1, Math.floor(logWeights.length / groups))
  const logEstimates = Array.from({ length: Math.floor(logWeights.length / groupSize) }, (_, group) => {
    return logSumExpOf(logWeights, group * groupSize, (group + 1) * groupSize) - Math.log(groupSize) - shift
  })
  return { row, exact: exact?.[row] ?? null, groupSize, logEstimates }
}

/** What the figures say, in words; the gravest first. */
function judge(evidence: Omit<Evidence, 'verdict'>): Notice[] {
  const { estimator, samples, effectiveSampleSize, smallestEffectiveSampleSize, heavyTails, settledAt: settled, sandwich, exact, logLikelihood } = evidence
  const told: [MessageCode, Record<string, unknown>][] = []
  const rounded = (value: number): string => value.toFixed(value < 10 ? 1 : 0)
  if (effectiveSampleSize !== null && effectiveSampleSize < 5 && samples! > 5) told.push(['evidence/few-effective', { effective: rounded(effectiveSampleSize), samples }])
  else if (smallestEffectiveSampleSize !== null && smallestEffectiveSampleSize < 5 && samples! > 5) {
    told.push(['evidence/few-effective-rows', { effective: rounded(smallestEffectiveSampleSize), samples }])
  }
  if (heavyTails !== null && heavyTails > 0.05) told.push(['evidence/heavy-tails', { percent: Math.round(100 * heavyTails) }])
  if (estimator !== 'ais' && samples! > 1) told.push(settled === null ? ['evidence/not-settled', { samples }] : ['evidence/settled', { samples: settled, within: settledWithin }])
  if (estimator === 'iwae') told.push(['evidence/is-bound', { samples }])
  if (sandwich) told.push(['evidence/sandwich', { lower: sandwich.lower.toFixed(3), upper: sandwich.upper.toFixed(3), gap: (sandwich.upper - sandwich.lower).toFixed(3) }])
  if (exact !== null && logLikelihood !== null) told.push(['evidence/beside-exact', { exact: exact.toFixed(4), difference: (logLikelihood - exact).toFixed(4) }])
  return told.map(([code, details]) => notice(code, details))
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value / values.length, 0)
function standardErrorOf(values: Float64Array): number | null {
  if (values.length < 2) return null
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length)
}
function median(values: Float64Array): number {
  const sorted = values.slice().sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
