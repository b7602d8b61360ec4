import type { Column } from '@shared/domain/dataset'
import { type VaeSpec, learnsFromObserved } from '@shared/domain/models/vae'
import type { ImageShape } from '@shared/domain/run'
import { concatenate } from '../../graph/ops'
import type { FloatType, Tensor } from '../../graph/tensor'
import type { Likelihood } from '../likelihoods/likelihood'
import { pickLikelihood } from '../likelihoods/pick-likelihood'
import { decoderNetwork, encoderNetwork } from '../networks/network'
import { type Pass, fittedPass } from '../networks/pass'
import type { Weight } from '../networks/weight'
import { partialView } from './partial-view'
import { hierarchical } from './posteriors/hierarchy'
import { pickPosterior } from './posteriors/pick-posterior'
import type { RowPosteriors } from './posteriors/posterior'
import { pickPrior } from './priors/pick-prior'
import type { Prior } from './priors/prior'

/*
 * The variational autoencoder of Kingma & Welling 2014, put together from parts that know nothing of each other: an encoder network whose
 * output chooses q(z|x) from a family, a prior p(z), and a decoder network whose output chooses p(x|z) from a family.
 */

/** The rows of a batch as the networks see them. */
export interface Rows {
  /** [rows, features] */
  x: Tensor
  /** What both networks are told besides, [rows, width]: e.g. the class as 0 and 1. */
  condition?: Tensor
  /** Means and log variances that an ascent for each row begins from, [rows, 2·latent]. */
  phi?: Tensor
  /** 1 where x is known, 0 where it is not and x holds nothing but 0, [rows, features]; absent where all of it is. */
  observed?: Tensor
}

export interface Vae {
  spec: VaeSpec
  features: number
  latent: number
  type: FloatType
  weights: Weight[]
  encode(rows: Rows, pass: Pass): RowPosteriors
  /** The decoder's output: [rows, latent] → [rows, outputs]. */
  decode(latent: Tensor, rows: Pick<Rows, 'condition'>, pass: Pass): Tensor
  prior: Prior
  likelihood: Likelihood
}

/** What a model needs to know of the rows it is for. */
export interface RowShape {
  features: number
  /** Of the pictures, which convolutional layers need; null for tables. */
  imageShape: ImageShape | null
  /** Of the dataset, which tables of mixed types need. */
  columns?: readonly Column[]
  /** Width of the condition, where there is one. */
  condition?: number
}

export function vae(spec: VaeSpec, { features, imageShape, columns = [], condition = 0 }: RowShape, type: FloatType = 'float32'): Vae {
  const likelihood = pickLikelihood(spec.likelihood, features, columns, type)
  const hierarchy = spec.hierarchy && spec.hierarchy !== 'none' ? hierarchical(spec.latent, spec.hierarchy, type) : null
  const posterior = hierarchy ?? pickPosterior(spec, type)
  const whole = { width: likelihood.view?.width ?? features, shape: imageShape, of: ({ x }: Rows) => (likelihood.view ? likelihood.view.of(x) : x) }
  const view = learnsFromObserved(spec) ? partialView(likelihood, { features, imageShape, columns }, type) : whole
  const encoder = encoderNetwork(spec.encoder, { name: 'encoder', from: view.width + condition, to: posterior.parameters, shape: view.shape, type })
  const decoder = decoderNetwork(spec.decoder, { name: 'decoder', from: spec.latent + condition, to: likelihood.outputs, shape: imageShape, type })
  const encode = (rows: Rows, pass: Pass): RowPosteriors => posterior.of(encoder(withCondition(view.of(rows), rows), pass), pass)
  const prior = pickPrior(spec.prior, { latent: posterior.latent, features, type, posteriorsOf: (x) => encode({ x }, fittedPass) })
  return {
    spec,
    features,
    latent: posterior.latent,
    type,
    weights: [...encoder.weights, ...decoder.weights, ...likelihood.weights, ...posterior.weights, ...prior.weights],
    encode,
    decode: (latent, rows, pass) => decoder(withCondition(hierarchy ? hierarchy.lowest(latent, pass) : latent, rows), pass),
    prior,
    likelihood,
  }
}

const withCondition = (tensor: Tensor, { condition }: Pick<Rows, 'condition'>): Tensor =>
  condition ? concatenate([tensor, condition], 1) : tensor
