import type { Runtime } from '../graph/runtime'
import type { LatentDensity } from '../models/latent-density'
import { annealedWeights } from './annealed'
import { ImportanceSampler, type Proposal, importanceWeights } from './importance'
import { groupedEstimates, paretoShape, runningEstimates, sampleCounts, weightFigures } from './log-weights'
import { type RefinedProposal, correlatedProposal } from './refine'
import { type RowValues, someRows } from './rows'

/* Estimates of log p(x) for many rows, block by block: the weights of a block are held, and let go before the next. */

export interface SamplingPlan {
  proposal: Proposal | 'annealed'
  /** Weights of a row: samples of z, or annealed chains. */
  samples: number
  /** Independent estimates of everything, to show how far they scatter. */
  repeats: number
  seed: number
  refine: { steps: number; samples: number; learningRate: number }
  annealing: { from: 'prior' | 'refined'; temperatures: number; leapfrogSteps: number }
}

export interface RowEstimates {
  /** log p̂ of each row, nats: [repeats][rows] */
  logLikelihood: Float64Array[]
  /** Variance of each repeat's mean of log p̂ over rows, by its own weights (delta method), nats²: [repeats] */
  samplingVariance: Float64Array
  /** Of the first repeat, for each row. */
  effectiveSampleSize: Float64Array
  paretoK: Float64Array
  /** How log p̂, averaged over rows, runs with the number of samples: one path of the first k samples for each repeat. */
  counts: number[]
  paths: Float64Array[]
  /** What k samples give on average: the mean over disjoint groups of k samples of the first repeat, and over rows. */
  expected: Float64Array
  /** Log-weights of the first rows in the first repeat, for histograms of p̂ and log p̂. */
  kept: Float64Array[]
  acceptance: number | null
}

export interface RowProgress {
  pause(): Promise<void>
  onProgress(done: number, total: number): void
}

/** Numbers held at once: rows of a block × samples. */
const weightsHeld = 4e6
const mostRows = 256
/** Rows whose weights are kept. */
const keptRows = 8

export const blockRowsFor = (samples: number): number => Math.max(1, Math.min(mostRows, Math.floor(weightsHeld / samples)))

function emptyEstimates(rows: number, samples: number, repeats: number): RowEstimates {
  const counts = sampleCounts(samples)
  return {
    logLikelihood: Array.from({ length: repeats }, () => new Float64Array(rows)),
    samplingVariance: new Float64Array(repeats),
    effectiveSampleSize: new Float64Array(rows),
    paretoK: new Float64Array(rows),
    counts,
    paths: Array.from({ length: repeats }, () => new Float64Array(counts.length)),
    expected: new Float64Array(counts.length),
    kept: [],
    acceptance: null,
  }
}

/** Estimates from weights that are made row by row. */
export async function collectRows(
  rows: number,
  samples: number,
  repeats: number,
  weightsOf: (row: number, repeat: number) => Promise<Float64Array>,
  { pause, onProgress }: RowProgress,
): Promise<RowEstimates> {
  const estimates = emptyEstimates(rows, samples, repeats)
  for (let row = 0; row < rows; row += 1) {
    for (let repeat = 0; repeat < repeats; repeat += 1) addRow(estimates, await weightsOf(row, repeat), row, repeat, rows)
    onProgress(row + 1, rows)
    await pause()
  }
  return estimates
}

export async function estimateRows(runtime: Runtime, model: LatentDensity, values: RowValues, plan: SamplingPlan, progress: RowProgress): Promise<RowEstimates> {
  const { rows } = values
  const estimates = emptyEstimates(rows, plan.samples, plan.repeats)
  const blockRows = plan.proposal === 'annealed' ? Math.max(1, Math.min(64, Math.floor(4096 / plan.samples))) : blockRowsFor(plan.samples)
  const source = weightSource(runtime, model, plan, progress.pause)
  const blocks = Math.ceil(rows / blockRows)
  for (let block = 0; block < blocks; block += 1) {
    const first = block * blockRows
    const part = someRows(model, values, first, blockRows)
    for (let repeat = 0; repeat < plan.repeats; repeat += 1) {
      const done = block * plan.repeats + repeat
      const total = blocks * plan.repeats
      const { weights, acceptance } = await source.weights(part, first, repeat, (share) => progress.onProgress(done + share, total))
      if (acceptance !== null) estimates.acceptance = (estimates.acceptance ?? 0) + acceptance / total
      weights.forEach((own, index) => addRow(estimates, own, first + index, repeat, rows))
      progress.onProgress(done + 1, total)
    }
  }
  await source.dispose()
  return estimates
}

function addRow(estimates: RowEstimates, logWeights: Float64Array, row: number, repeat: number, rows: number): void {
  runningEstimates(logWeights, estimates.counts).forEach((value, at) => (estimates.paths[repeat]![at]! += value / rows))
  const { logMean, standardError, effectiveSampleSize } = weightFigures(logWeights)
  estimates.logLikelihood[repeat]![row] = logMean
  estimates.samplingVariance[repeat]! += (standardError / rows) ** 2
  if (repeat > 0) return
  estimates.effectiveSampleSize[row] = effectiveSampleSize
  estimates.paretoK[row] = paretoShape(logWeights)
  groupedEstimates(logWeights, estimates.counts).forEach((value, at) => (estimates.expected[at]! += value / rows))
  if (row < keptRows) estimates.kept[row] = logWeights
}

function weightSource(runtime: Runtime, model: LatentDensity, plan: SamplingPlan, pause: () => Promise<void>) {
  const { proposal, samples, seed } = plan
  const sampler = new ImportanceSampler(runtime, model)
  let refinedFor = -1
  let refined: Required<RefinedProposal> | null = null
  const isRefined = proposal === 'refined' || (proposal === 'annealed' && plan.annealing.from === 'refined')
  return {
    async weights(values: RowValues, firstRow: number, repeat: number, onShare: (share: number) => void) {
      if (isRefined && refinedFor !== firstRow) {
        refined = await correlatedProposal(runtime, model, values, { ...plan.refine, seed, stream: `evidence/refine/${firstRow}`, pause })
        refinedFor = firstRow
      }
      if (proposal === 'annealed') {
        const { temperatures, leapfrogSteps } = plan.annealing
        const { logWeights, acceptance } = await annealedWeights(runtime, model, values, {
          chains: samples,
          temperatures,
          leapfrogSteps,
          start: refined,
          seed,
          stream: `evidence/annealed/${repeat}/${firstRow}`,
          pause,
          onTemperature: (done, total) => onShare(done / total),
        })
        return { weights: logWeights, acceptance }
      }
      const options = { samples, proposal, seed, repeat, pause, onSamples: (done: number) => onShare(done / samples) }
      return { weights: await importanceWeights(sampler, values, firstRow, options, proposal === 'refined' ? refined : null), acceptance: null }
    },
    dispose: () => sampler.dispose(),
  }
}
