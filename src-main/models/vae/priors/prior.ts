import type { Tensor } from '../../../graph/tensor'
import type { Weight } from '../../networks/weight'
import type { Noise } from '../../noise'

/** p(z). A new prior is a file beside this one and a row in `pick-prior`. */
export interface Prior {
  weights: Weight[]
  /** N(0, I): the KL of a Gaussian posterior has a formula and falls into dimensions. */
  isStandardNormal: boolean
  /** log p(z): [count, latent] → [count], nats. */
  logDensity(latent: Tensor): Tensor
  /** z ~ p(z): [count, latent]. */
  sample(count: number, noise: Noise): Tensor
}
