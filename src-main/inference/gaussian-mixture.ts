import type { Covariance } from '@shared/domain/spec'
import type { Executable, Runtime } from '../graph/runtime'
import { matmul, multiply } from '../graph/ops'
import { buildProgram } from '../graph/program'
import { input } from '../graph/tensor'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import {
  type MixtureStatistics,
  type MixtureStructure,
  expectedCompleteLogLikelihood,
  maximize,
} from '../models/mixtures/gaussian-maximization'
import { expectationPass, passState, posteriorPass } from '../models/mixtures/gaussian-pass'
import { type Chunks, sumOverChunks } from './chunks'
import type { EmProblem, Expectation } from './em'

export interface MixtureExpectation extends Expectation<MixtureStatistics> {
  /** Σ log max_k r, nats: what ICL adds to BIC, halved. */
  certainty: number
}

export interface MixtureProblem extends EmProblem<GaussianMixture, MixtureStatistics> {
  expect(parameters: GaussianMixture, previous: GaussianMixture | null): Promise<MixtureExpectation>
  dispose(): Promise<void>
}

/** A Gaussian mixture on given data, ready for EM: the E-step runs as one program over chunks of rows. */
export async function gaussianMixtureProblem(
  runtime: Runtime,
  chunks: Chunks,
  structure: MixtureStructure,
  pause?: () => Promise<void>,
): Promise<MixtureProblem> {
  const shape = { rows: chunks.chunkRows, columns: chunks.columns, components: structure.components, covariance: structure.covariance }
  const plain = await runtime.compile(expectationPass(shape, false))
  let withIdentity: Executable | null = null
  const pooled = structure.covariance === 'tied' ? await secondMoments(runtime, chunks) : null
  let weight = 0
  for (const block of chunks.blocks) for (const value of block.weight) weight += value

  return {
    weight,
    async expect(parameters, previous) {
      if (previous) withIdentity ??= await runtime.compile(expectationPass(shape, true))
      const executable = previous ? withIdentity! : plain
      executable.load(passState(parameters))
      if (previous) executable.load(passState(previous, 'previous/'))
      const sums = await sumOverChunks(executable, chunks, pause)
      return {
        statistics: { counts: sums['counts']!, sums: sums['sums']!, products: pooled ?? sums['products']! },
        logLikelihood: sums['logLikelihood']![0]!,
        complete: sums['complete']![0]!,
        certainty: sums['certainty']![0]!,
        kl: sums['kl']?.[0] ?? null,
      }
    },
    maximize: (statistics) => maximize(statistics, structure),
    expectedCompleteLogLikelihood,
    async dispose() {
      await plain.dispose()
      await withIdentity?.dispose()
    },
  }
}

/** Σ weight·x xᵀ over all rows: [D, D]. The tied covariance needs it once. */
async function secondMoments(runtime: Runtime, chunks: Chunks): Promise<Float64Array> {
  const x = input('x', [chunks.chunkRows, chunks.columns], 'float64')
  const weight = input('weight', [chunks.chunkRows, 1], 'float64')
  const program = buildProgram({ name: 'second-moments', outputs: { products: matmul(multiply(x, weight), x, { transposeA: true }) } })
  const executable = await runtime.compile(program)
  const { products } = await sumOverChunks(executable, chunks)
  await executable.dispose()
  return products!
}

/** Responsibilities [rows, K] and log-densities [rows] of given rows. */
export async function mixturePosterior(
  runtime: Runtime,
  chunks: Chunks,
  mixture: GaussianMixture,
  pause?: () => Promise<void>,
): Promise<{ responsibilities: Float64Array; logDensity: Float64Array }> {
  const { components, columns, covariance }: { components: number; columns: number; covariance: Covariance } = mixture
  const executable = await runtime.compile(posteriorPass({ rows: chunks.chunkRows, columns, components, covariance }))
  executable.load(passState(mixture))
  const responsibilities = new Float64Array(chunks.rows * components)
  const logDensity = new Float64Array(chunks.rows)
  let row = 0
  for (const { x, rows } of chunks.blocks) {
    const outputs = await executable.run({ x })
    responsibilities.set(outputs['responsibilities']!.subarray(0, rows * components), row * components)
    logDensity.set(outputs['logDensity']!.subarray(0, rows), row)
    row += rows
    await pause?.()
  }
  await executable.dispose()
  return { responsibilities, logDensity }
}
