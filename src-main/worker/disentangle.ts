import type { Dataset } from '@shared/domain/dataset'
import type { Disentangling, DisentanglingOptions } from '@shared/domain/disentangling'
import type { InspectTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { featureNamesOf } from '../datasets/prepare'
import { openDatasetArrays, readTruth } from '../files/dataset-arrays'
import type { RowProgress } from '../evidence/estimate'
import { type Factor, dciOf, factorScore, lassoImportance, mutualInformationGap, separatedPredictability } from '../latents/disentanglement'
import type { InspectedModel } from './inspected-run'
import { codesOf } from './probe-codes'

/** More different values than this are a measurement, not a factor that data were made from. */
const mostValues = 100

export interface FactorSource {
  dataset: Dataset
  datasetFolder: string
  /** What the run's own data were made from, else their classes; otherwise the columns of another dataset. */
  isOwn: boolean
}

/** Metrics of a run's codes against known factors, of the rows that have them all. */
export async function disentangle(
  model: InspectedModel,
  { spec, dataset, datasetFolder }: InspectTask,
  source: FactorSource,
  options: DisentanglingOptions,
  progress: RowProgress,
): Promise<Disentangling> {
  const began = performance.now()
  if (source.dataset.rows !== dataset.rows) {
    throw new AppError('disentangle/other-rows', { dataset: source.dataset.name, rows: source.dataset.rows, own: dataset.name, wanted: dataset.rows })
  }
  const { rows, factors } = source.isOwn ? (trueFactors(source) ?? classFactor(source)) : columnFactors(source)
  const found = await codesOf(model, spec.model, { dataset, datasetFolder }, rows)
  const codes = { values: found.features, columns: found.columns }
  const steps = 4
  let done = 0
  const step = async <T>(compute: () => T): Promise<T> => {
    const value = compute()
    progress.onProgress(++done, steps)
    await progress.pause()
    return value
  }
  const mig = await step(() => mutualInformationGap(codes, factors, options.bins))
  const sap = await step(() => separatedPredictability(codes, factors))
  const importance = await step(() => lassoImportance(codes, factors, options.penalty))
  const isAlone = factors.length < 2
  const factorVae = await step(() => (isAlone ? null : factorScore(codes, factors, { seed: options.seed, stream: 'disentangle/votes' })))
  const { disentanglement, completeness } = dciOf(importance)
  return {
    rows: rows.length,
    latents: codes.columns,
    factors: factors.map(({ name, count, numbers }) => ({ name, values: count, kind: numbers ? 'numbers' : 'names' })),
    ...{ mig, sap, factorVae, disentanglement: isAlone ? null : disentanglement, completeness, importance },
    durationMs: performance.now() - began,
  }
}

interface KnownFactors {
  /** Of the dataset, in ascending order. */
  rows: Int32Array
  factors: Factor[]
}

function classFactor({ dataset, datasetFolder }: FactorSource): KnownFactors {
  const { labels } = openDatasetArrays(datasetFolder, dataset)
  const classes = dataset.classes ?? []
  if (!labels || classes.length < 2) throw new AppError('disentangle/no-factors', { dataset: dataset.name })
  const rows = Int32Array.from(labels.keys()).filter((row) => labels[row]! >= 0)
  // names of classes are names even where they are written as numbers
  return { rows, factors: [{ name: 'class', levels: Int32Array.from(rows, (row) => labels[row]!), count: classes.length, numbers: null }] }
}

/** What generated data were made from, as far as it takes few values; null where nothing of the kind is known. */
function trueFactors({ dataset, datasetFolder }: FactorSource): KnownFactors | null {
  const known = readTruth(datasetFolder)?.factors ?? []
  const label = dataset.columns.find(({ role }) => role === 'label')?.name
  const factors = known
    .filter(({ values }) => isFew(new Set(values).size))
    .map(({ name, values }) => factorOf(name, Float64Array.from(values), name === label))
  return factors.length > 0 ? { rows: Int32Array.from({ length: dataset.rows }, (_, row) => row), factors } : null
}

const isFew = (different: number): boolean => different >= 2 && different <= mostValues

function factorOf(name: string, values: Float64Array, isNamed: boolean): Factor {
  const different = [...new Set(values)].sort((a, b) => a - b)
  const place = new Map(different.map((value, level) => [value, level]))
  return { name, levels: Int32Array.from(values, (value) => place.get(value)!), count: different.length, numbers: isNamed ? null : values }
}

function columnFactors({ dataset, datasetFolder }: FactorSource): KnownFactors {
  if (dataset.kind !== 'table') throw new AppError('disentangle/not-a-table', { dataset: dataset.name })
  const { features } = openDatasetArrays(datasetFolder, dataset)
  const names = featureNamesOf(dataset)
  const complete = Int32Array.from({ length: dataset.rows }, (_, row) => row).filter((row) => names.every((_, at) => Number.isFinite(features[row * names.length + at])))
  const factors = names.map((name, at): Factor => {
    const values = Float64Array.from(complete, (row) => features[row * names.length + at]!)
    const different = new Set(values).size
    if (!isFew(different)) throw new AppError('disentangle/not-a-factor', { column: name, values: different, most: mostValues })
    return factorOf(name, values, dataset.columns.find((column) => column.name === name)?.categories !== undefined)
  })
  return { rows: complete, factors }
}
