import type { Executable, Runtime } from '../graph/runtime'
import {
  type FactorMixture,
  type FactorMixtureStructure,
  type ScatterSums,
  factorCovariance,
  maximizeFactorMixture,
} from '../models/factors/factor-mixture'
import { quadraticState, scorePass, sharePass } from '../models/quadratic-pass'
import { expectedLogEmission, whiteningOf } from '../models/sequences/emissions'
import { massTimesLog } from '../models/mass-times-log'
import { type Chunks, sumOverChunks } from './chunks'
import type { EmProblem } from './em'

export interface FactorMixtureProblem extends EmProblem<FactorMixture, ScatterSums & { from: FactorMixture }> {
  dispose(): Promise<void>
}

/** The mixture as plain Gaussians: means [K, D], covariances [K, D, D]. */
export function asGaussians({ factors }: FactorMixture): { means: Float64Array; covariances: Float64Array; columns: number } {
  const { columns } = factors[0]!
  const means = new Float64Array(factors.length * columns)
  const covariances = new Float64Array(factors.length * columns ** 2)
  factors.forEach((model, k) => {
    means.set(model.mean, k * columns)
    covariances.set(factorCovariance(model), k * columns ** 2)
  })
  return { means, covariances, columns }
}

function jointState(mixture: FactorMixture, prefix = ''): Record<string, Float64Array> {
  const { means, covariances, columns } = asGaussians(mixture)
  const factors = mixture.factors.map((_, k) => whiteningOf(covariances, columns, k))
  const base = -0.5 * columns * Math.log(2 * Math.PI)
  return quadraticState(
    { columns, components: factors.length },
    { means, whitening: (k) => factors[k]!.whitening, constant: (k) => Math.log(mixture.weights[k]!) + base - 0.5 * factors[k]!.logDeterminant },
    prefix,
  )
}

/** Ready for EM; the latent of the bound is which component a row came from. */
export async function factorMixtureProblem(runtime: Runtime, chunks: Chunks, structure: FactorMixtureStructure): Promise<FactorMixtureProblem> {
  const shape = { rows: chunks.chunkRows, columns: chunks.columns, components: structure.components }
  const plain = await runtime.compile(sharePass(shape, false))
  let withIdentity: Executable | null = null
  const expectedComplete = (mixture: FactorMixture, sums: ScatterSums): number => {
    const emission = { kind: 'gaussian' as const, diagonal: false, ...asGaussians(mixture) }
    const total = expectedLogEmission(emission, { ...sums, symbolCounts: [] }, 0)
    return sums.counts.reduce((sum, count, k) => sum + massTimesLog(count, mixture.weights[k]!), total)
  }
  return {
    weight: chunks.rows,
    async expect(mixture, previous) {
      if (previous) withIdentity ??= await runtime.compile(sharePass(shape, true))
      const executable = previous ? withIdentity! : plain
      executable.load({ ...jointState(mixture), ...(previous ? jointState(previous, 'previous/') : {}) })
      const { counts, sums, products, logTotal, complete, kl } = await sumOverChunks(executable, chunks)
      return {
        statistics: { counts: counts!, sums: sums!, products: products!, from: mixture },
        logLikelihood: logTotal![0]!,
        complete: complete![0]!,
        kl: kl?.[0] ?? null,
      }
    },
    maximize: (statistics) => maximizeFactorMixture(statistics, statistics.from, structure),
    expectedCompleteLogLikelihood: expectedComplete,
    async dispose() {
      await plain.dispose()
      await withIdentity?.dispose()
    },
  }
}

/** Responsibilities [rows, K] and log-densities [rows]. */
export async function factorMixtureScores(
  runtime: Runtime,
  chunks: Chunks,
  mixture: FactorMixture,
): Promise<{ responsibilities: Float64Array; logDensity: Float64Array }> {
  const components = mixture.factors.length
  const executable = await runtime.compile(scorePass({ rows: chunks.chunkRows, columns: chunks.columns, components }))
  executable.load(jointState(mixture))
  const responsibilities = new Float64Array(chunks.rows * components)
  const logDensity = new Float64Array(chunks.rows)
  let row = 0
  for (const block of chunks.blocks) {
    const { scores } = await executable.run({ x: block.x })
    for (let index = 0; index < block.rows; index += 1) {
      const own = Float64Array.from(scores!.subarray(index * components, (index + 1) * components))
      const largest = own.reduce((most, value) => Math.max(most, value), -Infinity)
      let total = 0
      for (let k = 0; k < components; k += 1) total += Math.exp(own[k]! - largest)
      for (let k = 0; k < components; k += 1) responsibilities[(row + index) * components + k] = Math.exp(own[k]! - largest) / total
      logDensity[row + index] = largest + Math.log(total)
    }
    row += block.rows
  }
  await executable.dispose()
  return { responsibilities, logDensity }
}
