import { logGamma } from '@shared/math/gamma'
import { adamRates, adamStep } from '../graph/optimizers'
import { invertLowerTriangular } from '../graph/compose'
import { add, divide, exp, log, matmul, multiply, negate, reduceSum, reshape, sqrt, square, stopGradient, subtract, transpose } from '../graph/ops'
import { differentiate } from '../graph/differentiate'
import { buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type FloatType, type Tensor, constant, input, parameter, sizeOf } from '../graph/tensor'
import { NoiseFiller } from '../inference/batches'
import { type LatentDensity, repeated } from '../models/latent-density'
import { noiseInputs } from '../models/noise'
import { type RowValues, numbers, ownState, rowInputs, rowParameters, rowState } from './rows'

/*
 * A Gaussian of its own for every row, found by stochastic ascent of the row's ELBO from what the encoder gives (semi-amortized inference).
 * With independent dimensions its gap to log p(x) is the approximation gap; what it gains over the encoder's q is the amortization gap
 * (Cremer et al. 2018). With correlated ones it is what importance samples are drawn from.
 */

/** z = mean + σ ∘ (I + mixing)·ε: mean and logVariance [rows, latent], mixing [rows, latent, latent], strictly lower triangular, or absent. */
export interface RefinedProposal {
  mean: NumericArray
  logVariance: NumericArray
  mixing?: NumericArray
}

export interface Moments {
  mean: Tensor
  logVariance: Tensor
  mixing?: Tensor
}

export const refinedInputs = (rows: number, { latent, type }: LatentDensity): Required<Moments> => ({
  mean: input('refined/mean', [rows, latent], type),
  logVariance: input('refined/logVariance', [rows, latent], type),
  mixing: input('refined/mixing', [rows, latent, latent], type),
})

/** ε + mixing·ε for each row: noise [samples, rows, latent]. I + mixing has determinant 1. */
function mixed(noise: Tensor, mixing: Tensor | undefined): Tensor {
  if (!mixing) return noise
  const byRow = transpose(noise, [1, 0, 2])
  return transpose(add(byRow, matmul(byRow, mixing, { transposeB: true })), [1, 0, 2])
}

/** log N(z; mean, Σ) = −½ Σ_j (log 2π + logVariance_j + ε_j²): noise [samples, rows, latent] → flat samples. */
export function gaussianDraw({ mean, logVariance, mixing }: Moments, noise: Tensor): { latent: Tensor; logDensity: Tensor } {
  const [samples, rows, latent] = noise.shape as [number, number, number]
  const drawn = add(mean, multiply(exp(multiply(logVariance, 0.5)), mixed(noise, mixing)))
  const terms = add(add(square(noise), logVariance), Math.log(2 * Math.PI))
  return {
    latent: reshape(drawn, [samples * rows, latent]),
    logDensity: reshape(multiply(reduceSum(terms, [2]), -0.5), [samples * rows]),
  }
}

/** Degrees of freedom of the t distribution that importance samples are drawn from. */
export const tailFreedom = 10

/**
 * Samples of a multivariate t distribution around the same place: its tails are heavier than those of a posterior, so that no weight is without
 * bound. z = mean + s·σ ∘ (I + mixing)·ε with s² = ν/χ²_ν; log density = log Γ((ν+d)/2) − log Γ(ν/2) − d/2·log(νπ) − ½ Σ_j logVariance_j
 * − (ν+d)/2·log(1 + s²|ε|²/ν).
 *
 * @param tail  standard normal numbers [samples, rows, ν], the sum of whose squares is χ²_ν
 */
export function heavyDraw({ mean, logVariance, mixing }: Moments, noise: Tensor, tail: Tensor): { latent: Tensor; logDensity: Tensor } {
  const [samples, rows, latent] = noise.shape as [number, number, number]
  const freedom = tail.shape[2]!
  const stretch = divide(freedom, reduceSum(square(tail), [2], true))
  const drawn = add(mean, multiply(multiply(exp(multiply(logVariance, 0.5)), sqrt(stretch)), mixed(noise, mixing)))
  const distance = multiply(stretch, reduceSum(square(noise), [2], true))
  const constant = logGamma((freedom + latent) / 2) - logGamma(freedom / 2) - (latent / 2) * Math.log(freedom * Math.PI)
  const spread = multiply(reduceSum(logVariance, [1]), -0.5)
  const fall = multiply(log(add(multiply(reshape(distance, [samples, rows]), 1 / freedom), 1)), -(freedom + latent) / 2)
  return { latent: reshape(drawn, [samples * rows, latent]), logDensity: reshape(add(add(fall, spread), constant), [samples * rows]) }
}

/** log q(z) of flat samples of the same Gaussian, whose own place and shape no gradient reaches: only the path through z is followed. */
function densityAt(z: Tensor, { mean, logVariance, mixing }: Moments, samples: number): Tensor {
  const [rows, latent] = mean.shape as [number, number]
  const [centre, spread] = [stopGradient(mean), stopGradient(logVariance)]
  const scaled = multiply(subtract(reshape(z, [samples, rows, latent]), centre), exp(multiply(spread, -0.5)))
  const noise = mixing ? unmixed(scaled, stopGradient(mixing)) : scaled
  return reshape(multiply(reduceSum(add(add(square(noise), spread), Math.log(2 * Math.PI)), [2]), -0.5), [samples * rows])
}

/** ε with (I + mixing)·ε = scaled: [samples, rows, latent]. */
function unmixed(scaled: Tensor, mixing: Tensor): Tensor {
  const inverse = invertLowerTriangular(add(mixing, identity(mixing.shape.at(-1)!, mixing.type as FloatType)))
  return transpose(matmul(transpose(scaled, [1, 0, 2]), inverse, { transposeB: true }), [1, 0, 2])
}

const squareOf = (size: number, type: FloatType, value: (row: number, column: number) => number): Tensor =>
  constant(Array.from({ length: size * size }, (_, at) => value(Math.floor(at / size), at % size)), [size, size], type)
const identity = (size: number, type: FloatType): Tensor => squareOf(size, type, (row, column) => Number(row === column))
const belowDiagonal = (size: number, type: FloatType): Tensor => squareOf(size, type, (row, column) => Number(column < row))

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
  /** With correlated dimensions, or with independent ones. */
  correlated: boolean
  steps: number
  /** Samples of z in each step's estimate of the bound. */
  samples: number
  learningRate: number
  seed: number
  stream: string
  pause(): Promise<void>
  onStep?(done: number, total: number): void
}

/** What samples are drawn from, or chains start from: a correlated Gaussian for each row, found from what the model guesses. */
export async function correlatedProposal(
  runtime: Runtime,
  model: LatentDensity,
  values: RowValues,
  options: Omit<RefineOptions, 'correlated'>,
): Promise<Required<RefinedProposal>> {
  const refined = await refineProposal(runtime, model, values, await guessedProposal(runtime, model, values), { ...options, correlated: true })
  return { ...refined, mixing: refined.mixing! }
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
  const { steps, samples, learningRate, correlated } = options
  const mean = parameter('refined/mean', [rows, latent], type)
  const logVariance = parameter('refined/logVariance', [rows, latent], type)
  const mixing = parameter('refined/mixing', [rows, latent, latent], type)
  const moments: Moments = { mean, logVariance, ...(correlated ? { mixing: multiply(mixing, belowDiagonal(latent, type)) } : {}) }
  const noise = noiseInputs.normal('', [samples, rows, latent], type)
  const draw = gaussianDraw(moments, noise)
  const joint = add(model.logPrior(draw.latent), model.logLikelihood(repeated(rowParameters(model, rows), samples), draw.latent))
  const bound = divide(reduceSum(subtract(joint, draw.logDensity)), samples)
  // Of log q only the path through z: the rest has mean 0, and without it the gradient is 0 for every draw where q is exact.  Roeder et al. 2017
  const along = divide(reduceSum(subtract(joint, densityAt(draw.latent, moments, samples))), samples)
  const climbed = correlated ? [mean, logVariance, mixing] : [mean, logVariance]
  const step = adamStep(climbed, differentiate(negate(along), climbed), adam)
  const executable = await runtime.compile(buildProgram({ name: 'evidence-refine', outputs: { bound: divide(bound, rows) }, updates: step.updates }))
  executable.load({
    ...ownState(executable.program, model),
    ...rowState(model, values),
    'refined/mean': start.mean.slice(),
    'refined/logVariance': start.logVariance.slice(),
    ...(correlated ? { 'refined/mixing': start.mixing?.slice() ?? numbers(model, rows * latent * latent) } : {}),
    ...Object.fromEntries(step.state.map((tensor) => [tensor.name!, numbers(model, sizeOf(tensor.shape))])),
  })
  const filler = new NoiseFiller(executable.program, { seed: options.seed, stream: options.stream })
  for (let index = 1; index <= steps; index += 1) {
    const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * (index - 1)) / steps))
    await executable.run({ ...filler.fill(index), ...adamRates(index, rate, adam) })
    options.onStep?.(index, steps)
    await options.pause()
  }
  const state = await executable.read()
  const refined = { mean: state['refined/mean']!.slice(), logVariance: state['refined/logVariance']!.slice() }
  const turned = correlated ? { mixing: state['refined/mixing']!.slice() } : {}
  await executable.dispose()
  return { ...refined, ...turned }
}

const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }
