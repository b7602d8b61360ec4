import type { LikelihoodSpec } from '@shared/domain/models/vae'
import type { FloatType } from '../../graph/tensor'
import { bernoulli } from './bernoulli'
import { gaussian } from './gaussian'
import type { Likelihood } from './likelihood'

export function pickLikelihood(spec: LikelihoodSpec, features: number, type: FloatType): Likelihood {
  if (spec === 'bernoulli') return bernoulli(features)
  return gaussian(spec.gaussian, features, type)
}
