import type { VaeSpec } from '@shared/domain/models/vae'
import { diagonalGaussian } from './diagonal-gaussian'
import type { Posterior } from './posterior'

export const pickPosterior = ({ latent }: VaeSpec): Posterior => diagonalGaussian(latent)
