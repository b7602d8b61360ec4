import type { EstimatorSpec } from '@shared/domain/models/discrete'
import type { FloatType } from '../../graph/tensor'
import { enumeration } from './enumeration'
import type { GradientEstimator } from './estimator'
import { leaveOneOut, vimco } from './leave-one-out'
import { reinforce, reinforceLearned, reinforceRunning } from './reinforce'
import { gumbelSoftmax, straightThrough } from './relaxed'

export interface CodeShape {
  variables: number
  categories: number
  /** Width of what a learned baseline sees of a row. */
  seen: number
}

export function pickEstimator(spec: EstimatorSpec, { variables, categories, seen }: CodeShape, type: FloatType): GradientEstimator {
  if (spec === 'enumeration') return enumeration(variables, categories)
  if ('leaveOneOut' in spec) return leaveOneOut(spec.leaveOneOut.samples)
  if ('vimco' in spec) return vimco(spec.vimco.samples)
  if ('gumbelSoftmax' in spec) return gumbelSoftmax(spec.gumbelSoftmax.samples, spec.gumbelSoftmax.temperature)
  if ('straightThrough' in spec) return straightThrough(spec.straightThrough.samples)
  const { baseline, samples } = spec.reinforce
  if (baseline === 'none') return reinforce(samples)
  return baseline === 'running' ? reinforceRunning(samples, type) : reinforceLearned(samples, seen, type)
}
