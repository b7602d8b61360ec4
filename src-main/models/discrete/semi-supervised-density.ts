import { logSoftmax, logSumExp } from '../../graph/compose'
import { add, broadcastTo, concatenate, exp, log, maximum, multiply, negate, reduceSum, reshape, slice, square, subtract } from '../../graph/ops'
import type { NumericArray } from '../../graph/runtime'
import { type Tensor, scalar } from '../../graph/tensor'
import { drawCodes } from '../estimators/estimator'
import type { LatentDensity } from '../latent-density'
import { fittedPass } from '../networks/pass'
import type { Noise } from '../noise'
import { standardNormal } from '../vae/priors/standard-normal'
import { copiesOf, viewOf } from './categorical-vae'
import { type SemiSupervisedVae, eachClass } from './semi-supervised-vae'

/**
 * A fitted M2 to the estimators of log p(x). The class is summed out, so that w is all that has to be sampled: p(x|w) = Σ_y p(y)·p(x|y, w), and
 * q(w|x) = Σ_y q(y|x)·q(w|x, y).
 */
export function semiSupervisedDensity(model: SemiSupervisedVae, state: Readonly<Record<string, NumericArray>>): LatentDensity {
  const { classes, features, likelihood, spec, type } = model
  const { latent } = spec
  const prior = standardNormal(latent, type)
  const decoded = (y: Tensor, w: Tensor): Tensor => model.decoder(concatenate([y, w], 1), fittedPass)
  const drawClasses = (count: number, noise: Noise): Tensor =>
    reshape(drawCodes(broadcastTo(scalar(0, type), [1, 1, classes]), count, noise), [count, classes])
  return {
    columns: { x: features },
    latent,
    type,
    state,
    logPrior: prior.logDensity,
    logLikelihood(rows, w) {
      const count = w.shape[0]!
      const x = copiesOf(rows['x']!, classes)
      const each = likelihood.logProbability(x, decoded(eachClass(classes, count, type), copiesOf(w, classes)))
      return subtract(logSumExp(reshape(each, [classes, count]), [0]), Math.log(classes))
    },
    drawPrior: prior.sample,
    propose(rows, samples, noise) {
      const { logits, mean, logVariance } = gaussians(model, rows['x']!)
      const count = mean.shape[0]!
      const y = reshape(drawCodes(reshape(logits, [count, 1, classes]), samples, noise), [samples, count, classes, 1])
      const chosen = (values: Tensor): Tensor => reduceSum(multiply(reshape(values, [1, count, classes, latent]), y), [2])
      const epsilon = noise.normal('', [samples, count, latent], type)
      const w = add(chosen(mean), multiply(exp(multiply(chosen(logVariance), 0.5)), epsilon))
      const away = subtract(reshape(w, [samples, count, 1, latent]), reshape(mean, [1, count, classes, latent]))
      const spread = reshape(logVariance, [1, count, classes, latent])
      const terms = add(add(multiply(square(away), exp(negate(spread))), spread), Math.log(2 * Math.PI))
      const ofClass = add(multiply(reduceSum(terms, [3]), -0.5), reshape(logSoftmax(logits, 1), [1, count, classes]))
      return { latent: reshape(w, [samples * count, latent]), logDensity: reshape(logSumExp(ofClass, [2]), [samples * count]) }
    },
    simulate(count, noise) {
      const w = prior.sample(count, noise)
      return { rows: { x: likelihood.sample(decoded(drawClasses(count, noise), w), noise) }, latent: w }
    },
    // The moments of the mixture of the classes' Gaussians.
    guess(rows) {
      const { logits, mean, logVariance } = gaussians(model, rows['x']!)
      const share = reshape(exp(logSoftmax(logits, 1)), [mean.shape[0]!, classes, 1])
      const over = (values: Tensor): Tensor => reduceSum(multiply(values, share), [1])
      const centre = over(mean)
      const squares = over(add(exp(logVariance), square(mean)))
      return { mean: centre, logVariance: log(maximum(subtract(squares, square(centre)), 1e-12)) }
    },
  }
}

/** q(y|x), not normalized [rows, classes], and q(w|x, y) of every class, [rows, classes, latent] each. */
function gaussians({ classes, classifier, encoder, likelihood, spec }: SemiSupervisedVae, x: Tensor) {
  const view = viewOf(likelihood, x)
  const encoded = reshape(encoder(view, fittedPass), [x.shape[0]!, classes, 2 * spec.latent])
  return {
    logits: classifier(view, fittedPass),
    mean: slice(encoded, 2, 0, spec.latent),
    logVariance: slice(encoded, 2, spec.latent, 2 * spec.latent),
  }
}
