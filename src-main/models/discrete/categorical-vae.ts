import type { CategoricalVaeSpec } from '@shared/domain/models/discrete'
import { logSoftmax } from '../../graph/compose'
import { add, broadcastTo, exp, multiply, reduceSum, reshape, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter, scalar } from '../../graph/tensor'
import { type GradientEstimator, drawCodes, logMass } from '../estimators/estimator'
import { pickEstimator } from '../estimators/pick-estimator'
import type { Likelihood } from '../likelihoods/likelihood'
import { pickLikelihood } from '../likelihoods/pick-likelihood'
import { decoderNetwork, encoderNetwork } from '../networks/network'
import type { Pass } from '../networks/pass'
import { type Weight, constantWeight } from '../networks/weight'
import type { Noise } from '../noise'
import type { RowShape } from '../vae/vae'

/*
 * A VAE whose code is so many variables with so many categories each: q(z|x) = Π_j Cat(z_j; softmax of the encoder), p(z) = Π_j Cat(z_j), and
 * p(x|z) from a decoder that reads the code as 0 and 1.     Jang et al. 2017, Maddison et al. 2017
 */

export interface CategoricalVae {
  spec: CategoricalVaeSpec
  features: number
  type: FloatType
  /** All of them, the estimator's among them. */
  weights: Weight[]
  estimator: GradientEstimator
  likelihood: Likelihood
  /** Logits of q(z|x): [rows, features] → [rows, variables, categories]. */
  encode(x: Tensor, pass: Pass): Tensor
  /** The decoder's output, of codes [m, variables, categories]: [m, outputs]. */
  decode(codes: Tensor, pass: Pass): Tensor
  /** Logits of p(z): [1, variables, categories]; null where all categories are alike. */
  priorLogits: Tensor | null
}

export function categoricalVae(spec: CategoricalVaeSpec, { features, imageShape, columns = [] }: RowShape, type: FloatType = 'float32'): CategoricalVae {
  const { variables, categories } = spec
  const width = variables * categories
  const likelihood = pickLikelihood(spec.likelihood, features, columns, type)
  const seen = likelihood.view?.width ?? features
  const encoder = encoderNetwork(spec.encoder, { name: 'encoder', from: seen, to: width, shape: imageShape, type })
  const decoder = decoderNetwork(spec.decoder, { name: 'decoder', from: width, to: likelihood.outputs, shape: imageShape, type })
  const estimator = pickEstimator(spec.estimator, { variables, categories, seen }, type)
  const priorLogits = spec.codePrior === 'trained' ? parameter('prior/logits', [1, variables, categories], type) : null
  return {
    spec,
    features,
    type,
    weights: [...encoder.weights, ...decoder.weights, ...likelihood.weights, ...(priorLogits ? [constantWeight(priorLogits, 0)] : []), ...estimator.weights],
    estimator,
    likelihood,
    encode: (x, pass) => reshape(encoder(viewOf(likelihood, x), pass), [x.shape[0]!, variables, categories]),
    decode: (codes, pass) => decoder(reshape(codes, [codes.shape[0]!, width]), pass),
    priorLogits,
  }
}

export const viewOf = (likelihood: Likelihood, x: Tensor): Tensor => (likelihood.view ? likelihood.view.of(x) : x)

/** log p(z_j = k): [1, variables, categories], or a scalar where all are alike. */
const logPriorOf = ({ priorLogits, spec, type }: CategoricalVae): Tensor =>
  priorLogits ? logSoftmax(priorLogits, 2) : scalar(-Math.log(spec.categories), type)

/** log p(z) of codes [m, variables, categories] → [m], nats. */
export const logPrior = (model: CategoricalVae, codes: Tensor): Tensor => reduceSum(multiply(codes, logPriorOf(model)), [1, 2])

/** KL(q(z_j|x) ‖ p(z_j)) by its sum: logits [rows, variables, categories] → [rows, variables], nats. */
export function categoricalKl(model: CategoricalVae, logits: Tensor): Tensor {
  const logPosterior = logSoftmax(logits, 2)
  return reduceSum(multiply(exp(logPosterior), subtract(logPosterior, logPriorOf(model))), [2])
}

/** Codes z ~ p(z): [count, variables, categories]. */
export function drawPrior({ priorLogits, spec, type }: CategoricalVae, count: number, noise: Noise): Tensor {
  const level = priorLogits ?? scalar(0, type)
  return drawCodes(broadcastTo(level, [1, spec.variables, spec.categories]), count, noise)
}

export interface CodeTerms {
  rows: number
  logits: Tensor
  /** Of the expectation over codes: E log p(x|z), or for VIMCO the importance-weighted bound; [rows]. */
  estimate: ReturnType<GradientEstimator['estimate']>
  /** [rows, variables] */
  klPerVariable: Tensor
}

/** The terms of a batch with whatever estimator: by default the model's own. */
export function codeTerms(model: CategoricalVae, x: Tensor, pass: Pass, estimator = model.estimator): CodeTerms {
  const rows = x.shape[0]!
  const logits = model.encode(x, pass)
  const logLikelihood = (codes: Tensor, copies: number): Tensor =>
    model.likelihood.logProbability(copiesOf(x, copies), model.decode(codes, pass))
  const of = (codes: Tensor, copies: number): Tensor => {
    if (estimator.target === 'mean') return logLikelihood(codes, copies)
    const logPosterior = reshape(logMass(logits, codes), [copies * rows])
    return subtract(add(logLikelihood(codes, copies), logPrior(model, codes)), logPosterior)
  }
  return {
    rows,
    logits,
    estimate: estimator.estimate({ logits, of, seen: viewOf(model.likelihood, x) }, pass),
    klPerVariable: categoricalKl(model, logits),
  }
}

/** One copy of the rows after another: [copies·rows, width]. */
export function copiesOf(x: Tensor, copies: number): Tensor {
  if (copies === 1) return x
  const [rows, width] = x.shape as [number, number]
  return reshape(broadcastTo(x, [copies, rows, width]), [copies * rows, width])
}
