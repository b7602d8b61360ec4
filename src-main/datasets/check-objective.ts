import { objectiveSchema, type RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import { checkDiscrete, isDiscrete } from './check-discrete'

const plain = JSON.stringify(objectiveSchema.parse({ elbo: {} }))

/** An autoencoder has no KL and draws nothing: only the plain objective, which is then the reconstruction, means anything. */
export function checkObjective({ model, inference }: RunSpec): { path: string; error: AppError }[] {
  if (inference.kind !== 'gradient') return []
  if (isDiscrete(model)) return checkDiscrete(model, inference)
  if (model.kind !== 'autoencoder') return []
  if (JSON.stringify(inference.objective) === plain) return []
  return [{ path: 'inference.objective', error: new AppError('vae/objective-without-prior', { objective: Object.keys(inference.objective)[0] }) }]
}
