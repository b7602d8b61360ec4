import type { ModelSpec } from '../domain/spec'
import { categoricalPlan, semiSupervisedPlan, vqPlan } from './discrete-plan'
import { type ModelPlan, type PlannedData, modelPlan } from './network-plan'

/** Networks of any model that is fitted by gradients, told from its specification alone; null for the others. */
export function planOfModel(spec: ModelSpec, data: PlannedData): ModelPlan | null {
  switch (spec.kind) {
    case 'vae':
    case 'autoencoder':
      return modelPlan(spec, data)
    case 'categorical-vae':
      return categoricalPlan(spec, data)
    case 'semi-supervised-vae':
      return semiSupervisedPlan(spec, data)
    case 'vq-vae':
      return vqPlan(spec, data)
    default:
      return null
  }
}
