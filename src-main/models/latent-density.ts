import type { NumericArray } from '../graph/runtime'
import type { FloatType, Tensor } from '../graph/tensor'

/** A fitted model with a continuous latent, as the estimators of log p(x) = log ∫ p(z)·p(x|z) dz see it. */
export interface LatentDensity {
  features: number
  latent: number
  type: FloatType
  /** Values of the model's parameters by name. */
  state: Readonly<Record<string, NumericArray>>
  /** log p(z), nats: [m, latent] → [m] */
  logPrior(latent: Tensor): Tensor
  /** log p(x|z), nats: [m, features], [m, latent] → [m] */
  logLikelihood(x: Tensor, latent: Tensor): Tensor
  /** Draws from p(z): standard normal numbers [m, latent] → [m, latent]; the identity where the prior is standard normal. */
  drawPrior(noise: Tensor): Tensor
  /**
   * Draws from the model's own q(z|x), with their densities.
   *
   * @param x      [rows, features]
   * @param noise  [samples, rows, latent], standard normal
   * @returns      latent [samples·rows, latent] and logDensity [samples·rows]
   */
  propose(x: Tensor, noise: Tensor): { latent: Tensor; logDensity: Tensor }
  /** Moments of a diagonal Gaussian near the posterior, from which refinement starts: [rows, latent] each. */
  guess(x: Tensor): { mean: Tensor; logVariance: Tensor }
}
