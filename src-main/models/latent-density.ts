import { broadcastTo, reshape } from '../graph/ops'
import type { NumericArray } from '../graph/runtime'
import type { FloatType, Tensor } from '../graph/tensor'
import type { Noise } from './noise'

/** What is known of a number of rows, by name, [rows, width] each: `x`, and what the model is told besides. */
export type RowTensors = Readonly<Record<string, Tensor>>

/** A fitted model with a latent to be sampled, as the estimators of log p(x) = log ∫ p(z)·p(x|z) dz see it. */
export interface LatentDensity {
  /** Widths of what is known of a row. */
  columns: Readonly<Record<string, number>>
  latent: number
  /** Codes of 0 and 1, to be drawn and not to be moved by degrees. */
  isDiscrete?: boolean
  type: FloatType
  /** Values of the model's parameters by name. */
  state: Readonly<Record<string, NumericArray>>
  /** log p(z), nats: [m, latent] → [m] */
  logPrior(latent: Tensor): Tensor
  /** log p(x|z), nats, of m rows and latents [m, latent] → [m] */
  logLikelihood(rows: RowTensors, latent: Tensor): Tensor
  /** Draws from p(z): [count, latent]. */
  drawPrior(count: number, noise: Noise): Tensor
  /** Draws from the model's own q(z|x), one set of rows after another: latent [samples·rows, latent] and logDensity [samples·rows]. */
  propose(rows: RowTensors, samples: number, noise: Noise): { latent: Tensor; logDensity: Tensor }
  /** Rows drawn from the model, with the latents they come from; null where rows are told more than can be drawn. */
  simulate: ((count: number, noise: Noise) => { rows: RowTensors; latent: Tensor }) | null
  /** Moments of a diagonal Gaussian near the posterior, from which refinement starts: [rows, latent] each. */
  guess(rows: RowTensors): { mean: Tensor; logVariance: Tensor }
}

/** Every row `samples` times, one set of rows after another. */
export function repeated(rows: RowTensors, samples: number): RowTensors {
  if (samples === 1) return rows
  return Object.fromEntries(
    Object.entries(rows).map(([name, tensor]) => {
      const [count, width] = tensor.shape as [number, number]
      return [name, reshape(broadcastTo(tensor, [samples, count, width]), [samples * count, width])]
    }),
  )
}
