import { type BenchedEstimator, type EstimatorBench, type EstimatorBenchOptions, benchedTitle } from '@shared/domain/estimator-bench'
import type { Notice } from '@shared/domain/run'
import type { InspectTask } from '@shared/domain/worker-protocol'
import { AppError, notice } from '@shared/rpc/errors'
import { prepareData } from '../datasets/prepare'
import { openDatasetArrays } from '../files/dataset-arrays'
import { runFiles } from '../files/run-files'
import type { RowProgress } from '../evidence/estimate'
import type { Runtime } from '../graph/runtime'
import { benchEstimators } from '../inference/estimator-bench'
import { categoricalProblem } from '../models/discrete/categorical-problem'
import { categoricalVae } from '../models/discrete/categorical-vae'
import type { GradientProblem } from '../models/estimators/gradient-problem'
import { vae } from '../models/vae/vae'
import { vaeProblem } from '../models/vae/vae-problem'
import { loadCheckpoint } from './vae-files'

/** Estimators of the gradient, side by side on a fitted model with discrete or Gaussian codes. */
export async function benchRun(
  { spec, dataset, datasetFolder, runFolder }: InspectTask,
  options: EstimatorBenchOptions,
  { runtime, progress }: { runtime: Runtime; progress: RowProgress },
): Promise<EstimatorBench> {
  const began = performance.now()
  const files = runFiles(runFolder)
  const data = prepareData(dataset, openDatasetArrays(datasetFolder, dataset), spec, 'float32')
  const name = options.part ?? (data.test ? 'test' : data.validation ? 'validation' : 'train')
  const part = data[name]
  if (!part) throw new AppError('evidence/no-part', { part: name })
  const state = loadCheckpoint(files, files.hasCheckpoint('best') ? 'best' : 'last').state
  const shape = { ...data, columns: dataset.columns }
  const problem = problemOf(spec.model, shape, state, options)
  const rows = Math.min(options.rows, part.rows)
  const tried = (part.features as Float32Array).slice(0, rows * data.features)
  const found = await benchEstimators(runtime, problem, { tried, fitted: data.train.features as Float32Array }, options, progress)
  return {
    ...{ part: name, rows, replicates: options.replicates },
    codes: problem.exact?.codes ?? null,
    ...found,
    durationMs: performance.now() - began,
    verdict: verdictOf(found.estimators),
  }
}

function problemOf(model: InspectTask['spec']['model'], shape: Parameters<typeof vae>[1], state: Parameters<typeof vaeProblem>[1], options: EstimatorBenchOptions): GradientProblem {
  if (model.kind === 'categorical-vae') {
    const { variables, categories } = model
    const problem = categoricalProblem(categoricalVae(model, shape), state, options)
    if (!problem) throw new AppError('estimators/too-many-codes', { codes: `${categories}^${variables}` })
    return problem
  }
  const problem = model.kind === 'vae' ? vaeProblem(vae(model, shape), state, options) : null
  if (!problem) throw new AppError('estimators/not-for-this-model', { model: model.kind })
  return problem
}

/** More of the coordinates than chance leaves beyond 4 standard errors: one in 16,000 would be there by itself. */
const isOff = ({ beyond, coordinates }: BenchedEstimator): boolean => beyond !== null && beyond > Math.max(1, coordinates / 1000)

const inTimes = (ratio: number): string => (ratio >= 100 ? String(Math.round(ratio)) : ratio.toPrecision(2))

function verdictOf(estimators: readonly BenchedEstimator[]): Notice[] {
  const drawn = estimators.filter(({ name, target, biased }) => name !== 'enumeration' && target === 'elbo' && !biased)
  const least = drawn.reduce((best, one) => (one.variance < best.variance ? one : best))
  const most = drawn.reduce((worst, one) => (one.variance > worst.variance ? one : worst))
  const off = estimators.filter(isOff).map(benchedTitle)
  return [
    notice('estimators/spread', { least: benchedTitle(least), most: benchedTitle(most), times: inTimes(most.variance / least.variance) }),
    ...(off.length > 0 ? [notice('estimators/biased', { names: off.join(', ') })] : [notice('estimators/none-biased', {})]),
  ]
}
