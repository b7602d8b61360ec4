import { adamRates, adamStep } from '../graph/optimizers'
import { add, divide, exp, multiply, negate, reduceSum, reshape, square, stopGradient, subtract } from '../graph/ops'
import { differentiate } from '../graph/differentiate'
import { buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type Tensor, input, parameter, sizeOf } from '../graph/tensor'
import { NoiseFiller } from '../inference/batches'
import { type LatentDensity, repeated } from '../models/latent-density'
import { noiseInputs } from '../models/noise'
import { type RowValues, numbers, ownState, rowInputs, rowParameters, rowState } from './rows'

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

export const refinedInputs = (rows: number, { latent, type }: LatentDensity): Moments => ({
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

/** log N(z; mean, σ²) with moments that no gradient reaches: flat samples [samples·rows, latent] → [samples·rows]. */
function densityAt(z: Tensor, { mean, logVariance }: Moments, samples: number): Tensor {
  const [rows, latent] = mean.shape as [number, number]
  const [centre, spread] = [stopGradient(mean), stopGradient(logVariance)]
  const squares = multiply(square(subtract(reshape(z, [samples, rows, latent]), centre)), exp(negate(spread)))
  return reshape(multiply(reduceSum(add(add(squares, spread), Math.log(2 * Math.PI)), [2]), -0.5), [samples * rows])
}

/** The posterior moments a model guesses by itself, for the given rows. */
export async function guessedProposal(runtime: Runtime, model: LatentDensity, values: RowValues): Promise<RefinedProposal> {
  const { mean, logVariance } = model.guess(rowInputs(model, values.rows))
  const executable = await runtime.compile(buildProgram({ name: 'evidence-guess', outputs: { mean, logVariance } }))
  executable.load(ownState(executable.program, model))
  const outputs = await executable.run(values.columns)
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
  values: RowValues,
  start: RefinedProposal,
  options: RefineOptions,
): Promise<RefinedProposal> {
  const { rows } = values
  const { type, latent } = model
  const { steps, samples, learningRate } = options
  const mean = parameter('refined/mean', [rows, latent], type)
  const logVariance = parameter('refined/logVariance', [rows, latent], type)
  const noise = noiseInputs.normal('', [samples, rows, latent], type)
  const draw = diagonalDraw({ mean, logVariance }, noise)
  const joint = add(model.logPrior(draw.latent), model.logLikelihood(repeated(rowParameters(model, rows), samples), draw.latent))
  const bound = divide(reduceSum(subtract(joint, draw.logDensity)), samples)
  // Of log q only the path through z: the rest has mean 0, and without it the gradient is 0 for every draw where q is exact.  Roeder et al. 2017
  const along = divide(reduceSum(subtract(joint, densityAt(draw.latent, { mean, logVariance }, samples))), samples)
  const step = adamStep([mean, logVariance], differentiate(negate(along), [mean, logVariance]), adam)
  const executable = await runtime.compile(buildProgram({ name: 'evidence-refine', outputs: { bound: divide(bound, rows) }, updates: step.updates }))
  executable.load({
    ...ownState(executable.program, model),
    ...rowState(model, values),
    'refined/mean': start.mean.slice(),
    'refined/logVariance': start.logVariance.slice(),
    ...Object.fromEntries(step.state.map((tensor) => [tensor.name!, numbers(model, sizeOf(tensor.shape))])),
  })
  const filler = new NoiseFiller(executable.program, { seed: options.seed, stream: options.stream })
  for (let index = 1; index <= steps; index += 1) {
    const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * (index - 1)) / steps))
    await executable.run({ ...filler.fill(index), ...adamRates(index, rate, adam) })
    await options.pause()
  }
  const state = await executable.read()
  const refined = { mean: state['refined/mean']!.slice(), logVariance: state['refined/logVariance']!.slice() }
  await executable.dispose()
  return refined
}

const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }
