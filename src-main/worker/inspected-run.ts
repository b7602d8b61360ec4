import type { Dataset } from '@shared/domain/dataset'
import type { Matrix } from '@shared/domain/run'
import type { RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'

export interface InspectedRun {
  runId: string
  spec: RunSpec
  dataset: Dataset
}

export const matrixOf = (columns: string[], values: ArrayLike<number>): Matrix => ({
  columns,
  rows: values.length / columns.length,
  values: Float64Array.from(values),
})

export function requireColumns(run: InspectedRun, expected: number, dataset: Dataset): void {
  const got = dataset.shape.slice(1).reduce((product, length) => product * length, 1)
  if (got !== expected) throw new AppError('run/shape-mismatch', { id: run.runId, expected, dataset: dataset.name, got })
}
