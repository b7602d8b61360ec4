import type { PriorSpec } from '@shared/domain/models/vae'
import type { FloatType, Tensor } from '../../../graph/tensor'
import type { RowPosteriors } from '../posteriors/posterior'
import { mixturePrior } from './diagonal-mixture'
import type { Prior } from './prior'
import { standardNormal } from './standard-normal'
import { vampPrior } from './vamp'

export interface PriorPlace {
  latent: number
  features: number
  type: FloatType
  posteriorsOf(x: Tensor): RowPosteriors
}

export function pickPrior(spec: PriorSpec, { latent, features, type, posteriorsOf }: PriorPlace): Prior {
  if (spec === 'standard-normal') return standardNormal(latent, type)
  if ('mixture' in spec) return mixturePrior(spec.mixture.components, latent, type)
  return vampPrior(spec.vamp.components, features, posteriorsOf, type)
}
