import { broadcastTo, reshape, slice, subtract } from '../../../graph/ops'
import type { Tensor } from '../../../graph/tensor'
import type { Weight } from '../../networks/weight'
import { drawDiagonal } from './diagonal-gaussian'
import type { Posterior } from './posterior'

/**
 * A one-to-one map of z: [n, latent] → [n, latent], with log |det ∂/∂z| of each row, [n].
 *
 * @param context  what the encoder says of the rows besides mean and variance, [n, width]
 */
export type Flow = (z: Tensor, context: Tensor) => { latent: Tensor; logDeterminant: Tensor }

/**
 * A diagonal Gaussian pushed through maps: log q(z) = log N(z₀) − Σ_t log |det ∂z_t/∂z_{t−1}|. The Gaussian's mean, pushed through them too, stands
 * for the row.     Rezende & Mohamed 2015
 *
 * @param width  of the context
 */
export const flowPosterior = (latent: number, width: number, flows: readonly Flow[], weights: Weight[]): Posterior => ({
  latent,
  parameters: 2 * latent + width,
  weights,
  of(encoded) {
    const mean = slice(encoded, 1, 0, latent)
    const logVariance = slice(encoded, 1, latent, 2 * latent)
    const context = slice(encoded, 1, 2 * latent, 2 * latent + width)
    return {
      mean: pushed(flows, mean, context).latent,
      logVariance,
      isDiagonalGaussian: false,
      klFromStandardNormal: null,
      draw(samples, noise) {
        const start = drawDiagonal(mean, logVariance, samples, noise)
        const end = pushed(flows, start.latent, repeatedRows(context, samples))
        return {
          latent: end.latent,
          logDensity: () => end.logDeterminants.reduce((sum, one) => subtract(sum, one), start.logDensity()),
        }
      },
    }
  },
})

function pushed(flows: readonly Flow[], start: Tensor, context: Tensor): { latent: Tensor; logDeterminants: Tensor[] } {
  const logDeterminants: Tensor[] = []
  let latent = start
  for (const flow of flows) {
    const next = flow(latent, context)
    latent = next.latent
    logDeterminants.push(next.logDeterminant)
  }
  return { latent, logDeterminants }
}

/** [rows, width] → [samples·rows, width], one set of rows after another. */
function repeatedRows(tensor: Tensor, samples: number): Tensor {
  if (samples === 1) return tensor
  const [rows, width] = tensor.shape as [number, number]
  return reshape(broadcastTo(tensor, [samples, rows, width]), [samples * rows, width])
}
