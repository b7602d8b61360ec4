import { type RandomKey, fillNormal, fillUniform } from '@shared/math/random'
import { add, exp, less, minimum, multiply, reduceSum, reshape, square, subtract, where } from '../graph/ops'
import { differentiate } from '../graph/differentiate'
import { type Program, buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type Tensor, input, parameter } from '../graph/tensor'
import { NoiseFiller } from '../inference/batches'
import type { LatentDensity } from '../models/latent-density'
import { noiseInputs } from '../models/noise'
import { type RowValues, numbers, ownState, rowParameters, rowState } from './rows'

/*
 * Annealed importance sampling (Neal 2001) from the prior to the posterior along p_t(z) ∝ p(z)·p(x|z)^β_t, with one Hamiltonian transition at
 * each temperature, as Wu et al. 2017 evaluate decoder-based models. Run backwards from an exact posterior sample, which simulated data
 * have, the same chain bounds log p(x) from above: bidirectional Monte Carlo (Grosse et al. 2015).
 */

export interface AnnealingOptions {
  chains: number
  /** Number of temperatures after the first, β = 0. */
  temperatures: number
  leapfrogSteps: number
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

/**
 * One Hamiltonian transition that leaves p(z)·p(x|z)^β as it is, for many chains: state z [m, latent]; inputs β, the chains' step sizes, their
 * momenta and the logarithms of uniform numbers. Outputs: log p(x|z) at the new z, the probability of acceptance.
 */
function transitionProgram(model: LatentDensity, count: number, leapfrogSteps: number): Program {
  const { type, latent } = model
  const rows = rowParameters(model, count)
  const z = parameter('evidence/z', [count, latent], type)
  const beta = input('beta', [], type)
  const stepSize = reshape(input('stepSize', [count], type), [count, 1])
  const momentum = input('momentum', [count, latent], type)
  const logUniform = input('logUniform', [count], type)
  const energyAt = (at: Tensor) => {
    const likelihood = model.logLikelihood(rows, at)
    const log = add(model.logPrior(at), multiply(likelihood, beta))
    return { log, likelihood, gradient: differentiate(reduceSum(log), [at])[0]! }
  }
  const start = energyAt(z)
  let [position, speed, end] = [z, momentum, start]
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
    outputs: {
      logLikelihood: where(accepted, end.likelihood, start.likelihood),
      acceptance: exp(minimum(logRatio, 0)),
    },
    updates: { 'evidence/z': where(reshape(accepted, [count, 1]), position, z) },
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
  const pilot = Math.min(4, options.chains)
  // step sizes are found by chains of their own, so that the weights of the others stay unbiased
  const steps = await anneal(runtime, model, values, { ...options, chains: pilot, stream: `${options.stream}/pilot` }, from, null)
  const { weights, acceptance } = await anneal(runtime, model, values, options, from, steps.stepSizes)
  return { logWeights: weights, acceptance }
}

const targetAcceptance = 0.65

async function anneal(
  runtime: Runtime,
  model: LatentDensity,
  values: RowValues,
  { chains, temperatures, leapfrogSteps, seed, stream, pause, onTemperature }: AnnealingOptions,
  from: NumericArray | null,
  planned: Float64Array[] | null,
) {
  const { latent } = model
  const { rows } = values
  const count = rows * chains
  const array = (length: number): NumericArray => numbers(model, length)
  const executable = await runtime.compile(transitionProgram(model, count, leapfrogSteps))
  const first = from ? copied(from, latent, chains) : await priorDraws(runtime, model, count, { seed, stream: `${stream}/start` })
  executable.load({ ...ownState(executable.program, model), ...rowState(model, values, chains), 'evidence/z': first })

  const rising = sigmoidSchedule(temperatures)
  const betas = from ? rising.slice().reverse() : rising
  const stepSizes: Float64Array[] = []
  const own = new Float64Array(rows).fill(0.1)
  const feeds = { beta: 0, stepSize: array(count), momentum: array(count * latent), logUniform: array(count) }
  const weights = Array.from({ length: rows }, () => new Float64Array(chains))
  // a step of size 0 stays where it is, and tells the likelihood there
  let current = (await executable.run({ ...feeds, beta: betas[0]! }))['logLikelihood']!.slice()
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
    current = outputs['logLikelihood']!.slice()
    const acceptance = outputs['acceptance']!
    stepSizes.push(own.slice())
    for (let row = 0; row < rows; row += 1) {
      let mean = 0
      for (let chain = 0; chain < chains; chain += 1) mean += (Number.isFinite(acceptance[row * chains + chain]!) ? acceptance[row * chains + chain]! : 0) / chains
      accepted += mean / rows / temperatures
      if (!planned) own[row] = Math.min(2, Math.max(1e-5, own[row]! * (mean > targetAcceptance ? 1.03 : 0.96)))
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

async function priorDraws(runtime: Runtime, model: LatentDensity, count: number, key: RandomKey): Promise<NumericArray> {
  const executable = await runtime.compile(buildProgram({ name: 'evidence-prior', outputs: { latent: model.drawPrior(count, noiseInputs) } }))
  executable.load(ownState(executable.program, model))
  const drawn = (await executable.run(new NoiseFiller(executable.program, key).fill(0)))['latent']!.slice()
  await executable.dispose()
  return drawn
}
