import type { HeldOut, HeldOutEstimator } from '@shared/domain/held-out'
import { WeightedMean } from '@shared/math/weighted-mean'

/** Figures of a fit, with what is known of those of held-out rows. */
export interface FinalFigures {
  metrics: Record<string, number>
  heldOut: Record<string, HeldOut>
}

/** Of a mean over rows of which nothing is sampled. @param perRow  log p of each row, nats, whatever is added to all of them */
export function knownOfRows(perRow: Iterable<number>, estimator: HeldOutEstimator = 'exact'): HeldOut {
  const found = new WeightedMean()
  for (const value of perRow) found.add(value)
  return knownOfMean(found, found.weight, estimator)
}

export const knownOfMean = ({ standardError }: WeightedMean, rows: number, estimator: HeldOutEstimator = 'exact'): HeldOut => ({
  estimator,
  samples: null,
  rows,
  standardError: 0,
  rowStandardError: standardError,
  effectiveSampleSize: null,
})
