import type { GapFigure, GapsOptions } from '@shared/domain/gaps'
import type { Runtime } from '../graph/runtime'
import type { LatentDensity } from '../models/latent-density'
import { annealedWeights } from './annealed'
import { type RowProgress, blockRowsFor } from './estimate'
import { ImportanceSampler, importanceWeights } from './importance'
import { weightFigures } from './log-weights'
import { correlatedProposal, guessedProposal, refineProposal } from './refine'
import { type RowValues, someRows } from './rows'

/** Figures of each row and what sampling leaves uncertain of them: [rows] each. */
interface RowFigures {
  values: Float64Array
  standardErrors: Float64Array
}

export interface RowGaps {
  elbo: RowFigures
  refinedElbo: RowFigures
  logLikelihood: RowFigures
}

const figures = (rows: number): RowFigures => ({ values: new Float64Array(rows), standardErrors: new Float64Array(rows) })

/**
 * The ELBO with the model's own q(z|x), that with a diagonal Gaussian refined for each row, and log p(x), row by row: means of the log-weights,
 * and the logarithm of the mean weight.
 */
export async function rowGaps(
  runtime: Runtime,
  model: LatentDensity,
  values: RowValues,
  options: GapsOptions,
  { pause, onProgress }: RowProgress,
): Promise<RowGaps> {
  const { rows } = values
  const { samples, seed } = options
  const found: RowGaps = { elbo: figures(rows), refinedElbo: figures(rows), logLikelihood: figures(rows) }
  const sampler = new ImportanceSampler(runtime, model)
  const blockRows = options.estimator === 'ais' ? Math.max(1, Math.min(64, Math.floor(4096 / options.chains))) : blockRowsFor(samples)
  for (let first = 0; first < rows; first += blockRows) {
    const block = someRows(model, values, first, blockRows)
    const own = { samples, seed, repeat: 0, pause }
    const amortized = await importanceWeights(sampler, block, first, { ...own, proposal: 'model' })
    const start = await guessedProposal(runtime, model, block)
    const ascent = { correlated: false, steps: options.refineSteps, samples: refineSamples, learningRate: refineRate, seed, stream: `gaps/refine/${first}`, pause }
    const best = await refineProposal(runtime, model, block, start, ascent)
    const refined = await importanceWeights(sampler, block, first, { ...own, proposal: 'independent' }, best)
    const evidence = options.estimator === 'ais' ? await annealed(runtime, model, block, first, options, pause) : refined
    for (let row = 0; row < block.rows; row += 1) {
      setMean(found.elbo, first + row, amortized[row]!)
      setMean(found.refinedElbo, first + row, refined[row]!)
      const { logMean, standardError } = weightFigures(evidence[row]!)
      found.logLikelihood.values[first + row] = logMean
      found.logLikelihood.standardErrors[first + row] = standardError
    }
    onProgress(first + block.rows, rows)
    await pause()
  }
  await sampler.dispose()
  return found
}

const refineSamples = 8
const refineRate = 0.02

async function annealed(runtime: Runtime, model: LatentDensity, block: RowValues, first: number, options: GapsOptions, pause: () => Promise<void>): Promise<Float64Array[]> {
  const { chains, temperatures, leapfrogSteps, seed } = options
  const climb = { steps: options.refineSteps, samples: refineSamples, learningRate: refineRate, seed, stream: `gaps/start/${first}`, pause }
  const start = await correlatedProposal(runtime, model, block, climb)
  const { logWeights } = await annealedWeights(runtime, model, block, { start, chains, temperatures, leapfrogSteps, seed, stream: `gaps/annealed/${first}`, pause })
  return logWeights
}

/** The mean of log-weights is the bound; its standard error is their deviation over √samples. */
function setMean({ values, standardErrors }: RowFigures, row: number, logWeights: Float64Array): void {
  const count = logWeights.length
  const mean = logWeights.reduce((sum, value) => sum + value / count, 0)
  const variance = logWeights.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  values[row] = mean
  standardErrors[row] = Math.sqrt(variance / count)
}

/** Mean over rows of what was sampled row by row. */
export function meanFigure({ values, standardErrors }: RowFigures): GapFigure {
  const rows = values.length
  return {
    value: values.reduce((sum, value) => sum + value, 0) / rows,
    standardError: Math.sqrt(standardErrors.reduce((sum, error) => sum + error ** 2, 0)) / rows,
  }
}

/** Mean over rows of a difference; its standard error as if both were sampled apart. */
export const differenceFigure = (above: RowFigures, below: RowFigures): GapFigure =>
  meanFigure({
    values: above.values.map((value, row) => value - below.values[row]!),
    standardErrors: above.standardErrors.map((error, row) => Math.hypot(error, below.standardErrors[row]!)),
  })
