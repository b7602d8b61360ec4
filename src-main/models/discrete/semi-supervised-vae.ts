import type { SemiSupervisedVaeSpec } from '@shared/domain/models/discrete'
import { logSoftmax, oneHot } from '../../graph/compose'
import { argMax, broadcastTo, concatenate, multiply, reduceSum, reshape, slice, transpose } from '../../graph/ops'
import { type FloatType, type Tensor, constant, scalar } from '../../graph/tensor'
import { drawCodes } from '../estimators/estimator'
import type { Likelihood } from '../likelihoods/likelihood'
import { pickLikelihood } from '../likelihoods/pick-likelihood'
import type { Layer } from '../networks/layer'
import { decoderNetwork, encoderNetwork } from '../networks/network'
import type { Pass } from '../networks/pass'
import type { Weight } from '../networks/weight'
import type { Noise } from '../noise'
import { drawDiagonal, gaussianKl } from '../vae/posteriors/diagonal-gaussian'
import type { RowShape } from '../vae/vae'
import { copiesOf, viewOf } from './categorical-vae'

/*
 * x from a class y and a rest w: p(y) uniform, p(w) standard normal, p(x|y, w) from a decoder; q(y|x) from a classifier, q(w|x, y) from an encoder
 * that gives one Gaussian for every class.     M2 of Kingma, Rezende, Mohamed & Welling 2014
 */

export interface SemiSupervisedVae {
  spec: SemiSupervisedVaeSpec
  features: number
  classes: number
  type: FloatType
  weights: Weight[]
  classifier: Layer
  encoder: Layer
  decoder: Layer
  likelihood: Likelihood
  /** (y, w) from p(y)·p(w): [count, classes + latent]. */
  drawPrior(count: number, noise: Noise): Tensor
}

export function semiSupervisedVae(spec: SemiSupervisedVaeSpec, classes: number, { features, imageShape, columns = [] }: RowShape, type: FloatType): SemiSupervisedVae {
  const { latent } = spec
  const likelihood = pickLikelihood(spec.likelihood, features, columns, type)
  const seen = likelihood.view?.width ?? features
  const place = { from: seen, shape: imageShape, type }
  const classifier = encoderNetwork(spec.encoder, { ...place, name: 'classifier', to: classes })
  const encoder = encoderNetwork(spec.encoder, { ...place, name: 'encoder', to: classes * 2 * latent })
  const decoder = decoderNetwork(spec.decoder, { name: 'decoder', from: classes + latent, to: likelihood.outputs, shape: imageShape, type })
  const weights = [...classifier.weights, ...encoder.weights, ...decoder.weights, ...likelihood.weights]
  const drawPrior = (count: number, noise: Noise): Tensor => {
    const y = reshape(drawCodes(broadcastTo(scalar(0, type), [1, 1, classes]), count, noise), [count, classes])
    return concatenate([y, noise.normal('', [count, latent], type)], 1)
  }
  return { spec, features, classes, type, weights, classifier, encoder, decoder, likelihood, drawPrior }
}

/** Rows whose class is told: x [rows, features], y [rows, classes] of 0 and 1. */
export interface Labelled extends Seen {
  y: Tensor
}

/** Rows to be modelled, and what classifier and encoder read of them where that is something else: [rows, features] each. */
export interface Seen {
  x: Tensor
  reads?: Tensor
}

export interface ClassTerms {
  /** log q(y|x) of the rows: [rows, classes]. */
  logClasses: Tensor
  /** E log p(x|y, w) and KL(q(w|x, y) ‖ p(w)) for every class, each [classes, rows]. */
  ofClasses: { logLikelihood: Tensor; kl: Tensor }
  /** Of labelled rows: the same with the class that is told, and its log q(y|x); [rows] each. */
  ofLabelled: { logLikelihood: Tensor; kl: Tensor; logClass: Tensor } | null
}

/** Every class is gone through for rows without a label. All networks see all rows at once, so that noise and statistics are those of one pass. */
export function classTerms(model: SemiSupervisedVae, { x, reads = x }: Seen, labelled: Labelled | null, pass: Pass): ClassTerms {
  const { classes, spec, likelihood, type } = model
  const rows = x.shape[0]!
  const all = viewOf(likelihood, labelled ? concatenate([reads, labelled.reads ?? labelled.x], 0) : reads)
  const logClasses = logSoftmax(model.classifier(all, pass), 1)
  const encoded = reshape(model.encoder(all, pass), [all.shape[0]!, classes, 2 * spec.latent])
  const everyClass = reshape(transpose(slice(encoded, 0, 0, rows), [1, 0, 2]), [classes * rows, 2 * spec.latent])
  const told = labelled && reduceSum(multiply(slice(encoded, 0, rows, 2 * rows), reshape(labelled.y, [rows, classes, 1])), [1])
  const posterior = told ? concatenate([everyClass, told], 0) : everyClass
  const [mean, logVariance] = [slice(posterior, 1, 0, spec.latent), slice(posterior, 1, spec.latent, 2 * spec.latent)]
  const { latent } = drawDiagonal(mean, logVariance, 1, pass.noise)
  const y = labelled ? concatenate([eachClass(classes, rows, type), labelled.y], 0) : eachClass(classes, rows, type)
  const seen = labelled ? concatenate([copiesOf(x, classes), labelled.x], 0) : copiesOf(x, classes)
  const logLikelihood = likelihood.logProbability(seen, model.decoder(concatenate([y, latent], 1), pass))
  const kl = reduceSum(gaussianKl(mean, logVariance), [1])
  const own = (values: Tensor): Tensor => reshape(slice(values, 0, 0, classes * rows), [classes, rows])
  const last = (values: Tensor): Tensor => slice(values, 0, classes * rows, (classes + 1) * rows)
  return {
    logClasses: slice(logClasses, 0, 0, rows),
    ofClasses: { logLikelihood: own(logLikelihood), kl: own(kl) },
    ofLabelled: labelled && {
      logLikelihood: last(logLikelihood),
      kl: last(kl),
      logClass: reduceSum(multiply(slice(logClasses, 0, rows, 2 * rows), labelled.y), [1]),
    },
  }
}

/** Class c for rows c·rows … (c + 1)·rows: [classes·rows, classes]. */
export function eachClass(classes: number, rows: number, type: FloatType): Tensor {
  const identity = constant(Array.from({ length: classes * classes }, (_, at) => (at % (classes + 1) === 0 ? 1 : 0)), [classes, 1, classes], type)
  return reshape(broadcastTo(identity, [classes, rows, classes]), [classes * rows, classes])
}

/** log q(y|x) [rows, classes], and the mean of w for the most probable class [rows, latent]. */
export function codesOf({ classes, spec, likelihood, classifier, encoder, type }: SemiSupervisedVae, x: Tensor, pass: Pass): { logClasses: Tensor; mean: Tensor } {
  const rows = x.shape[0]!
  const view = viewOf(likelihood, x)
  const logClasses = logSoftmax(classifier(view, pass), 1)
  const means = slice(reshape(encoder(view, pass), [rows, classes, 2 * spec.latent]), 2, 0, spec.latent)
  const chosen = oneHot(argMax(logClasses, 1), classes, type)
  return { logClasses, mean: reduceSum(multiply(means, reshape(chosen, [rows, classes, 1])), [1]) }
}
