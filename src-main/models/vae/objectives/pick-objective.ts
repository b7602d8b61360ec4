import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import type { FloatType } from '../../../graph/tensor'
import { capacity } from './capacity'
import { factor } from './factor'
import { importanceWeighted } from './importance-weighted'
import { dip, mmd } from './moment-matching'
import type { Objective } from './objective'
import { totalCorrelation } from './total-correlation'
import { weightedElbo } from './weighted-elbo'

export function pickObjective(spec: ObjectiveSpec, latent: number, type: FloatType): Objective {
  if ('elbo' in spec) return weightedElbo(spec.elbo)
  if ('iwae' in spec) return importanceWeighted(spec.iwae.samples)
  if ('capacity' in spec) return capacity(spec.capacity)
  if ('totalCorrelation' in spec) return totalCorrelation(spec.totalCorrelation)
  if ('factor' in spec) return factor(spec.factor, latent, type)
  if ('dip' in spec) return dip(spec.dip)
  return mmd(spec.mmd)
}
