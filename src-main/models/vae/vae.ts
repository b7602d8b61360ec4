import type { ImageShape } from '@shared/domain/run'
import type { GradientSpec, VaeSpec } from '@shared/domain/spec'
import { differentiate } from '../../graph/differentiate'
import { add, broadcastTo, divide, exp, multiply, negate, reduceMean, reduceSum, reshape, slice, square, subtract } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import { gaussianKl, likelihoodModel } from '../distributions/likelihoods'
import { type Weight, decoderNetwork, encoderNetwork } from '../networks'

/*
 * The variational autoencoder of Kingma & Welling 2014:  q(z|x) = N(latentMean(x), diag exp latentLogVariance(x)),  p(z) = N(0, I),
 * elbo = E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)),  with z = latentMean + exp(½ latentLogVariance)·ε, ε ~ N(0, I).
 */

export interface Vae {
  features: number
  latent: number
  type: FloatType
  weights: Weight[]
  encode(x: Tensor): { latentMean: Tensor; latentLogVariance: Tensor }
  /** The decoder's raw output: [rows, latent] → [rows, outputs]. */
  decode(latent: Tensor): Tensor
  likelihood: ReturnType<typeof likelihoodModel>
}

/** @param shape  of the pictures, which convolutional layers need; null for tables */
export function vae(spec: VaeSpec, features: number, shape: ImageShape | null = null, type: FloatType = 'float32'): Vae {
  const { latent } = spec
  const likelihood = likelihoodModel(spec.likelihood, features, type)
  const encoder = encoderNetwork('encoder', spec.encoder, features, 2 * latent, shape, type)
  const decoder = decoderNetwork('decoder', spec.decoder, latent, likelihood.outputs, shape, type)
  return {
    features,
    latent,
    type,
    weights: [...encoder.weights, ...decoder.weights, ...likelihood.weights],
    likelihood,
    decode: decoder,
    encode(x) {
      const both = encoder(x)
      return { latentMean: slice(both, 1, 0, latent), latentLogVariance: slice(both, 1, latent, 2 * latent) }
    },
  }
}

/**
 * The terms of the bound for each row, averaged over samples of z.
 *
 * @param x      [rows, features]
 * @param noise  [samples, rows, latent], standard normal
 * @returns      reconstruction [rows] and klPerDimension [rows, latent], nats
 */
function boundTerms(model: Vae, x: Tensor, noise: Tensor) {
  const [samples, rows] = noise.shape as [number, number, number]
  const { latentMean, latentLogVariance } = model.encode(x)
  const deviation = exp(multiply(latentLogVariance, 0.5))
  const latent = reshape(add(latentMean, multiply(deviation, noise)), [samples * rows, model.latent])
  const repeated = samples === 1 ? x : reshape(broadcastTo(x, [samples, rows, model.features]), [samples * rows, model.features])
  const logProbability = model.likelihood.logProbability(repeated, model.decode(latent))
  return {
    latentMean,
    reconstruction: samples === 1 ? logProbability : reduceMean(reshape(logProbability, [samples, rows]), [0]),
    klPerDimension: gaussianKl(latentMean, latentLogVariance),
  }
}

const batchInputs = (model: Vae, rows: number, samples: number) => ({
  x: input('x', [rows, model.features], model.type),
  noise: input('noise', [samples, rows, model.latent], model.type),
  /** 1 for rows that count, 0 for rows that only fill the batch. */
  weight: input('weight', [rows], model.type),
})

/** One step of training as a program: outputs objective, elbo, reconstruction and kl, means per row in nats; with clipping also gradientNorm. */
export function trainingStep(model: Vae, inference: Pick<GradientSpec, 'objective' | 'optimizer' | 'clip'>, rows: number): Program {
  const { samples, beta } = inference.objective.elbo
  const { x, noise, weight } = batchInputs(model, rows, samples)
  const terms = boundTerms(model, x, noise)
  const share = divide(weight, reduceSum(weight))
  const mean = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, share))
  const reconstruction = mean(terms.reconstruction)
  const kl = mean(reduceSum(terms.klPerDimension, [1]))
  const objective = beta === 1 ? subtract(reconstruction, kl) : subtract(reconstruction, multiply(kl, beta))
  const parameters = model.weights.map(({ tensor }) => tensor)
  const gradients = differentiate(negate(objective), parameters)
  const optimizer = optimizerStep(parameters, gradients, inference.optimizer, { clip: inference.clip })
  return buildProgram({
    name: 'vae-training-step',
    outputs: {
      objective,
      elbo: subtract(reconstruction, kl),
      reconstruction,
      kl,
      ...(optimizer.gradientNorm ? { gradientNorm: optimizer.gradientNorm } : {}),
    },
    updates: optimizer.updates,
  })
}

/** Sums over the rows of a batch, from which an evaluation of a whole part is put together. */
export function evaluation(model: Vae, rows: number, samples: number): Program {
  const { x, noise, weight } = batchInputs(model, rows, samples)
  const terms = boundTerms(model, x, noise)
  const column = reshape(weight, [rows, 1])
  return buildProgram({
    name: 'vae-evaluation',
    outputs: {
      reconstruction: reduceSum(multiply(terms.reconstruction, weight)),
      klPerDimension: reduceSum(multiply(terms.klPerDimension, column), [0]),
      latentMeans: reduceSum(multiply(terms.latentMean, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(terms.latentMean), column), [0]),
    },
  })
}

/** x [rows, features] → latentMean, latentLogVariance [rows, latent]. */
export function encoding(model: Vae, rows: number): Program {
  const x = input('x', [rows, model.features], model.type)
  return buildProgram({ name: 'vae-encoder', outputs: model.encode(x) })
}

/** latent [rows, latent] → mean of p(x|z), [rows, features]. */
export function decoding(model: Vae, rows: number): Program {
  const latent = input('latent', [rows, model.latent], model.type)
  return buildProgram({ name: 'vae-decoder', outputs: { mean: model.likelihood.mean(model.decode(latent)) } })
}
