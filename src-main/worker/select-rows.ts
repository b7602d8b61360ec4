import type { Dataset } from '@shared/domain/dataset'
import type { RunSpec } from '@shared/domain/spec'
import { type RandomKey, fillUniform, permutation } from '@shared/math/random'
import { splitRows } from '../datasets/split'
import type { OpenedArrays } from '../files/dataset-arrays'
import { createRunFolder } from '../files/run-files'
import type { Runtime } from '../graph/runtime'
import { Control } from './control'
import { Reporter } from './reporter'
import type { TrainContext } from './train-context'

/* The fits of a selection are fitted like any run, on rows of their own choice and with nobody listening. */

/** A dataset in memory. */
export interface HeldData {
  dataset: Dataset
  arrays: OpenedArrays
}

/** Chosen rows of a dataset, in the order given, possibly more than once; those from `testFrom` on are its test part. */
export function chosenRows({ dataset, arrays }: HeldData, rows: Int32Array, testFrom = rows.length): HeldData {
  const width = arrays.features.length / dataset.rows
  // The same kind of array as before: pixels stay bytes.
  const features = new (arrays.features.constructor as new (length: number) => typeof arrays.features)(rows.length * width)
  rows.forEach((row, at) => features.set(arrays.features.subarray(row * width, (row + 1) * width), at * width))
  const test = rows.length - testFrom
  const parts = test > 0 ? [{ name: 'train' as const, start: 0, rows: testFrom }, { name: 'test' as const, start: testFrom, rows: test }] : []
  return {
    dataset: { ...dataset, rows: rows.length, shape: [rows.length, ...dataset.shape.slice(1)], parts },
    arrays: { features, labels: arrays.labels && rows.map((row) => arrays.labels![row]!) as OpenedArrays['labels'] },
  }
}

/** All rows of what was chosen are used: what was test and validation is left out already. */
export const wholly = (spec: RunSpec): RunSpec => ({ ...spec, split: { train: 1, validation: 0, seed: spec.split.seed } })

export const trainingRows = (spec: RunSpec, { dataset, arrays }: HeldData): Int32Array => splitRows(dataset, spec.split, () => arrays.labels).train

/** The training rows without those of a fold, and these after them. Every row is in one fold; folds are as large as they can be equal. */
export function foldOf(data: HeldData, spec: RunSpec, fold: number, folds: number): HeldData {
  const rows = trainingRows(spec, data)
  const order = permutation(rows.length, { seed: spec.seed, stream: 'select/folds' })
  const foldAt = new Int32Array(rows.length)
  order.forEach((position, place) => (foldAt[position] = place % folds))
  const kept = rows.filter((_, at) => foldAt[at] !== fold)
  const left = rows.filter((_, at) => foldAt[at] === fold)
  const all = new Int32Array(rows.length)
  all.set(kept)
  all.set(left, kept.length)
  return chosenRows(data, all, kept.length)
}

/** As many of the training rows, drawn with replacement. */
export function resampled(data: HeldData, spec: RunSpec, key: RandomKey): HeldData {
  const rows = trainingRows(spec, data)
  const uniform = new Float64Array(rows.length)
  fillUniform(uniform, key)
  return chosenRows(data, Int32Array.from(uniform, (value) => rows[Math.min(rows.length - 1, Math.floor(value * rows.length))]!))
}

interface Quiet {
  spec: RunSpec
  data: HeldData
  runtime: Runtime
  /** A folder that is thrown away. */
  runFolder: string
}

/** What a fit works with when nobody follows it. */
export function quietContext({ spec, data, runtime, runFolder }: Quiet): TrainContext {
  const nobody = new Reporter(async () => {})
  return {
    task: { kind: 'train', runId: 'selection', spec, dataset: data.dataset, datasetFolder: '', runFolder, resume: false, threads: 1 },
    readArrays: () => ({ features: data.arrays.features.slice() as OpenedArrays['features'], labels: data.arrays.labels }),
    files: createRunFolder(runFolder),
    runtime,
    reporter: nobody,
    control: new Control(() => {}),
  }
}
