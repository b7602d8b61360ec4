import { matmul, multiply, reduceSum, square, subtract } from '../graph/ops'
import { buildProgram } from '../graph/program'
import type { Runtime } from '../graph/runtime'
import { input, parameter } from '../graph/tensor'
import {
  type FactorConstraint,
  type FactorModel,
  type FactorStatistics,
  expectedComplete,
  factorStatistics,
  maximizeFactors,
  meanLogDensity,
  posteriorDivergence,
  posteriorOf,
} from '../models/factors/factor-model'
import { type Chunks, sumOverChunks } from './chunks'
import type { EmProblem } from './em'

export interface RowMoments {
  rows: number
  mean: Float64Array
  /** Covariance with divisor n: [D, D], symmetric. */
  scatter: Float64Array
}

/** Mean and covariance of all rows, from sums over chunks. The rows should be near mean 0 already: they are squared as they are. */
export async function rowMoments(runtime: Runtime, chunks: Chunks, pause?: () => Promise<void>): Promise<RowMoments> {
  const { columns, chunkRows } = chunks
  const x = input('x', [chunkRows, columns], 'float64')
  const weight = input('weight', [chunkRows, 1], 'float64')
  const weighted = multiply(x, weight)
  const outputs = { count: reduceSum(weight), sums: reduceSum(weighted, [0]), products: matmul(weighted, x, { transposeA: true }) }
  const executable = await runtime.compile(buildProgram({ name: 'row-moments', outputs }))
  const { count, sums, products } = await sumOverChunks(executable, chunks, pause)
  await executable.dispose()
  const rows = count![0]!
  const mean = sums!.map((sum) => sum / rows)
  const scatter = products!.map((product, index) => product / rows - mean[Math.floor(index / columns)]! * mean[index % columns]!)
  for (let row = 0; row < columns; row += 1) for (let column = 0; column < row; column += 1) scatter[column * columns + row] = scatter[row * columns + column]!
  return { rows, mean, scatter }
}

/** PPCA or factor analysis, ready for EM: of the data only mean and covariance matter, so an iteration costs D²·q whatever the rows. */
export function factorProblem({ rows, mean, scatter }: RowMoments, latent: number, constraint: FactorConstraint): EmProblem<FactorModel, FactorStatistics> {
  return {
    weight: rows,
    async expect(parameters, previous) {
      const posterior = posteriorOf(parameters)
      const statistics = factorStatistics(parameters, posterior, scatter)
      return {
        statistics,
        logLikelihood: rows * meanLogDensity(parameters, posterior, statistics),
        complete: rows * expectedComplete(parameters, statistics),
        kl: previous && rows * posteriorDivergence(parameters, posteriorOf(previous), posterior, scatter),
      }
    },
    maximize: (statistics) => maximizeFactors(mean, statistics, latent, constraint),
    expectedCompleteLogLikelihood: (parameters, statistics) => rows * expectedComplete(parameters, statistics),
  }
}

export interface FactorScores {
  /** Posterior means: [rows, q] */
  latentMeans: Float64Array
  /** [rows, D] */
  reconstructions: Float64Array
  /** [rows] */
  logDensity: Float64Array
}

/**
 * Posterior means, reconstructions mean + Λ·E[z|x] and log p(x) of rows, as a program over chunks. The Mahalanobis distance is taken as
 * (x − Λz)ᵀΨ⁻¹(x − Λz) + zᵀz at the posterior mean z, a sum of squares.
 */
export async function factorScores(runtime: Runtime, chunks: Chunks, model: FactorModel): Promise<FactorScores> {
  const { columns, latent, mean, loadings, noise } = model
  const x = input('x', [chunks.chunkRows, columns], 'float64')
  const centre = parameter('mean', [columns], 'float64')
  const lambda = parameter('loadings', [columns, latent], 'float64')
  const centred = subtract(x, centre)
  const latentMeans = matmul(centred, parameter('projection', [latent, columns], 'float64'), { transposeB: true })
  const fitted = matmul(latentMeans, lambda, { transposeB: true })
  const scaled = multiply(square(subtract(centred, fitted)), parameter('precision', [columns], 'float64'))
  const distance = reduceSum(scaled, [1])
  const outputs = { latentMeans, fitted, distance, prior: reduceSum(square(latentMeans), [1]) }
  const executable = await runtime.compile(buildProgram({ name: 'factor-scores', outputs }))
  const posterior = posteriorOf(model)
  executable.load({ mean, loadings, projection: posterior.projection, precision: noise.map((value) => 1 / value) })
  const constant = columns * Math.log(2 * Math.PI) + posterior.logPrecision + noise.reduce((sum, value) => sum + Math.log(value), 0)
  const scores: FactorScores = {
    latentMeans: new Float64Array(chunks.rows * latent),
    reconstructions: new Float64Array(chunks.rows * columns),
    logDensity: new Float64Array(chunks.rows),
  }
  let row = 0
  for (const block of chunks.blocks) {
    const found = await executable.run({ x: block.x })
    scores.latentMeans.set(found['latentMeans']!.subarray(0, block.rows * latent), row * latent)
    for (let index = 0; index < block.rows * columns; index += 1) {
      scores.reconstructions[row * columns + index] = found['fitted']![index]! + mean[index % columns]!
    }
    for (let index = 0; index < block.rows; index += 1) {
      scores.logDensity[row + index] = -0.5 * (constant + found['distance']![index]! + found['prior']![index]!)
    }
    row += block.rows
  }
  await executable.dispose()
  return scores
}
