import type { BenchedEstimator, EstimatorBenchOptions } from '@shared/domain/estimator-bench'
import { type RandomKey, permutation } from '@shared/math/random'
import { differentiate } from '../graph/differentiate'
import { optimizerFeeds, optimizerStep } from '../graph/optimizers'
import { reduceMean, reduceSum } from '../graph/ops'
import { type Program, buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type Tensor, input } from '../graph/tensor'
import type { Candidate, GradientProblem } from '../models/estimators/gradient-problem'
import { fittedPass } from '../models/networks/pass'
import { initialValues, trained } from '../models/networks/weight'
import { NoiseFiller } from './batches'
import { Moments, type Replicates } from './replicates'

export interface BenchProgress {
  pause(): Promise<void>
  onProgress(done: number, total: number): void
}

/** Rows that estimators are tried at, and others that learned baselines are fitted to: row-major [rows, features]. */
export interface BenchRows {
  tried: Float32Array
  fitted: Float32Array
}

export interface BenchFindings {
  estimators: BenchedEstimator[]
  /** Draws of the mean that stands for the gradient, where it is not known exactly. */
  referenceDraws: number | null
}

/** A reference that is a mean itself is made of so many times the draws of one estimator. */
const referenceFactor = 20
/** Decoded rows of one program. */
const rowsAtOnce = 4096

type State = Record<string, NumericArray>

/** Every estimator's mean against the gradient, and its scatter, at the same parameters. */
export async function benchEstimators(
  runtime: Runtime,
  problem: GradientProblem,
  rows: BenchRows,
  options: EstimatorBenchOptions,
  { pause, onProgress }: BenchProgress,
): Promise<BenchFindings> {
  const bench = new Bench(runtime, problem, rows, options.seed, pause)
  const { replicates } = options
  const sampled = problem.candidates.filter(({ name }) => name !== 'enumeration')
  const referenceReplicates = problem.exact ? 0 : referenceFactor * replicates
  const total = sampled.length * replicates + referenceReplicates
  let done = 0
  const told = (count: number): void => onProgress((done += count), total)
  await bench.open()
  const reference = await bench.reference(referenceReplicates, told)
  const estimators: BenchedEstimator[] = []
  for (const candidate of problem.candidates) {
    if (candidate.name === 'enumeration') estimators.push(bench.enumerated(candidate, reference.elbo))
    else estimators.push(await bench.judge(candidate, replicates, reference, told))
  }
  return { estimators, referenceDraws: problem.exact ? null : referenceReplicates * problem.reference.samples }
}

/** A gradient for each row, [rows·width], with the variance of its entries where it is itself a mean. */
interface Known {
  gradient: Float64Array
  variance: Float64Array
}

interface Reference {
  elbo: Known
  iwae: { samples: number; known: Known } | null
  /** Mean over rows of E f: what a running baseline has come to when all else stands still. */
  value: number
}

class Bench {
  readonly #rows: number
  #parameters: NumericArray = new Float32Array(0)

  constructor(
    readonly runtime: Runtime,
    readonly problem: GradientProblem,
    readonly data: BenchRows,
    readonly seed: number,
    readonly pause: () => Promise<void>,
  ) {
    this.#rows = data.tried.length / problem.features
  }

  async open(): Promise<void> {
    const { problem, data } = this
    const parameters = problem.parameters(this.#input(this.#rows))
    this.#parameters = (await this.#once(buildProgram({ name: 'posterior-parameters', outputs: { parameters } }), { x: data.tried }))['parameters']!
  }

  #input(rows: number): Tensor {
    return input('x', [rows, this.problem.features], this.problem.type)
  }

  #posterior(rows: number): Tensor {
    return input('posterior', [rows, this.problem.width], this.problem.type)
  }

  async #once(program: Program, feeds: Record<string, NumericArray>): Promise<Record<string, NumericArray>> {
    const executable = await this.runtime.compile(program)
    executable.load(stateFor(program, this.problem.state))
    const outputs = Object.fromEntries(Object.entries(await executable.run(feeds)).map(([name, values]) => [name, values.slice()]))
    await executable.dispose()
    return outputs
  }

  async reference(replicates: number, told: (count: number) => void): Promise<Reference> {
    const { exact, reference } = this.problem
    if (!exact) {
      const found = await this.#replicate(reference, replicates, {}, { seed: this.seed, stream: 'estimators/reference' }, told)
      return { elbo: { gradient: found.mean, variance: found.variances.map((value) => value / found.count) }, iwae: null, value: found.value }
    }
    const feeds = { x: this.data.tried, posterior: this.#parameters }
    const [x, posterior] = [this.#input(this.#rows), this.#posterior(this.#rows)]
    const { surrogate, value } = exact.elbo.estimate(x, posterior, fittedPass)
    const elbo = await this.#once(gradientProgram(surrogate, posterior, value), feeds)
    const pairs = exact.iwae && (await this.#once(gradientProgram(exact.iwae.bound(x, posterior), posterior), feeds))
    const known = (gradient: NumericArray): Known => ({ gradient: Float64Array.from(gradient), variance: new Float64Array(gradient.length) })
    return {
      elbo: known(elbo['gradient']!),
      iwae: pairs && { samples: exact.iwae!.samples, known: known(pairs['gradient']!) },
      value: mean([...elbo['value']!]),
    }
  }

  enumerated({ name, samples }: Candidate, { gradient }: Known): BenchedEstimator {
    return {
      ...{ name, samples, temperature: null, biased: false, target: 'elbo' },
      ...{ exactNorm: norm(gradient, this.#rows), distance: 0, chance: 0, beyond: 0, coordinates: gradient.length, farthest: 0, variance: 0, varianceError: 0 },
    }
  }

  async judge(candidate: Candidate, replicates: number, reference: Reference, told: (count: number) => void): Promise<BenchedEstimator> {
    const { name, samples, temperature, biased, target } = candidate
    const own = await this.#baseline(candidate, reference.value)
    const found = await this.#replicate(candidate, replicates, own, { seed: this.seed, stream: `estimators/${name} ${temperature ?? ''}` }, told)
    const known = target === 'elbo' ? reference.elbo : reference.iwae?.samples === samples ? reference.iwae.known : null
    const variance = mean(found.blockVariances) / this.#rows
    const varianceError = deviation(found.blockVariances) / Math.sqrt(found.blockVariances.length) / this.#rows
    return {
      ...{ name, samples, temperature, biased, target, coordinates: found.mean.length, variance, varianceError },
      ...(known ? this.#besides(found, known) : { exactNorm: null, distance: null, chance: null, beyond: null, farthest: null }),
    }
  }

  #besides({ mean: found, variances, count }: Replicates, { gradient, variance }: Known): Pick<BenchedEstimator, 'exactNorm' | 'distance' | 'chance' | 'beyond' | 'farthest'> {
    const off = found.map((value, at) => value - gradient[at]!)
    const errors = variances.map((value, at) => Math.sqrt(value / count + variance[at]!))
    // Entries that never move, such as those of a code that cannot be drawn, are off by rounding alone.
    const rounding = 1e-5 * Math.max(1e-3, norm(gradient, this.#rows))
    const distances = off.map((value, at) => (Math.abs(value) < rounding ? 0 : Math.abs(value) / Math.max(errors[at]!, 1e-30)))
    return {
      exactNorm: norm(gradient, this.#rows),
      distance: norm(off, this.#rows),
      chance: norm(errors, this.#rows),
      beyond: distances.filter((value) => value > 4).length,
      farthest: distances.reduce((most, value) => Math.max(most, value), 0),
    }
  }

  /** Estimates at copies of the rows, as many at once as fit. */
  async #replicate(candidate: Candidate, replicates: number, own: State, key: RandomKey, told: (count: number) => void): Promise<Replicates> {
    const rows = this.#rows
    const copies = Math.max(2, Math.min(Math.ceil(replicates / 20), Math.floor(rowsAtOnce / (rows * candidate.samples))))
    const [x, posterior] = [this.#input(copies * rows), this.#posterior(copies * rows)]
    const { surrogate, value } = candidate.estimate(x, posterior, fittedPass)
    const program = gradientProgram(surrogate, posterior, value)
    const executable = await this.runtime.compile(program)
    executable.load(stateFor(program, { ...this.problem.state, ...own }))
    const noise = new NoiseFiller(program, key)
    const feeds = { x: repeated(this.data.tried, copies), posterior: repeated(this.#parameters, copies) }
    const sums = new Moments(rows * this.problem.width)
    for (let block = 0; block * copies < replicates; block += 1) {
      const outputs = await executable.run({ ...feeds, ...noise.fill(block) })
      sums.add(outputs['gradient']!, outputs['value']!, copies)
      told(Math.min(copies, replicates - block * copies))
      await this.pause()
    }
    await executable.dispose()
    return sums.found()
  }

  /** What a baseline would have come to: the mean of f, and a network fitted to it. */
  async #baseline(candidate: Candidate, value: number): Promise<State> {
    const { weights } = candidate
    if (weights.length === 0) return {}
    const { type, state, features } = this.problem
    const own = initialValues(weights, { seed: this.seed, stream: 'estimators/baseline' }, type)
    own['baseline/mean'] = Float32Array.of(value)
    const parameters = trained(weights)
    if (parameters.length === 0) return own
    const all = this.data.fitted.length / features
    const rows = Math.min(baselineBatch, all)
    const x = this.#input(rows)
    const { ownLoss } = candidate.estimate(x, this.problem.parameters(x), fittedPass)
    const step = optimizerStep(parameters, differentiate(reduceMean(ownLoss!), parameters), baselineOptimizer, { clip: 0 })
    const program = buildProgram({ name: 'baseline-step', outputs: { loss: reduceMean(ownLoss!) }, updates: step.updates })
    const executable = await this.runtime.compile(program)
    executable.load(stateFor(program, { ...state, ...own }))
    const noise = new NoiseFiller(program, { seed: this.seed, stream: 'estimators/baseline/draws' })
    for (let at = 1; at <= baselineSteps; at += 1) {
      const order = permutation(all, { seed: this.seed, stream: 'estimators/baseline/rows' }, at)
      const batch = new Float32Array(rows * features)
      for (let row = 0; row < rows; row += 1) batch.set(this.data.fitted.subarray(order[row]! * features, (order[row]! + 1) * features), row * features)
      await executable.run({ x: batch, ...noise.fill(at), ...optimizerFeeds(baselineOptimizer, at, baselineOptimizer.adam.learningRate) })
      await this.pause()
    }
    const after = await executable.read()
    const fitted = Object.fromEntries(weights.map(({ tensor }) => [tensor.name!, after[tensor.name!]?.slice() ?? own[tensor.name!]!]))
    await executable.dispose()
    return fitted
  }
}

const baselineBatch = 128
const baselineSteps = 400
const baselineOptimizer = { adam: { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } }

/** ∇ of the sum over rows with respect to what each row's q is made of: of a row, its own gradient. */
function gradientProgram(surrogate: Tensor, posterior: Tensor, value?: Tensor): Program {
  const [gradient] = differentiate(reduceSum(surrogate), [posterior])
  return buildProgram({ name: 'gradient-estimates', outputs: { gradient: gradient!, ...(value ? { value } : {}) } })
}

/** Of a program, what it keeps: the model's weights, the estimator's own, and moments that begin at 0. */
const stateFor = (program: Program, known: State): State =>
  Object.fromEntries(program.parameters.map(({ name, shape }) => [name!, (known[name!] ?? new Float32Array(shape.reduce((all, side) => all * side, 1))).slice()]))

function repeated(values: NumericArray, copies: number): Float32Array {
  const all = new Float32Array(values.length * copies)
  for (let copy = 0; copy < copies; copy += 1) all.set(values, copy * values.length)
  return all
}

/** Root of the mean over rows of the squared length of a row's entries. */
const norm = (values: Float64Array, rows: number): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / rows)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const deviation = (values: readonly number[]): number => {
  const centre = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1))
}
