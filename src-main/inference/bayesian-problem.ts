import type { Runtime } from '../graph/runtime'
import {
  type NormalWishartMixture,
  type NormalWishartPrior,
  type ShareMoments,
  logPredictive,
  scaleFactors,
  shareConstants,
  updatePosterior,
  variationalBound,
} from '../models/bayesian/normal-wishart'
import { quadraticState, scorePass, sharePass } from '../models/quadratic-pass'
import { type Chunks, sumOverChunks } from './chunks'
import type { EmProblem } from './em'

export interface BayesianProblem extends EmProblem<NormalWishartMixture, ShareMoments> {
  dispose(): Promise<void>
}

/** What the shares of rows are computed from, at given q(π, μ, Λ). */
function shareState(q: NormalWishartMixture): Record<string, Float64Array> {
  const factors = scaleFactors(q)
  const constants = shareConstants(q, factors)
  return quadraticState(q, {
    means: q.means,
    whitening: (k) => factors[k]!.whitening.map((value) => value * Math.sqrt(q.degreesOfFreedom[k]!)),
    constant: (k) => constants[k]!,
  })
}

/**
 * Mean-field variational Bayes as a problem for the EM driver: the E-step finds q(z), the M-step q(π, μ, Λ). What is climbed, its
 * `logLikelihood`, is the bound at q(z) and the q(π, μ, Λ) that follows from it.
 */
export async function bayesianProblem(runtime: Runtime, chunks: Chunks, prior: NormalWishartPrior, components: number): Promise<BayesianProblem> {
  const executable = await runtime.compile(sharePass({ rows: chunks.chunkRows, columns: chunks.columns, components }, false))
  return {
    weight: chunks.rows,
    async expect(q) {
      executable.load(shareState(q))
      const { counts, sums, products, logTotal, complete } = await sumOverChunks(executable, chunks)
      const statistics = largestFirst({ counts: counts!, sums: sums!, products: products! })
      const entropy = logTotal![0]! - complete![0]!
      const { bound } = variationalBound(prior, updatePosterior(prior, statistics), entropy, chunks.rows)
      return { statistics, logLikelihood: bound, complete: bound - entropy, kl: null }
    },
    maximize: (statistics) => updatePosterior(prior, statistics),
    expectedCompleteLogLikelihood: () => {
      throw new Error('a variational bound has no exact posterior to compare with')
    },
    dispose: () => executable.dispose(),
  }
}

/**
 * Components by falling size. Their names are free, but not so the sticks': of all orders this one has the highest bound (Kurihara, Welling
 * & Teh 2007), and fits in it compare.
 */
function largestFirst({ counts, sums, products }: ShareMoments): ShareMoments {
  const order = Array.from(counts, (_, k) => k).sort((a, b) => counts[b]! - counts[a]!)
  const moved = (values: Float64Array): Float64Array => {
    const size = values.length / order.length
    const out = new Float64Array(values.length)
    order.forEach((from, to) => out.set(values.subarray(from * size, (from + 1) * size), to * size))
    return out
  }
  return { counts: moved(counts), sums: moved(sums), products: moved(products) }
}

/** Responsibilities under q [rows, K] and log posterior predictive densities [rows]. */
export async function bayesianScores(
  runtime: Runtime,
  chunks: Chunks,
  q: NormalWishartMixture,
): Promise<{ responsibilities: Float64Array; logDensity: Float64Array }> {
  const { components } = q
  const executable = await runtime.compile(scorePass({ rows: chunks.chunkRows, columns: chunks.columns, components }))
  const factors = scaleFactors(q)
  const constants = shareConstants(q, factors)
  executable.load(quadraticState(q, { means: q.means, whitening: (k) => factors[k]!.whitening, constant: () => 0 }))
  const responsibilities = new Float64Array(chunks.rows * components)
  const logDensity = new Float64Array(chunks.rows)
  let row = 0
  for (const block of chunks.blocks) {
    const { scores } = await executable.run({ x: block.x })
    const distances = Float64Array.from(scores!.subarray(0, block.rows * components), (score) => -2 * score)
    logDensity.set(logPredictive(q, factors, distances), row)
    for (let index = 0; index < block.rows; index += 1) {
      const logs = constants.map((constant, k) => constant - 0.5 * q.degreesOfFreedom[k]! * distances[index * components + k]!)
      const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity)
      const shares = logs.map((value) => Math.exp(value - largest))
      const total = shares.reduce((sum, value) => sum + value, 0)
      responsibilities.set(shares.map((value) => value / total), (row + index) * components)
    }
    row += block.rows
  }
  await executable.dispose()
  return { responsibilities, logDensity }
}
