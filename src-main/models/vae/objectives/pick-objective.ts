import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import { importanceWeighted } from './importance-weighted'
import type { Objective } from './objective'
import { weightedElbo } from './weighted-elbo'

export function pickObjective(spec: ObjectiveSpec): Objective {
  if ('elbo' in spec) return weightedElbo(spec.elbo)
  return importanceWeighted(spec.iwae.samples)
}
