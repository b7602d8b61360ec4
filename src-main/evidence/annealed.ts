import { type RandomKey, fillNormal, fillUniform } from '@shared/math/random'
import { add, divide, exp, less, matmul, minimum, multiply, negate, reduceSum, reshape, sqrt, square, subtract, where } from '../graph/ops'
import { differentiate } from '../graph/differentiate'
import { type Program, buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type Tensor, input, parameter } from '../graph/tensor'
import { NoiseFiller } from '../inference/batches'
import type { LatentDensity } from '../models/latent-density'
import { noiseInputs } from '../models/noise'
import { type RefinedProposal, guessedProposal } from './refine'
import { type RowValues, numbers, ownState, rowParameters, rowState } from './rows'

/*
 * Annealed importance sampling (Neal 2001) from a base to the posterior along p_t(z) ∝ base(z)·(p(x, z)/base(z))^β_t, with one Hamiltonian
 * transition at each temperature; the base is the prior, as Wu et al. 2017 evaluate decoder-based models, or a Gaussian refined for each row. Run
 * backwards from an exact posterior sample, which simulated data have, the same chain bounds log p(x) from above: bidirectional Monte Carlo
 * (Grosse et al. 2015).
 */

export interface AnnealingOptions {
  chains: number
  /** Number of temperatures after the first, β = 0. */
  temperatures: number
  leapfrogSteps: number
  /** Where chains start: null is the prior; else Gaussians refined for these rows, from which the way is much shorter. */
  start: Required<RefinedProposal> | null
  seed: number
  stream: string
  pause(): Promise<void>
  onTemperature?(done: number, total: number): void
}

/** β_0 = 0 … β_T = 1, dense at both ends: (σ(δ(2t/T − 1)) − σ(−δ))/(σ(δ) − σ(−δ)), δ = 4. */
export function sigmoidSchedule(temperatures: number): Float64Array {
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))
  const [low, high] = [sigmoid(-4), sigmoid(4)]
  return Float64Array.from({ length: temperatures + 1 }, (_, t) => (sigmoid(4 * ((2 * t) / temperatures - 1)) - low) / (high - low))
}

/** What a chain moves in, [count, latent]: its own place, and what the densities there are. */
interface Coordinates {
  /** The chains' places, the state of the program. */
  place: Tensor
  /** log of the density that chains start from, at any place; and what log p(x, z) has more than it. */
  energy(at: Tensor): { base: Tensor; ratio: Tensor }
  /** Sizes of one step of each dimension, beside the chain's own. */
  spread(beta: Tensor): Tensor | null
}

/** From the prior. A dimension moves in units of about its spread at β, (1 + β(1/σ² − 1))^−½ with the σ of the model's guess at the posterior. */
function fromPrior(model: LatentDensity, count: number): Coordinates {
  const { type, latent } = model
  const rows = rowParameters(model, count)
  return {
    place: parameter('evidence/z', [count, latent], type),
    energy: (z) => ({ base: model.logPrior(z), ratio: model.logLikelihood(rows, z) }),
    spread(beta) {
      const precision = exp(negate(parameter('evidence/logVariance', [count, latent], type)))
      return divide(1, sqrt(add(multiply(subtract(precision, 1), beta), 1)))
    },
  }
}

/** From a refined Gaussian, in coordinates u with z = mean + σ ∘ (I + mixing)·u in which it is standard normal: log q(z) = log N(u) − ½ Σ_j logVariance_j. */
function fromRefined(model: LatentDensity, count: number): Coordinates {
  const { type, latent } = model
  const rows = rowParameters(model, count)
  const mean = parameter('evidence/mean', [count, latent], type)
  const logVariance = parameter('evidence/logVariance', [count, latent], type)
  const mixing = parameter('evidence/mixing', [count, latent, latent], type)
  const half = multiply(logVariance, 0.5)
  return {
    place: parameter('evidence/z', [count, latent], type),
    energy(u) {
      const turned = add(u, reshape(matmul(mixing, reshape(u, [count, latent, 1])), [count, latent]))
      const z = add(mean, multiply(exp(half), turned))
      const base = multiply(reduceSum(add(square(u), Math.log(2 * Math.PI)), [1]), -0.5)
      return { base, ratio: subtract(add(add(model.logPrior(z), model.logLikelihood(rows, z)), reduceSum(half, [1])), base) }
    },
    spread: () => null,
  }
}

/**
 * One Hamiltonian transition that leaves base·(p(x, z)/base)^β as it is, for many chains; inputs β, the chains' step sizes, their momenta and the
 * logarithms of uniform numbers. Outputs: log of the ratio at the new place, the probability of acceptance.
 */
function transitionProgram(model: LatentDensity, { place, energy, spread }: Coordinates, count: number, leapfrogSteps: number): Program {
  const { type, latent } = model
  const beta = input('beta', [], type)
  const chainStep = reshape(input('stepSize', [count], type), [count, 1])
  const own = spread(beta)
  const stepSize = own ? multiply(chainStep, own) : chainStep
  const momentum = input('momentum', [count, latent], type)
  const logUniform = input('logUniform', [count], type)
  const energyAt = (at: Tensor) => {
    const { base, ratio } = energy(at)
    const log = add(base, multiply(ratio, beta))
    return { log, ratio, gradient: differentiate(reduceSum(log), [at])[0]! }
  }
  const start = energyAt(place)
  let [position, speed, end] = [place, momentum, start]
  for (let step = 0; step < leapfrogSteps; step += 1) {
    speed = add(speed, multiply(multiply(stepSize, 0.5), end.gradient))
    position = add(position, multiply(stepSize, speed))
    end = energyAt(position)
    speed = add(speed, multiply(multiply(stepSize, 0.5), end.gradient))
  }
  const kinetic = (momenta: Tensor): Tensor => multiply(reduceSum(square(momenta), [1]), 0.5)
  const logRatio = subtract(subtract(end.log, kinetic(speed)), subtract(start.log, kinetic(momentum)))
  const accepted = less(logUniform, logRatio)
  return buildProgram({
    name: 'evidence-transition',
    outputs: { ratio: where(accepted, end.ratio, start.ratio), acceptance: exp(minimum(logRatio, 0)) },
    updates: { 'evidence/z': where(reshape(accepted, [count, 1]), position, place) },
  })
}

export interface AnnealedWeights {
  /** log-weights: [chains] for every row. */
  logWeights: Float64Array[]
  /** Mean over chains and temperatures. */
  acceptance: number
}

/**
 * Log-weights of annealed chains for rows of data.
 *
 * @param from  null runs from the prior to the posterior; else exact posterior samples [rows, latent], from which the chains run back, and the
 *              weights are those of 1/p(x): their mean is an upper bound on log p(x) after a change of sign
 */
export async function annealedWeights(
  runtime: Runtime,
  model: LatentDensity,
  values: RowValues,
  options: AnnealingOptions,
  from: NumericArray | null = null,
): Promise<AnnealedWeights> {
  const { onTemperature: _told, ...plan } = options
  const pilot = { ...plan, chains: Math.min(pilotChains, plan.chains), temperatures: Math.max(2, Math.ceil(plan.temperatures / pilotShare)), stream: `${plan.stream}/pilot` }
  // step sizes are found by chains of their own, so that the weights of the others stay unbiased
  const { stepSizes } = await anneal(runtime, model, values, pilot, from, null)
  const planned = Array.from({ length: plan.temperatures }, (_, t) => stepSizes[Math.floor((t * pilot.temperatures) / plan.temperatures)]!)
  const { weights, acceptance } = await anneal(runtime, model, values, options, from, planned)
  return { logWeights: weights, acceptance }
}

/** Chains that find the step sizes, over so many times fewer temperatures. */
const pilotChains = 4
const pilotShare = 4
const targetAcceptance = 0.65
const firstStepSize = 0.3
/** log ε changes by so much times how far the acceptance is off. */
const adaptation = 0.3

async function anneal(
  runtime: Runtime,
  model: LatentDensity,
  values: RowValues,
  { chains, temperatures, leapfrogSteps, start, seed, stream, pause, onTemperature }: AnnealingOptions,
  from: NumericArray | null,
  planned: Float64Array[] | null,
) {
  const { latent } = model
  const { rows } = values
  const count = rows * chains
  const array = (length: number): NumericArray => numbers(model, length)
  const coordinates = start ? fromRefined(model, count) : fromPrior(model, count)
  const executable = await runtime.compile(transitionProgram(model, coordinates, count, leapfrogSteps))
  const shape = start ?? (await guessedProposal(runtime, model, values))
  const first = from ? copied(start ? standardized(from, start, latent) : from, latent, chains) : await firstPlaces(runtime, model, count, start !== null, { seed, stream: `${stream}/start` })
  executable.load({
    ...ownState(executable.program, model),
    ...rowState(model, values, chains),
    ...(start ? { 'evidence/mean': copied(start.mean, latent, chains), 'evidence/mixing': copied(belowDiagonal(start.mixing, latent), latent * latent, chains) } : {}),
    'evidence/logVariance': copied(shape.logVariance, latent, chains),
    'evidence/z': first,
  })

  const rising = sigmoidSchedule(temperatures)
  const betas = from ? rising.slice().reverse() : rising
  const stepSizes: Float64Array[] = []
  const own = new Float64Array(rows).fill(firstStepSize)
  const feeds = { beta: 0, stepSize: array(count), momentum: array(count * latent), logUniform: array(count) }
  const weights = Array.from({ length: rows }, () => new Float64Array(chains))
  // a step of size 0 stays where it is, and tells the ratio there
  let current = (await executable.run({ ...feeds, beta: betas[0]! }))['ratio']!.slice()
  let accepted = 0
  for (let t = 1; t <= temperatures; t += 1) {
    const change = betas[t]! - betas[t - 1]!
    for (let chain = 0; chain < count; chain += 1) weights[Math.floor(chain / chains)]![chain % chains]! += change * current[chain]!
    const sizes = planned?.[t - 1] ?? own
    for (let chain = 0; chain < count; chain += 1) feeds.stepSize[chain] = sizes[Math.floor(chain / chains)]!
    fillNormal(feeds.momentum, { seed, stream: `${stream}/momentum` }, t)
    fillUniform(feeds.logUniform, { seed, stream: `${stream}/accept` }, t)
    for (let chain = 0; chain < count; chain += 1) feeds.logUniform[chain] = Math.log(feeds.logUniform[chain]!)
    const outputs = await executable.run({ ...feeds, beta: betas[t]! })
    current = outputs['ratio']!.slice()
    const acceptance = outputs['acceptance']!
    stepSizes.push(own.slice())
    for (let row = 0; row < rows; row += 1) {
      let mean = 0
      for (let chain = 0; chain < chains; chain += 1) mean += (Number.isFinite(acceptance[row * chains + chain]!) ? acceptance[row * chains + chain]! : 0) / chains
      accepted += mean / rows / temperatures
      if (!planned) own[row] = Math.min(2, Math.max(1e-5, own[row]! * Math.exp(adaptation * (mean - targetAcceptance))))
    }
    onTemperature?.(t, temperatures)
    await pause()
  }
  await executable.dispose()
  return { weights, acceptance: accepted, stepSizes }
}

/** Every row of [rows, width] `copies` times in a row. */
function copied(source: NumericArray, width: number, copies: number): NumericArray {
  const out = source instanceof Float64Array ? new Float64Array(source.length * copies) : new Float32Array(source.length * copies)
  for (let at = 0; at < out.length / width; at += 1) out.set(source.subarray(Math.floor(at / copies) * width, Math.floor(at / copies + 1) * width), at * width)
  return out
}

/** u with z = mean + σ ∘ (I + mixing)·u, by forward substitution: z [rows, latent]. */
function standardized(z: NumericArray, { mean, logVariance, mixing }: Required<RefinedProposal>, latent: number): NumericArray {
  const u = z.slice()
  for (let at = 0; at < z.length; at += 1) {
    const [first, row] = [at - (at % latent), at % latent]
    let value = (z[at]! - mean[at]!) * Math.exp(-0.5 * logVariance[at]!)
    for (let column = 0; column < row; column += 1) value -= mixing[at * latent + column]! * u[first + column]!
    u[at] = value
  }
  return u
}

/** Of matrices [rows, size, size], zeros on and above the diagonals. */
const belowDiagonal = (matrices: NumericArray, size: number): NumericArray =>
  matrices.map((value, at) => (at % size < Math.floor(at / size) % size ? value : 0)) as NumericArray

/** Draws from the density that chains start from: the prior, or in the coordinates of a refined Gaussian the standard normal. */
async function firstPlaces(runtime: Runtime, model: LatentDensity, count: number, standard: boolean, key: RandomKey): Promise<NumericArray> {
  if (standard) {
    const drawn = numbers(model, count * model.latent)
    fillNormal(drawn, key)
    return drawn
  }
  const executable = await runtime.compile(buildProgram({ name: 'evidence-prior', outputs: { latent: model.drawPrior(count, noiseInputs) } }))
  executable.load(ownState(executable.program, model))
  const drawn = (await executable.run(new NoiseFiller(executable.program, key).fill(0)))['latent']!.slice()
  await executable.dispose()
  return drawn
}
