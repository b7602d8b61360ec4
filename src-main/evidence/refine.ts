import { fillNormal } from '@shared/math/random'
import { adamRates, adamStep } from '../graph/optimizers'
import { add, broadcastTo, divide, exp, multiply, negate, reduceMean, reduceSum, reshape, square, subtract } from '../graph/ops'
import { differentiate } from '../graph/differentiate'
import { buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type FloatType, type Tensor, input, parameter, sizeOf } from '../graph/tensor'
import type { LatentDensity } from '../models/latent-density'
import { ownState } from './own-state'

/*
 * A diagonal Gaussian of its own for every row, found by stochastic ascent of the row's ELBO from what the encoder gives (semi-amortized
 * inference). Its gap to log p(x) is the approximation gap; what it gains over the encoder's q is the amortization gap. Cremer et al. 2018.
 */

/** [rows, latent] each. */
export interface RefinedProposal {
  mean: NumericArray
  logVariance: NumericArray
}

export interface Moments {
  mean: Tensor
  logVariance: Tensor
}

export const refinedInputs = (rows: number, latent: number, type: FloatType): Moments => ({
  mean: input('refined/mean', [rows, latent], type),
  logVariance: input('refined/logVariance', [rows, latent], type),
})

/** z = mean + σ·ε with log N(z; mean, σ²) = −½ Σ_j (log 2π + logVariance_j + ε_j²): noise [samples, rows, latent] → flat samples. */
export function diagonalDraw({ mean, logVariance }: Moments, noise: Tensor): { latent: Tensor; logDensity: Tensor } {
  const [samples, rows, latent] = noise.shape as [number, number, number]
  const drawn = add(mean, multiply(exp(multiply(logVariance, 0.5)), noise))
  const terms = add(add(square(noise), logVariance), Math.log(2 * Math.PI))
  return {
    latent: reshape(drawn, [samples * rows, latent]),
    logDensity: reshape(multiply(reduceSum(terms, [2]), -0.5), [samples * rows]),
  }
}

/** The posterior moments a model guesses by itself, for the given rows. */
export async function guessedProposal(runtime: Runtime, model: LatentDensity, x: NumericArray): Promise<RefinedProposal> {
  const rows = x.length / model.features
  const { mean, logVariance } = model.guess(input('x', [rows, model.features], model.type))
  const executable = await runtime.compile(buildProgram({ name: 'evidence-guess', outputs: { mean, logVariance } }))
  executable.load(ownState(executable.program, model))
  const outputs = await executable.run({ x })
  const found = { mean: outputs['mean']!.slice(), logVariance: outputs['logVariance']!.slice() }
  await executable.dispose()
  return found
}

export interface RefineOptions {
  steps: number
  /** Samples of z in each step's estimate of the bound. */
  samples: number
  learningRate: number
  seed: number
  stream: string
  pause(): Promise<void>
}

/** Climbs the bound of each row for itself; the step size falls to zero along half a cosine, so that the noise of the samples averages out. */
export async function refineProposal(
  runtime: Runtime,
  model: LatentDensity,
  x: NumericArray,
  start: RefinedProposal,
  options: RefineOptions,
): Promise<RefinedProposal> {
  const rows = x.length / model.features
  const { type, latent, features } = model
  const { steps, samples, learningRate } = options
  const data = parameter('evidence/x', [rows, features], type)
  const mean = parameter('refined/mean', [rows, latent], type)
  const logVariance = parameter('refined/logVariance', [rows, latent], type)
  const noise = input('noise', [samples, rows, latent], type)
  const draw = diagonalDraw({ mean, logVariance }, noise)
  const repeated = reshape(broadcastTo(data, [samples, rows, features]), [samples * rows, features])
  const joint = add(model.logPrior(draw.latent), model.logLikelihood(repeated, draw.latent))
  const bound = reduceMean(reshape(subtract(joint, draw.logDensity), [samples, rows]), [0])
  const gradients = differentiate(negate(reduceSum(bound)), [mean, logVariance])
  const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }
  const step = adamStep([mean, logVariance], gradients, adam)
  const executable = await runtime.compile(buildProgram({ name: 'evidence-refine', outputs: { bound: divide(reduceSum(bound), rows) }, updates: step.updates }))
  const zeros = (tensor: Tensor): NumericArray => (type === 'float32' ? new Float32Array(sizeOf(tensor.shape)) : new Float64Array(sizeOf(tensor.shape)))
  executable.load({
    ...ownState(executable.program, model),
    'evidence/x': x.slice(),
    'refined/mean': start.mean.slice(),
    'refined/logVariance': start.logVariance.slice(),
    ...Object.fromEntries(step.state.map((tensor) => [tensor.name!, zeros(tensor)])),
  })
  const drawn = type === 'float32' ? new Float32Array(samples * rows * latent) : new Float64Array(samples * rows * latent)
  for (let index = 1; index <= steps; index += 1) {
    fillNormal(drawn, { seed: options.seed, stream: options.stream }, index)
    const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * (index - 1)) / steps))
    await executable.run({ noise: drawn, ...adamRates(index, rate, adam) })
    await options.pause()
  }
  const state = await executable.read()
  const refined = { mean: state['refined/mean']!.slice(), logVariance: state['refined/logVariance']!.slice() }
  await executable.dispose()
  return refined
}
