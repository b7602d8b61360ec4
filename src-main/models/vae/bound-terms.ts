import { add, broadcastTo, multiply, reduceMean, reduceSum, reshape, subtract } from '../../graph/ops'
import type { Tensor } from '../../graph/tensor'
import type { Pass } from '../networks/pass'
import type { PosteriorDraw, RowPosteriors } from './posteriors/posterior'
import type { Rows, Vae } from './vae'

/**
 * Everything an objective may be made of, for one batch and `samples` draws z ~ q(z|x) per row. The functions build their part of the program
 * only where they are called, so that what nobody asks for costs nothing.
 */
export interface BoundTerms {
  model: Vae
  pass: Pass
  rows: number
  samples: number
  posteriors: RowPosteriors
  /** [samples·rows, latent] */
  latent: Tensor
  /** log p(x|z), [samples·rows], nats. */
  logLikelihood: Tensor
  /** Mean of log p(x|z) over the samples, [rows]. */
  reconstruction: Tensor
  /** KL(q(z|x) ‖ p(z)) for each dimension, [rows, latent]; null where it does not fall into dimensions. */
  klPerDimension: Tensor | null
  /** KL(q(z|x) ‖ p(z)), by formula where there is one, else the mean of log q − log p over the samples; [rows]. */
  kl(): Tensor
  /** log q(z|x), [samples·rows]. */
  logPosterior(): Tensor
  /** log p(z), [samples·rows]. */
  logPrior(): Tensor
}

export function boundTerms(model: Vae, batch: Rows, samples: number, pass: Pass): BoundTerms {
  const rows = batch.x.shape[0]!
  const posteriors = model.encode(batch, pass)
  const draw = posteriors.draw(samples, pass.noise)
  const repeated = repeatRows(batch, samples)
  const logLikelihood = model.likelihood.logProbability(repeated.x, model.decode(draw.latent, repeated, pass), repeated.observed)
  const klPerDimension = model.prior.isStandardNormal ? (posteriors.klFromStandardNormal ?? klOfDraw(draw, samples)) : null
  const logPosterior = once(draw.logDensity)
  const logPrior = once(() => model.prior.logDensity(draw.latent))
  return {
    model,
    pass,
    rows,
    samples,
    posteriors,
    latent: draw.latent,
    logLikelihood,
    reconstruction: meanOverSamples(logLikelihood, samples, rows),
    klPerDimension,
    kl: once(() => (klPerDimension ? reduceSum(klPerDimension, [1]) : meanOverSamples(subtract(logPosterior(), logPrior()), samples, rows))),
    logPosterior,
    logPrior,
  }
}

/** Mean over the draws of what each dimension adds: [rows, latent]. */
function klOfDraw({ klPerDimension }: PosteriorDraw, samples: number): Tensor | null {
  const found = klPerDimension?.()
  if (!found || samples === 1) return found ?? null
  const [count, latent] = found.shape as [number, number]
  return reduceMean(reshape(found, [samples, count / samples, latent]), [0])
}

/** log p(x|z) + log p(z) − log q(z|x) of every draw: [samples, rows]. */
export const logWeights = ({ logLikelihood, logPrior, logPosterior, samples, rows }: BoundTerms): Tensor =>
  reshape(subtract(add(logLikelihood, logPrior()), logPosterior()), [samples, rows])

const meanOverSamples = (values: Tensor, samples: number, rows: number): Tensor =>
  samples === 1 ? values : reduceMean(reshape(values, [samples, rows]), [0])

/** Σ_r share_r·value_r: [rows] → [] */
export const meanOverRows = (perRow: Tensor, share: Tensor): Tensor => reduceSum(multiply(perRow, share))

/** Each tensor of a batch, one copy after another. */
export function repeatRows(batch: Rows, samples: number): Rows {
  if (samples === 1) return batch
  const repeat = (tensor: Tensor): Tensor => {
    const [rows, ...rest] = tensor.shape
    return reshape(broadcastTo(tensor, [samples, rows!, ...rest]), [samples * rows!, ...rest])
  }
  const { x, condition, observed } = batch
  // An ascent's start is of the rows themselves: nothing that is computed from draws needs it.
  return { x: repeat(x), ...(condition ? { condition: repeat(condition) } : {}), ...(observed ? { observed: repeat(observed) } : {}) }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
