import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import type { VaeSpec } from '@shared/domain/models/vae'
import { type ModelSpec, objectiveSchema, type RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import { checkDiscrete, isDiscrete } from './check-discrete'

const plain = JSON.stringify(objectiveSchema.parse({ elbo: {} }))

/** An autoencoder has no KL and draws nothing: only the plain objective, which is then the reconstruction, means anything. */
export function checkObjective({ model, inference }: RunSpec): { path: string; error: AppError }[] {
  if (inference.kind === 'gradient' && inference.mode !== 'amortized') {
    const refused = checkMode(model, inference.mode)
    if (refused) return [{ path: 'inference.mode', error: refused }]
  }
  if (model.kind === 'vae' && inference.kind === 'gradient' && isHierarchy(model)) return checkHierarchy(model, inference.objective)
  if (model.kind === 'vae' && inference.kind === 'gradient' && model.posterior !== 'diagonal') return checkFlow(model, inference.objective)
  if (inference.kind !== 'gradient') return []
  if (isDiscrete(model)) return checkDiscrete(model, inference)
  if (model.kind !== 'autoencoder') return []
  if (JSON.stringify(inference.objective) === plain) return []
  return [{ path: 'inference.objective', error: new AppError('vae/objective-without-prior', { objective: Object.keys(inference.objective)[0] }) }]
}

const isHierarchy = ({ hierarchy = 'none' }: Partial<Pick<VaeSpec, 'hierarchy'>>): boolean => hierarchy !== 'none'

/** The layers of a hierarchy are its prior, and its q: another of either would have no place. */
function checkHierarchy({ prior, posterior }: VaeSpec, objective: ObjectiveSpec): { path: string; error: AppError }[] {
  if (prior !== 'standard-normal') return [{ path: 'model.prior', error: new AppError('vae/hierarchy-is-prior') }]
  if (posterior !== 'diagonal') return [{ path: 'model.posterior', error: new AppError('vae/hierarchy-is-posterior') }]
  return needsGaussian(objective)
}

/** The density of a flow is known only where it was drawn: not at draws of other rows, and without variances by formula. */
function checkFlow({ prior }: VaeSpec, objective: ObjectiveSpec): { path: string; error: AppError }[] {
  if (typeof prior === 'object' && 'vamp' in prior) return [{ path: 'model.prior', error: new AppError('vae/vamp-needs-diagonal') }]
  return needsGaussian(objective)
}

function needsGaussian(objective: ObjectiveSpec): { path: string; error: AppError }[] {
  const name = Object.keys(objective)[0]!
  if ('totalCorrelation' in objective || ('dip' in objective && objective.dip.kind === 'II')) {
    return [{ path: 'inference.objective', error: new AppError('vae/objective-needs-diagonal', { objective: name }) }]
  }
  return []
}

/** The ascent finds moments of a diagonal Gaussian; a VampPrior needs an encoder. */
function checkMode(model: ModelSpec, mode: 'svi' | 'semi-amortized'): AppError | null {
  if (model.kind !== 'vae') return new AppError('vae/mode-needs-vae', { mode, model: model.kind })
  if (model.posterior !== 'diagonal' || isHierarchy(model)) return new AppError('vae/mode-needs-diagonal', { mode })
  if (mode === 'svi' && typeof model.prior === 'object' && 'vamp' in model.prior) return new AppError('vae/vamp-needs-encoder')
  return null
}
