import type { AutoencoderSpec } from '@shared/domain/models/vae'
import { differentiate } from '../../graph/differentiate'
import { divide, multiply, negate, reduceSum, reshape, square, subtract } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import type { GradientModel, StepSpec } from '../gradient-model'
import type { Likelihood } from '../likelihoods/likelihood'
import { pickLikelihood } from '../likelihoods/pick-likelihood'
import type { Layer } from '../networks/layer'
import { decoderNetwork, encoderNetwork } from '../networks/network'
import { type Pass, fittedPass, trainingPass } from '../networks/pass'
import { trained } from '../networks/weight'
import { weightGroups } from '../networks/weight-groups'
import { noiseInputs } from '../noise'
import { meanOverRows } from './bound-terms'
import type { RowShape } from './vae'

/*
 * The autoencoder on the networks of a VAE: the encoder gives one code for each row, the decoder p(x | code), and log p(x | code(x)) is climbed.
 * Nothing is drawn and nothing presses the codes towards a prior, which is what a VAE adds.
 */

interface Autoencoder {
  features: number
  latent: number
  type: FloatType
  encoder: Layer
  decoder: Layer
  likelihood: Likelihood
}

export function autoencoderPrograms(spec: AutoencoderSpec, inference: StepSpec, shape: RowShape, type: FloatType = 'float32'): GradientModel {
  const { features, imageShape, columns = [] } = shape
  const { latent } = spec
  const likelihood = pickLikelihood(spec.likelihood, features, columns, type)
  const seen = likelihood.view?.width ?? features
  const encoder = encoderNetwork(spec.encoder, { name: 'encoder', from: seen, to: latent, shape: imageShape, type })
  const decoder = decoderNetwork(spec.decoder, { name: 'decoder', from: latent, to: likelihood.outputs, shape: imageShape, type })
  const model: Autoencoder = { features, latent, type, encoder, decoder, likelihood }
  const weights = [...encoder.weights, ...decoder.weights, ...likelihood.weights]
  return {
    type,
    features,
    latent,
    weights,
    followed: 'reconstruction',
    trainingStep: (rows) => trainingStep(model, trained(weights), inference, rows),
    evaluation: (rows) => evaluation(model, rows),
    encoding: (rows) => encoding(model, rows),
    decoding: (rows) => decoding(model, rows),
    density: null,
    // Nothing made the codes follow a standard normal: what such codes decode to is what sets an autoencoder apart from a VAE.
    priorSampling: (rows) => buildProgram({ name: 'autoencoder-noise', outputs: { latent: noiseInputs.normal('', [rows, latent], type) } }),
  }
}

const codesOf = ({ encoder, likelihood }: Autoencoder, x: Tensor, pass: Pass): Tensor =>
  encoder(likelihood.view ? likelihood.view.of(x) : x, pass)

const rowInputs = ({ features, type }: Autoencoder, rows: number) => ({ x: input('x', [rows, features], type), weight: input('weight', [rows], type) })

/** Outputs objective and reconstruction, which are the same here: means per row in nats. */
function trainingStep(model: Autoencoder, parameters: Tensor[], inference: StepSpec, rows: number): Program {
  const { x, weight } = rowInputs(model, rows)
  const share = divide(weight, reduceSum(weight))
  const pass = trainingPass(share)
  const output = model.decoder(codesOf(model, x, pass), pass)
  const reconstruction = meanOverRows(model.likelihood.logProbability(x, output), share)
  const groups = { clip: inference.clip, groupOf: weightGroups(inference) }
  const optimizer = optimizerStep(parameters, differentiate(negate(reconstruction), parameters), inference.optimizer, groups)
  return buildProgram({
    name: 'autoencoder-training-step',
    outputs: { objective: reconstruction, reconstruction, gradientNorm: optimizer.gradientNorm },
    updates: { ...optimizer.updates, ...pass.updates },
  })
}

function evaluation(model: Autoencoder, rows: number): Program {
  const { x, weight } = rowInputs(model, rows)
  const codes = codesOf(model, x, fittedPass)
  const output = model.decoder(codes, fittedPass)
  const column = reshape(weight, [rows, 1])
  const error = reduceSum(square(subtract(x, model.likelihood.mean(output))), [1])
  return buildProgram({
    name: 'autoencoder-evaluation',
    outputs: {
      reconstruction: reduceSum(multiply(model.likelihood.logProbability(x, output), weight)),
      squaredError: reduceSum(multiply(error, weight)),
      latentMeans: reduceSum(multiply(codes, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(codes), column), [0]),
    },
  })
}

function encoding(model: Autoencoder, rows: number): Program {
  const codes = codesOf(model, rowInputs(model, rows).x, fittedPass)
  return buildProgram({ name: 'autoencoder-encoder', outputs: { latentMean: codes } })
}

function decoding(model: Autoencoder, rows: number): Program {
  const latent = input('latent', [rows, model.latent], model.type)
  return buildProgram({ name: 'autoencoder-decoder', outputs: { mean: model.likelihood.mean(model.decoder(latent, fittedPass)) } })
}
