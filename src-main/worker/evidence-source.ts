import type { Dataset } from '@shared/domain/dataset'
import type { EvidenceOptions } from '@shared/domain/evidence'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, type PreparedPart, transformRows } from '../datasets/prepare'
import type { OpenedArrays } from '../files/dataset-arrays'
import type { RowValues } from '../evidence/rows'
import type { NumericArray } from '../graph/runtime'
import type { LatentDensity } from '../models/latent-density'
import { type InspectedRun, requireColumns } from './inspected-run'

/** Rows whose log p is asked for: those of a part of the run's own dataset, or all of another. */
export interface EvidenceRequest extends Pick<EvidenceOptions, 'part' | 'rows'> {
  dataset: Dataset
  arrays: OpenedArrays
  isOwn: boolean
}

/** What a fitted model offers to the estimators of log p(x). */
export interface EvidenceSource {
  part: string
  rows: number
  /** Of each row, nats, in the units the model saw its data; null where it is not known exactly. */
  exact: (() => Promise<Float64Array>) | null
  /** log p(x, z) for every value of a discrete z: row-major [rows, values]. */
  discrete: { values: number; logJoint(): Promise<Float64Array> } | null
  /** A continuous latent: rows in the units of the density, which is `shift` nats per row above that of the model's units. */
  continuous: { density: LatentDensity; values: RowValues; shift: number } | null
}

/** The asked-for part as the model saw it. Without a choice: what was held out, else what it was fitted to. */
export function evidenceRows(
  run: InspectedRun,
  data: PreparedData,
  { dataset, arrays, isOwn, part, rows }: EvidenceRequest,
): { part: string; rows: number; features: NumericArray; rowIndex: Int32Array | null } {
  const cut = (name: string, features: NumericArray, all: number, rowIndex: Int32Array | null) => {
    const taken = Math.min(rows ?? all, all)
    return { part: name, rows: taken, features: features.slice(0, taken * data.features) as NumericArray, rowIndex: rowIndex?.slice(0, taken) ?? null }
  }
  if (isOwn) {
    const name = part ?? (data.test ? 'test' : data.validation ? 'validation' : 'train')
    const own: PreparedPart | null = data[name]
    if (!own) throw new AppError('evidence/no-part', { part: name, id: run.runId })
    return cut(name, own.features, own.rows, own.rowIndex)
  }
  if (part !== undefined) throw new AppError('evidence/part-of-another', { part, dataset: dataset.name })
  requireColumns(run, dataset)
  const precision = data.train.features instanceof Float64Array ? 'float64' : 'float32'
  return cut(dataset.name, transformRows(data.transform, arrays.features, dataset.rows, precision), dataset.rows, null)
}
