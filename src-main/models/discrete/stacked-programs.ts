import type { BelowSpec, SemiSupervisedVaeSpec } from '@shared/domain/models/discrete'
import { differentiate } from '../../graph/differentiate'
import { add, concatenate, divide, exp, multiply, negate, reduceSum, reshape, slice, square, stopGradient, subtract } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import type { GradientModel, StepSpec } from '../gradient-model'
import type { LatentDensity, RowTensors } from '../latent-density'
import type { Likelihood } from '../likelihoods/likelihood'
import { pickLikelihood } from '../likelihoods/pick-likelihood'
import type { Layer } from '../networks/layer'
import { decoderNetwork, encoderNetwork } from '../networks/network'
import { type Pass, fittedPass, trainingPass } from '../networks/pass'
import { type Weight, trained } from '../networks/weight'
import { weightGroups } from '../networks/weight-groups'
import { noiseInputs, noiseUnder } from '../noise'
import { meanOverRows } from '../vae/bound-terms'
import { diagonalGaussian } from '../vae/posteriors/diagonal-gaussian'
import type { RowPosteriors } from '../vae/posteriors/posterior'
import { viewOf } from './categorical-vae'
import { semiSupervisedDensity } from './semi-supervised-density'
import { type ClassShape, classClimb, classMet, labelledInputs, unlabelled } from './semi-supervised-programs'
import { type SemiSupervisedVae, classTerms, codesOf, semiSupervisedVae } from './semi-supervised-vae'

/*
 * M1 + M2 of Kingma, Rezende, Mohamed & Welling 2014: a VAE turns x into z₁, and M2 models z₁ with a class y and a rest w. M1 is trained first, with
 * N(0, I) as its prior; then it stands still, and M2, which is given draws of q(z₁|x), learns its prior anew. Both are in one program, and
 * `schedule/below` says whose turn it is.
 *
 * log p(x) ≥ E_q [log p(x|z₁) + U(z₁) − log q(z₁|x)], U the bound of M2 on log p(z₁), whose q(y, w|x) reads the mean of q(z₁|x): it says more than a draw.
 */

interface StackedVae {
  features: number
  type: FloatType
  encoder: Layer
  decoder: Layer
  likelihood: Likelihood
  above: SemiSupervisedVae
  weights: Weight[]
  labelledShare: number
}

export function stackedPrograms(spec: SemiSupervisedVaeSpec, below: BelowSpec, inference: StepSpec, shape: ClassShape, type: FloatType = 'float32'): GradientModel {
  const model = stackedVae(spec, below, shape, type)
  const { above } = model
  const width = shape.classes + spec.latent
  return {
    type,
    features: model.features,
    latent: width,
    classes: shape.classes,
    units: [shape.classes, ...Array.from({ length: spec.latent }, () => 1)],
    weights: model.weights,
    followed: 'elbo',
    schedule: (epochs) => ({ 'schedule/below': epochs < below.epochs ? 1 : 0 }),
    secondPart: below.epochs,
    trainingStep: (rows) => trainingStep(model, inference, rows),
    evaluation: (rows) => evaluation(model, rows),
    encoding(rows) {
      const { logClasses, mean } = codesOf(above, encoded(model, rowInputs(model, rows), fittedPass).mean, fittedPass)
      return buildProgram({ name: 'stacked-encoder', outputs: { latentMean: concatenate([exp(logClasses), mean], 1) } })
    },
    decoding(rows) {
      const code = above.likelihood.mean(above.decoder(input('latent', [rows, width], type), fittedPass))
      return buildProgram({ name: 'stacked-decoder', outputs: { mean: model.likelihood.mean(model.decoder(code, fittedPass)) } })
    },
    priorSampling: (rows) => buildProgram({ name: 'stacked-prior', outputs: { latent: above.drawPrior(rows, noiseInputs) } }),
    density: (state) => density(model, below.latent, state),
  }
}

function stackedVae(spec: SemiSupervisedVaeSpec, below: BelowSpec, shape: ClassShape, type: FloatType): StackedVae {
  const { features, imageShape, columns = [], classes, labelledShare } = shape
  const likelihood = pickLikelihood(spec.likelihood, features, columns, type)
  const seen = likelihood.view?.width ?? features
  const encoder = encoderNetwork(below.encoder, { name: 'below/encoder', from: seen, to: 2 * below.latent, shape: imageShape, type })
  const decoder = decoderNetwork(below.decoder, { name: 'below/decoder', from: below.latent, to: likelihood.outputs, shape: imageShape, type })
  const ofCodes = { ...spec, likelihood: { gaussian: { variance: 'learned' as const, floor: 1e-2 } } }
  const above = semiSupervisedVae(ofCodes, classes, { features: below.latent, imageShape: null }, type)
  const weights = [...encoder.weights, ...decoder.weights, ...likelihood.weights, ...above.weights]
  return { features, type, encoder, decoder, likelihood, above, weights, labelledShare }
}

const rowInputs = ({ features, type }: Pick<StackedVae, 'features' | 'type'>, rows: number): Tensor => input('x', [rows, features], type)

/** q(z₁|x) */
const encoded = ({ encoder, likelihood }: StackedVae, x: Tensor, pass: Pass): RowPosteriors => {
  const numbers = encoder(viewOf(likelihood, x), pass)
  return diagonalGaussian(numbers.shape[1]! / 2).of(numbers, pass)
}

/** While `schedule/below` is 1 the bound of M1 is climbed, then that of M2 on draws of z₁ that stand still. */
function trainingStep(model: StackedVae, inference: StepSpec, rows: number): Program {
  const { above, features, labelledShare, likelihood, type } = model
  const weight = input('weight', [rows], type)
  const share = divide(weight, reduceSum(weight))
  const pass = trainingPass(share)
  const mean = (perRow: Tensor): Tensor => meanOverRows(perRow, share)
  const x = rowInputs(model, rows)
  const told = labelledInputs(features, above.classes, labelledShare, rows, type)
  // Both kinds of rows at once, so that noise and statistics are those of one pass.
  const posteriors = encoded(model, told ? concatenate([x, told.x], 0) : x, pass)
  const { latent: codes } = posteriors.draw(1, noiseUnder(pass.noise, 'below'))
  const first = (tensor: Tensor): Tensor => (told ? slice(tensor, 0, 0, rows) : tensor)
  const reconstruction = mean(likelihood.logProbability(x, model.decoder(first(codes), pass)))
  const ofBelow = subtract(reconstruction, mean(reduceSum(first(posteriors.klFromStandardNormal!), [1])))
  const [still, means] = [stopGradient(codes), stopGradient(posteriors.mean)]
  const last = (tensor: Tensor): Tensor => slice(tensor, 0, rows, 2 * rows)
  const labelled = told && { x: last(still), reads: last(means), y: told.y }
  const ofAbove = classClimb(above, inference, { x: first(still), reads: first(means), labelled, labelledShare, mean }, pass)
  const turn = input('schedule/below', [], type)
  const objective = add(multiply(ofBelow, turn), multiply(ofAbove.objective, subtract(1, turn)))
  const kl = mean(klOf(first(posteriors.logVariance), ofAbove.free))
  const parameters = trained(model.weights)
  const optimizer = optimizerStep(parameters, differentiate(negate(objective), parameters), inference.optimizer, { clip: inference.clip, groupOf: weightGroups(inference) })
  return buildProgram({
    name: 'stacked-training-step',
    outputs: {
      objective,
      elbo: subtract(reconstruction, kl),
      reconstruction,
      kl,
      ...(ofAbove.labelFit ? { labelFit: ofAbove.labelFit } : {}),
      gradientNorm: optimizer.gradientNorm,
    },
    updates: { ...inTurn(optimizer.updates, [...parameters, ...optimizer.state], turn), ...pass.updates },
  })
}

/** Weights and moments of the model that is not at turn stay as they are: neither what is left of its momentum nor weight decay moves it. */
function inTurn(updates: Readonly<Record<string, Tensor>>, tensors: readonly Tensor[], turn: Tensor): Record<string, Tensor> {
  return Object.fromEntries(
    tensors.map((tensor) => {
      const own = isOfBelow(tensor.name!) ? turn : subtract(1, turn)
      return [tensor.name!, add(multiply(updates[tensor.name!]!, own), multiply(tensor, subtract(1, own)))]
    }),
  )
}
/** A weight, or its moment, `adam/m/WEIGHT`. */
const isOfBelow = (name: string): boolean => /^(?:[^/]+\/[mvs]\/)?below\//.test(name)

/** E log q(z₁|x) − U(z₁): [rows]. −E log q = ½ Σ_j (1 + log 2π + v_j). */
function klOf(logVariance: Tensor, { reconstruction, kl }: { reconstruction: Tensor; kl: Tensor }): Tensor {
  const entropy = multiply(reduceSum(add(logVariance, 1 + Math.log(2 * Math.PI)), [1]), 0.5)
  return negate(add(subtract(reconstruction, kl), entropy))
}

function evaluation(model: StackedVae, rows: number): Program {
  const { above, likelihood, labelledShare, type } = model
  const weight = input('weight', [rows], type)
  const x = rowInputs(model, rows)
  const posteriors = encoded(model, x, fittedPass)
  const { latent: codes } = posteriors.draw(1, noiseUnder(noiseInputs, 'below'))
  const terms = classTerms(above, { x: codes, reads: posteriors.mean }, null, fittedPass)
  const { logClasses, mean } = codesOf(above, posteriors.mean, fittedPass)
  const shown = concatenate([exp(logClasses), mean], 1)
  const reconstruction = likelihood.logProbability(x, model.decoder(codes, fittedPass))
  const kl = klOf(posteriors.logVariance, unlabelled(terms, above.classes))
  const column = reshape(weight, [rows, 1])
  const sum = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, weight))
  return buildProgram({
    name: 'stacked-evaluation',
    outputs: {
      reconstruction: sum(reconstruction),
      kl: sum(kl),
      latentMeans: reduceSum(multiply(shown, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(shown), column), [0]),
      ...(labelledShare > 0 ? { accuracy: sum(classMet(logClasses)) } : {}),
      'rows/elbo': subtract(reconstruction, kl),
    },
  })
}

/** The latent is (w, z₁): p(w)·Σ_y p(y)·p(z₁|y, w), and p(x|z₁). */
function density(model: StackedVae, width: number, state: Readonly<Record<string, NumericArray>>): LatentDensity {
  const { above, decoder, features, likelihood, type } = model
  const ofCodes = semiSupervisedDensity(above, state)
  const { latent: rest } = ofCodes
  const parts = (latent: Tensor): [Tensor, Tensor] => [slice(latent, 1, 0, rest), slice(latent, 1, rest, rest + width)]
  return {
    columns: { x: features },
    latent: rest + width,
    type,
    state,
    logPrior(latent) {
      const [w, code] = parts(latent)
      return add(ofCodes.logPrior(w), ofCodes.logLikelihood({ x: code }, w))
    },
    logLikelihood: (rows, latent) => likelihood.logProbability(rows['x']!, decoder(parts(latent)[1], fittedPass)),
    drawPrior(count, noise) {
      const { rows, latent } = ofCodes.simulate!(count, noise)
      return concatenate([latent, rows['x']!], 1)
    },
    propose(rows, samples, noise) {
      const posteriors = encoded(model, rows['x']!, fittedPass)
      const drawn = posteriors.draw(samples, noiseUnder(noise, 'below'))
      const above = ofCodes.propose({ x: posteriors.mean }, samples, noise)
      return { latent: concatenate([above.latent, drawn.latent], 1), logDensity: add(drawn.logDensity(), above.logDensity) }
    },
    simulate(count, noise) {
      const { rows, latent } = ofCodes.simulate!(count, noise)
      const code = rows['x']!
      const x = likelihood.sample(decoder(code, fittedPass), noiseUnder(noise, 'row'))
      return { rows: { x }, latent: concatenate([latent, code], 1) }
    },
    guess(rows: RowTensors) {
      const { mean, logVariance } = encoded(model, rows['x']!, fittedPass)
      const above = ofCodes.guess({ x: mean })
      return { mean: concatenate([above.mean, mean], 1), logVariance: concatenate([above.logVariance, logVariance], 1) }
    },
  }
}

