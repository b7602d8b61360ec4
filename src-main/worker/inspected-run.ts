import type { Dataset } from '@shared/domain/dataset'
import type { Matrix } from '@shared/domain/run'
import type { RunSpec } from '@shared/domain/spec'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import { type WayBack, wayBackOf } from '@shared/domain/way-back'
import { withoutWeights } from '@shared/domain/weight-column'
import { AppError } from '@shared/rpc/errors'
import { wayBackThrough } from '../datasets/back-to-file'
import { type FittedTransform, type PreparedData, featureNamesOf, imageShapeOf, prepareData } from '../datasets/prepare'
import type { OpenedArrays } from '../files/dataset-arrays'
import type { RunFiles } from '../files/run-files'
import type { Runtime } from '../graph/runtime'
import type { FittedMixture } from './fitted-mixture'
import type { IterationFile } from './iteration-file'
import { type NamedArrays, loadModel } from './model-file'
import type { EvidenceRequest, EvidenceSource } from './evidence-source'

/** A fitted run as an inspector opens it. */
export interface InspectedRun {
  runId: string
  spec: RunSpec
  dataset: Dataset
  datasetFolder: string
  files: RunFiles
  /** Read on first need, and held from then on. */
  readonly arrays: OpenedArrays
  runtime: Runtime
  /** Read on first need; null where none are kept. */
  readonly iterations: IterationFile | null
  /** The iteration that is looked at; null: what the fit ended with. */
  at: number | null
}

/** A fitted model kept warm; it answers what applies to it and says so of what does not. */
export interface InspectedModel {
  answer(operation: InspectOperation): Promise<unknown>
  /** The fit as a mixture, where it is one, and the training rows there are. */
  mixture?(): { fitted: FittedMixture; total: number }
  /** Variances of the codes of every row, where they are the same for all: [latent]. */
  codeVariances?(): Float64Array
  /** Where estimators of log p(x) can do more than read a log-density. */
  evidence?(request: EvidenceRequest): Promise<EvidenceSource>
}

/** The parameters that a run is looked at with. */
export const parametersOf = ({ files, iterations, at }: InspectedRun): NamedArrays => (at === null || !iterations ? loadModel(files).tensors : iterations.tensorsAt(at))

/** Rows are prepared once for all iterations that are looked at. */
export function preparedFor({ dataset, arrays, spec }: InspectedRun): PreparedData {
  const data = prepared.get(arrays) ?? prepareData(dataset, arrays, spec, 'float64')
  prepared.set(arrays, data)
  return data
}
const prepared = new WeakMap<OpenedArrays, PreparedData>()

export const misfit = (operation: InspectOperation, { spec }: InspectedRun): AppError =>
  new AppError('run/not-for-this-model', {
    operation: operation.kind === 'apply' ? operation.output : operation.kind,
    model: spec.model.kind,
  })

export const matrixOf = (columns: string[], values: ArrayLike<number>): Matrix => ({
  columns,
  rows: values.length / columns.length,
  values: Float64Array.from(values),
})

/** Two fits are compared column by column. */
export function requireSameFeatures(left: InspectedRun, own: readonly string[], right: InspectedRun, other: readonly string[]): void {
  if (own.length === other.length) return
  throw new AppError('run/other-features', { id: left.runId, other: right.runId, expected: own.length, got: other.length })
}

/** Other data have as many columns as those of the run; rows need no weights to be looked at. */
export function requireColumns(run: InspectedRun, dataset: Dataset): void {
  const [expected, got] = [run.dataset, dataset].map((data) => withoutWeights(run.spec.model, data).shape.slice(1).reduce((product, length) => product * length, 1))
  if (got !== expected) throw new AppError('run/shape-mismatch', { id: run.runId, expected, dataset: dataset.name, got })
}

/** From what a model saw to the units of the file. */
export function wayBackTo({ spec, dataset }: InspectedRun, { transform, featureNames }: { transform: FittedTransform; featureNames: string[] }): WayBack {
  const file = withoutWeights(spec.model, dataset)
  return wayBackOf(wayBackThrough(transform, { featureNames: featureNamesOf(file), imageShape: imageShapeOf(file) }), featureNames)
}
