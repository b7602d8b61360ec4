import type { Dataset } from '@shared/domain/dataset'
import type { LikelihoodSpec } from '@shared/domain/models/vae'
import type { RunSpec } from '@shared/domain/spec'
import type { PreparedData } from '../datasets/prepare'

/**
 * From a bound on log p(x) to the bits per dimension that a code of the whole numbers needs at most, or null where rows are no whole numbers.
 *
 * Of probabilities −bound/(D·log 2). Of the density of dequantized values the bound is first brought to the units of the levels:
 * E log p(x + u) ≤ log P(x), Theis et al. 2016.
 */
export function codeLength(spec: RunSpec, { features, levelWidths }: PreparedData): ((bound: number) => number) | null {
  const likelihood = likelihoodOf(spec)
  if (!likelihood || typeof likelihood === 'string') return null
  const isDiscrete = 'categorical' in likelihood || 'discretizedLogistic' in likelihood
  if (!isDiscrete && !levelWidths) return null
  const logWidths = isDiscrete ? 0 : levelWidths!.reduce((sum, width) => sum + Math.log(Math.abs(width)), 0)
  return (bound) => -(bound + logWidths) / (features * Math.LN2)
}

/** A density is asked for of pixels as they are stored: levels, between which there is nothing. */
export function isDensityOfLevels(spec: RunSpec, dataset: Dataset): boolean {
  const likelihood = likelihoodOf(spec)
  if (!likelihood || typeof likelihood === 'string' || dataset.kind !== 'images') return false
  return ('gaussian' in likelihood || 'studentT' in likelihood) && !spec.preprocess.includes('dequantize')
}

const likelihoodOf = ({ model }: RunSpec): LikelihoodSpec | null => ('likelihood' in model ? model.likelihood : null)
