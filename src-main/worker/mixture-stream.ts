import type { Column, Dataset } from '@shared/domain/dataset'
import type { ModelSpec } from '@shared/domain/spec'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { withoutWeights } from '@shared/domain/weight-column'
import { randomSubset } from '@shared/math/random-sample'
import { type ChosenRows, type InSteps, type RowBlocks, atOnce, blocksInMemory, gathered, withPauses } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import { type FittedTransform, type Parts, type PreparedPart, type StreamedData, streamData, transformedBlocks } from '../datasets/prepare'
import { datasetRowsOnDisk, readDatasetLabels } from '../files/dataset-arrays'
import { type ProblemOptions, familyChunks, mixtureProblem, posteriorOverChunks, streamedChunks } from '../inference/mixture-problem'
import { logScale, standardized } from '../inference/standard-units'
import type { InspectedRun } from './inspected-run'
import { type Need, memoryBudget } from './memory-budget'
import { valuesChecked } from './mixture-families'
import { type MixturePreparation, loadPreparation } from './mixture-files'
import { type FittedUnits, type MixtureSetting, climbedBy, emOf, findFamilyAndUnits, isLimit, familyOf, knownClasses, requireRows, requireWeights, startLabels } from './mixture-setting'
import type { TrainContext } from './train-context'
import { readWeights, rowsWithoutWeights, weightsAt } from './weighted-rows'

/*
 * Mixtures of rows that stay on disk. Every pass of EM reads all of them; what needs single rows again and again — starts, pictures — works
 * on a random sample. The arithmetic is that of rows in memory, in the same order.
 */

/** Starts from more rows are not better ones. */
const mostStartRows = 200_000
const leastStartRows = 5000
/** As many as a scatter plot can show. */
const mostShownRows = 20_000

type Stored = Pick<TrainTask, 'spec' | 'dataset' | 'datasetFolder'>

function* opened({ spec, dataset, datasetFolder }: Stored, known: MixturePreparation | null): InSteps<StreamedData> {
  const raw = rowsWithoutWeights(spec.model, dataset, datasetRowsOnDisk(datasetFolder, dataset))
  const source = { raw, labels: () => readDatasetLabels(datasetFolder, dataset) }
  return yield* streamData(withoutWeights(spec.model, dataset), source, spec, known?.transform ?? null)
}

interface Prepared extends FittedUnits {
  data: StreamedData
  /** Of all rows of the dataset. */
  weights: Float64Array | null
}

function* prepared(task: Stored): InSteps<Prepared> {
  const { spec, dataset, datasetFolder } = task
  const data = yield* opened(task, null)
  yield* valuesChecked(spec.model, data, withoutWeights(spec.model, dataset).columns)
  const weights = readWeights(spec.model, dataset, datasetRowsOnDisk(datasetFolder, dataset))
  return { data, weights, ...(yield* findFamilyAndUnits(task, data, weightsAt(weights, data.train.rowIndex))) }
}

/** Absent entries of these are a matter of encoding; where units differ by column, each row would lose another share of them. */
const encodesMissing = new Set(['bernoulli-mixture', 'categorical-mixture', 'poisson-mixture'])

const columnWithGaps = ({ spec, dataset }: Stored): Column | null =>
  encodesMissing.has(spec.model.kind) ? null : (dataset.columns.find(({ role, missing }) => role === 'feature' && missing > 0) ?? null)

/** Of a fit: absent entries of a Gaussian mixture, and the relatives of EM, are a matter of rows in memory. */
export const needOf = (task: Stored): Need => (emOf(task.spec).kind !== 'em' || columnWithGaps(task) ? 'needs memory' : 'prefers disk')

function refuseWhatNeedsMemory(task: Stored): void {
  const { kind } = task.spec.inference
  if (kind !== 'em') throw new AppError('em/variant-on-disk', { inference: kind, rows: task.dataset.rows })
  const column = columnWithGaps(task)
  if (!column) return
  throw new AppError('em/missing-needs-memory', { column: column.name, megabytes: Math.round(memoryBudget('needs memory') / 2 ** 20) })
}

/** As many rows for the starts as fit into a tenth of the budget. */
const startRows = (columns: number): number =>
  Math.max(leastStartRows, Math.min(mostStartRows, Math.floor(memoryBudget('prefers disk') / 10 / (8 * columns))))

/** Labels of some rows of the dataset. */
function labelsAt({ dataset, datasetFolder }: Stored, rows: Int32Array): Int32Array | null {
  const labels = readDatasetLabels(datasetFolder, dataset)
  return labels && rows.map((row) => labels[row]!)
}

const sampled = ({ train }: StreamedData, count: number, seed: number, stream: string): Int32Array =>
  randomSubset(count, train.rows, { seed, stream }).map((index) => train.rowIndex[index]!)

/** With rows that stay on disk. */
export async function streamedSetting(context: TrainContext): Promise<MixtureSetting> {
  const { task, runtime, control, reporter } = context
  const { model, seed } = task.spec
  const inference = emOf(task.spec)
  refuseWhatNeedsMemory(task)
  const { data, family, units, levels, box, weights: all } = await withPauses(prepared(task), control.yield)
  const weights = weightsAt(all, data.train.rowIndex)
  requireWeights(weights, data, reporter)
  requireRows(data, family)
  const chosen = sampled(data, startRows(data.features), seed, 'em/start-rows')
  if (chosen.length < data.train.rows) reporter.warn('em/starts-from-sample', { rows: chosen.length, all: data.train.rows })
  const features = await withPauses(gathered(standardized(data.rowsAt(chosen), units)), control.yield)
  const train = streamedChunks(standardized(data.train.blocks, units), family, weights)
  const known = knownClasses(task.spec, task.dataset, data.train.labels)
  const knownAtFirst = known && { ...known, codes: labelsAt(task, chosen)! }
  const begin = familyChunks(features, family, weightsAt(all, chosen))
  const labels = startLabels(task.spec, task.dataset, labelsAt(task, chosen))
  const problemWith = (options: ProblemOptions) => mixtureProblem(runtime, train, family, { begin, known, knownAtFirst, pause: control.yield, ...options })
  const problem = await problemWith({ posterior: isLimit(model) ? 'hard' : 'plain' })
  const shift = logScale(units)
  return {
    ...context,
    inference,
    data,
    family,
    units,
    shift,
    climbed: climbedBy(model, shift, problem.weight, units),
    features,
    weights: weightsAt(all, chosen),
    known: knownAtFirst,
    rowIndex: chosen,
    labels,
    weightsOf: (part) => weightsAt(all, data[part]!.rowIndex),
    problem,
    problemWith,
    async posteriors(part, mixture, see) {
      const chunks = part === 'train' ? train : streamedChunks(standardized(data[part]!.blocks, units), family)
      const told = new Float64Array(chunks.chunkRows)
      await posteriorOverChunks({ runtime, chunks, family, mixture, pause: control.yield }, (responsibilities, logDensity, row) => {
        logDensity.forEach((value, index) => (told[index] = value - shift))
        see(responsibilities, told.subarray(0, logDensity.length), row)
      })
    },
    preparation: { transform: data.transform, units, levels, box },
  }
}

export interface SampledData extends FittedUnits {
  /** Of the training rows a random sample, and nothing of the other parts. */
  data: Parts<PreparedPart>
  /** Training rows there are. */
  total: number
}

/** What an inspector holds of rows that stay on disk. */
export function sampledData(run: InspectedRun): SampledData {
  const known = loadPreparation(run.files)
  const stream = atOnce(opened(run, known))
  const { spec } = run
  const found = known ? fittedUnits(run, stream, known) : atOnce(findFamilyAndUnits(run, stream))
  const rowIndex = sampled(stream, mostShownRows, spec.seed, 'inspect/shown-rows')
  const features = atOnce(gathered(stream.rowsAt(rowIndex)))
  const classes = readDatasetLabels(run.datasetFolder, run.dataset)
  const labels = classes && rowIndex.map((row) => classes[row]!)
  const train = { rows: rowIndex.length, rowIndex, features, labels, blocks: blocksInMemory(features, stream.features) }
  return { ...found, data: { ...stream, train, validation: null, test: null }, total: stream.train.rows }
}

const fittedUnits = ({ spec, dataset }: InspectedRun, { features }: StreamedData, { units, levels, box }: MixturePreparation): FittedUnits => ({
  family: familyOf(spec.model, { columns: features, levels, units, box, described: withoutWeights(spec.model, dataset).columns }),
  units,
  levels,
  box,
})

/** All rows of any dataset with as many features, read as they are walked. */
export const allRows = (transform: FittedTransform, model: ModelSpec, dataset: Dataset, folder: string): RowBlocks =>
  transformedBlocks(transform, rowsOf(model, dataset, folder), Int32Array.from({ length: dataset.rows }, (_, row) => row))

/** Rows of a dataset on disk as a model sees them. */
export const rowsOf = (model: ModelSpec, dataset: Dataset, folder: string): ChosenRows =>
  rowsWithoutWeights(model, dataset, datasetRowsOnDisk(folder, dataset))
