import type { VaeSpec } from '@shared/domain/models/vae'
import type { FloatType } from '../../../graph/tensor'
import { diagonalGaussian } from './diagonal-gaussian'
import { inverseAutoregressive } from './inverse-autoregressive'
import { planar } from './planar'
import type { Posterior } from './posterior'

/** Specifications of earlier versions do not say. */
export function pickPosterior({ latent, posterior = 'diagonal' }: Pick<VaeSpec, 'latent'> & Partial<Pick<VaeSpec, 'posterior'>>, type: FloatType): Posterior {
  if (posterior === 'diagonal') return diagonalGaussian(latent)
  if ('planar' in posterior) return planar(latent, posterior.planar.flows)
  const { flows, hidden, context } = posterior.inverseAutoregressive
  return inverseAutoregressive({ latent, hidden, context, type }, flows)
}
