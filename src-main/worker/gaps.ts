import type { Gaps, GapsOptions } from '@shared/domain/gaps'
import type { Notice } from '@shared/domain/run'
import { AppError, notice } from '@shared/rpc/errors'
import type { RowProgress } from '../evidence/estimate'
import { differenceFigure, meanFigure, rowGaps } from '../evidence/gaps'
import type { Runtime } from '../graph/runtime'
import type { EvidenceSource } from './evidence-source'

/** Where the bound of a fitted model loses what it lacks to log p(x), for each row and on average. */
export async function measureGaps(
  source: EvidenceSource,
  options: GapsOptions,
  { runtime, progress, model }: { runtime: Runtime; progress: RowProgress; model: string },
): Promise<Gaps> {
  const began = performance.now()
  const { continuous, part, rows } = source
  if (!continuous || continuous.density.isDiscrete) throw new AppError('gaps/no-continuous-latent', { model })
  const { density, values, shift } = continuous
  const { elbo, refinedElbo, logLikelihood } = await rowGaps(runtime, density, values, options, progress)
  requireFinite({ elbo, refinedElbo, logLikelihood })
  const shifted = (figures: typeof elbo): typeof elbo => ({ ...figures, values: figures.values.map((value) => value - shift) })
  const found = { elbo: shifted(elbo), refinedElbo: shifted(refinedElbo), logLikelihood: shifted(logLikelihood) }
  const amortizationGap = differenceFigure(found.refinedElbo, found.elbo)
  const approximationGap = differenceFigure(found.logLikelihood, found.refinedElbo)
  return {
    part,
    rows,
    samples: options.samples,
    estimator: options.estimator,
    elbo: meanFigure(found.elbo),
    refinedElbo: meanFigure(found.refinedElbo),
    logLikelihood: meanFigure(found.logLikelihood),
    amortizationGap,
    approximationGap,
    perRow: Array.from({ length: rows }, (_, row) => ({
      row,
      elbo: found.elbo.values[row]!,
      refinedElbo: found.refinedElbo.values[row]!,
      logLikelihood: found.logLikelihood.values[row]!,
    })),
    durationMs: performance.now() - began,
    verdict: verdictOf(amortizationGap.value, approximationGap.value),
  }
}

/** A bound that is no number would make the means of all rows none: it is told, with the row. */
function requireFinite(found: Record<string, { values: Float64Array }>): void {
  for (const [name, { values }] of Object.entries(found)) {
    const rows = [...values.keys()].filter((row) => !Number.isFinite(values[row]))
    if (rows.length > 0) throw new AppError('gaps/not-finite', { name, count: rows.length, rows: values.length, row: rows[0]! + 1 })
  }
}

/** Gaps below this are as good as none, nats per row. */
const negligible = 0.01

function verdictOf(amortization: number, approximation: number): Notice[] {
  const details = { amortization: amortization.toFixed(3), approximation: approximation.toFixed(3) }
  if (amortization < -negligible) return [notice('gaps/encoder-beats-refined', details)]
  if (amortization < negligible && approximation < negligible) return [notice('gaps/none', details)]
  return [notice(amortization > approximation ? 'gaps/amortization' : 'gaps/approximation', details)]
}
