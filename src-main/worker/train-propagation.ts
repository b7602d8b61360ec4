import type { TrainResult } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import { type SiteProblem, propagate } from '../inference/expectation-propagation'
import { ClutterSites, matchRow } from '../models/propagation/clutter'
import { ProbitSites, logProbability } from '../models/propagation/probit'
import type { SiteReport } from '../models/propagation/site-report'
import { type FinalFigures, knownOfRows } from './held-out'
import { type NamedArrays, array, saveModel } from './model-file'
import type { TrainContext } from './train-context'

/** θ among clutter. */
export async function trainClutter(context: TrainContext): Promise<TrainResult> {
  const { task, readArrays, files } = context
  const { model } = task.spec
  if (model.kind !== 'clutter') throw new Error(`clutter cannot be found in ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  const rows = data.train.features as Float64Array
  requireSmall(rows, data)
  const problem = new ClutterSites({ ...model, columns: data.features }, rows)
  const outcome = await sweep(context, problem)
  const posterior = problem.posterior()
  saveModel(files, 'clutter', {
    mean: array(posterior.mean, data.features),
    variance: array(Float64Array.of(posterior.variance)),
    ...sitesOf(problem, data.train.rowIndex),
  })
  const metrics: Record<string, number> = { 'train/logEvidence': problem.logEvidence() }
  const heldOut: FinalFigures['heldOut'] = {}
  for (const [name, part] of parts(data)) {
    const values = part.features as Float64Array
    const perRow = Float64Array.from({ length: part.rows }, (_, row) => matchRow(posterior, values, row * data.features, posterior.mean, posterior.variance).logMass)
    metrics[`${name}/logLikelihood`] = perRow.reduce((sum, value) => sum + value, 0) / part.rows
    if (name !== 'train') heldOut[`${name}/logLikelihood`] = knownOfRows(perRow, 'predictive')
  }
  return { ...outcome, metrics, heldOut }
}

/** A linear boundary between two classes, with how sure one can be of it. */
export async function trainProbit(context: TrainContext): Promise<TrainResult> {
  const { task, readArrays, files } = context
  const { model } = task.spec
  if (model.kind !== 'probit-regression') throw new Error(`probit regression cannot be fitted to ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  if (!data.classes || data.classes.length !== 2) {
    throw new AppError('probit/needs-two-classes', { got: data.classes?.length ?? 0, dataset: task.dataset.name })
  }
  requireSmall(data.train.features as Float64Array, data)
  const intercept = model.intercept === 'constant'
  const columns = data.features + (intercept ? 1 : 0)
  const { rows, signs, labelled } = labelledRows(data.train, data.features, intercept)
  const problem = new ProbitSites(rows, signs, columns, model.priorVariance)
  const outcome = await sweep(context, problem)
  const q = problem.posterior()
  saveModel(files, 'probit-regression', {
    coefficients: array(q.mean, columns),
    covariance: array(q.covariance, columns, columns),
    ...sitesOf(problem, labelled.map((row) => data.train.rowIndex[row]!)),
  })
  const metrics: Record<string, number> = { 'train/logEvidence': problem.logEvidence() }
  const heldOut: FinalFigures['heldOut'] = {}
  for (const [name, part] of parts(data)) {
    const table = designOf(part.features as Float64Array, data.features, intercept)
    let [sum, right] = [0, 0]
    const perRow: number[] = []
    for (let row = 0; row < part.rows; row += 1) {
      const label = part.labels![row]!
      if (label < 0) continue
      const logRight = logProbability(q, table, row * columns, label === 1 ? 1 : -1)
      sum += logRight
      perRow.push(logRight)
      if (logRight > Math.log(0.5)) right += 1
    }
    metrics[`${name}/logLikelihood`] = sum / perRow.length
    metrics[`${name}/accuracy`] = right / perRow.length
    if (name !== 'train') heldOut[`${name}/logLikelihood`] = knownOfRows(perRow, 'predictive')
  }
  return { ...outcome, metrics, heldOut }
}

/** The design of the rows that have a label, [N, D], their labels as ±1, and which of the part's rows they are. */
export function labelledRows(part: PreparedPart, features: number, intercept: boolean): { rows: Float64Array; signs: Float64Array; labelled: number[] } {
  const design = designOf(part.features as Float64Array, features, intercept)
  const columns = features + (intercept ? 1 : 0)
  const labelled = Array.from(part.labels!, (_, row) => row).filter((row) => part.labels![row]! >= 0)
  const rows = new Float64Array(labelled.length * columns)
  labelled.forEach((row, to) => rows.set(design.subarray(row * columns, (row + 1) * columns), to * columns))
  return { rows, signs: Float64Array.from(labelled, (row) => (part.labels![row] === 1 ? 1 : -1)), labelled }
}

/** The sites as they are kept for the picture of them. */
function sitesOf(problem: { report(): SiteReport; logEvidence(): number }, rowIndex: ArrayLike<number>): NamedArrays {
  const { precision, agreement, logMass } = problem.report()
  return {
    'unit/siteRow': array(Float64Array.from(rowIndex), precision.length),
    'unit/sitePrecision': array(precision, precision.length),
    'unit/siteAgreement': array(agreement, precision.length),
    'unit/siteLogMass': array(logMass, precision.length),
    'unit/logEvidence': array(Float64Array.of(problem.logEvidence())),
  }
}

/** The features with a first column of ones, where an intercept is wanted. */
export function designOf(features: Float64Array, columns: number, intercept: boolean): Float64Array {
  if (!intercept) return features
  const width = columns + 1
  return Float64Array.from({ length: (features.length / columns) * width }, (_, index) =>
    index % width === 0 ? 1 : features[Math.floor(index / width) * columns + (index % width) - 1]!,
  )
}

async function sweep({ task, reporter, control }: TrainContext, problem: SiteProblem): Promise<Omit<TrainResult, 'metrics' | 'heldOut'>> {
  const { inference } = task.spec
  if (inference.kind !== 'expectation-propagation') throw new Error(`sites cannot be refined by ${inference.kind}`)
  const { damping, tolerance, maxIterations } = inference
  const found = await propagate(problem, {
    damping,
    tolerance,
    maxIterations,
    pause: control.yield,
    onSweep: ({ iteration, change, skipped, logEvidence }) => {
      reporter.metrics(iteration, { 'train/logEvidence': logEvidence, 'train/change': change, 'train/waitingSites': skipped })
      reporter.progress('iterations', iteration, maxIterations)
    },
  })
  if (!found.converged) {
    const { iterations, change, skipped } = found
    reporter.warn('ep/not-converged', { iterations, change, skipped, sites: problem.sites, damping })
  }
  reporter.progress('iterations', maxIterations, maxIterations)
  return { status: 'completed', converged: found.converged, iterations: found.iterations, epochs: null }
}

const parts = ({ train, validation, test }: PreparedData): [string, PreparedPart][] =>
  [['train', train] as const, ['validation', validation] as const, ['test', test] as const].flatMap(([name, part]) => (part ? [[name, part]] : []))

/** These models have a unit of their own: a noise of variance 1, coefficients of a given spread. */
function requireSmall(values: Float64Array, { features, featureNames, train }: PreparedData): void {
  const most = 1e7
  const index = values.findIndex((value) => !(Math.abs(value) <= most))
  if (index < 0) return
  throw new AppError('ep/out-of-scale', {
    column: featureNames[index % features],
    row: train.rowIndex[Math.floor(index / features)]! + 1,
    value: values[index],
    most,
  })
}
