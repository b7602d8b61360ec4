import type { Matrix } from '@shared/domain/run'
import { isMixture } from '@shared/domain/models/mixtures'
import type { ProbeOptions, Probing } from '@shared/domain/probing'
import type { InspectTask } from '@shared/domain/worker-protocol'
import { permutation } from '@shared/math/random'
import { principalComponents } from '@shared/math/principal-components'
import { AppError } from '@shared/rpc/errors'
import { prepareData, transformRows } from '../datasets/prepare'
import { openDatasetArrays } from '../files/dataset-arrays'
import type { RowProgress } from '../evidence/estimate'
import type { Runtime } from '../graph/runtime'
import { type ProbePlan, type ProbeRows, crossValidate, takeRows } from '../latents/probes'
import type { InspectedModel } from './inspected-run'

/** Cross-validated probes of a run's codes, beside as many principal components and the rows themselves. */
export async function probeCodes(
  model: InspectedModel,
  { spec, dataset, datasetFolder }: InspectTask,
  options: ProbeOptions,
  { runtime, progress }: { runtime: Runtime; progress: RowProgress },
): Promise<Probing> {
  const began = performance.now()
  const arrays = openDatasetArrays(datasetFolder, dataset)
  const { labels } = arrays
  const classes = dataset.classes ?? []
  if (!labels || classes.length < 2) throw new AppError('probe/no-labels', { dataset: dataset.name })
  const isNumeric = options.kind === 'ridge'
  if (isNumeric && classes.some((name) => name.trim() === '' || !Number.isFinite(Number(name)))) throw new AppError('probe/not-numbers', { dataset: dataset.name, classes: classes.slice(0, 5) })
  const labelled = Int32Array.from(labels.keys()).filter((row) => labels[row]! >= 0)
  if (labelled.length < 2 * options.folds) throw new AppError('probe/few-labels', { labelled: labelled.length, folds: options.folds })
  const order = permutation(labelled.length, { seed: options.seed, stream: 'probe/sample' })
  const rows = labelled.length <= options.rows ? labelled : order.subarray(0, options.rows).map((place) => labelled[place]!).sort()
  const targets = Float64Array.from(rows, (row) => (isNumeric ? Number(classes[labels[row]!]) : labels[row]!))

  const data = prepareData(dataset, arrays, spec, 'float64')
  const all = transformRows({ steps: data.transform.steps.filter(({ kind }) => kind !== 'stochastic-binarize') }, arrays.features, dataset.rows, 'float64') as Float64Array
  const x = takeRows({ features: all, columns: data.features, targets: new Float64Array(dataset.rows) }, rows)
  const codes = await codesOf(model, spec.model, { dataset, datasetFolder }, rows)
  const components = Math.min(codes.columns, data.features)
  const pca = { columns: components, features: Float64Array.from(principalComponents(x.features, x.columns, components).scores) }
  const representations = [
    { name: 'code', ...codes },
    { name: 'pca', ...pca },
    { name: 'x', columns: x.columns, features: x.features },
  ] as const

  const sizes = [10, 30, 100, 300, 1000, 3000].filter((size) => size >= classes.length && size < (rows.length * (options.folds - 1)) / options.folds)
  const plan: ProbePlan = { spec: options, classes: classes.length, folds: options.folds, seed: options.seed, pause: progress.pause }
  const found: Probing['representations'] = []
  const steps = representations.length * (sizes.length + 1)
  let done = 0
  for (const { name, columns, features } of representations) {
    const own: ProbeRows = { features, columns, targets }
    const curve = []
    for (const size of sizes) {
      const { score, standardError } = await crossValidate(runtime, own, plan, size)
      curve.push({ rows: size, score, standardError })
      progress.onProgress(++done, steps)
    }
    const whole = await crossValidate(runtime, own, plan)
    progress.onProgress(++done, steps)
    curve.push({ rows: Math.round((rows.length * (options.folds - 1)) / options.folds), score: whole.score, standardError: whole.standardError })
    found.push({ name, columns, ...whole, curve })
  }
  return {
    kind: options.kind,
    measure: isNumeric ? 'r2' : 'accuracy',
    rows: rows.length,
    labelled: labelled.length,
    folds: options.folds,
    classes,
    chance: isNumeric ? 0 : mostFrequent(targets) / targets.length,
    representations: found,
    durationMs: performance.now() - began,
  }
}

/** What a model makes of its rows: codes, or the responsibilities of its components. */
export async function codesOf(
  model: InspectedModel,
  spec: InspectTask['spec']['model'],
  place: Pick<InspectTask, 'dataset' | 'datasetFolder'>,
  rows: Int32Array,
): Promise<{ columns: number; features: Float64Array }> {
  const output = isMixture(spec) ? 'responsibilities' : 'encode'
  const { columns, values } = (await model.answer({ kind: 'apply', output, ...place })) as Matrix
  const kept = columns.flatMap((name, at) => (name.startsWith('logVariance') ? [] : [at]))
  const features = new Float64Array(rows.length * kept.length)
  rows.forEach((row, at) => kept.forEach((column, place) => (features[at * kept.length + place] = values[row * columns.length + column]!)))
  return { columns: kept.length, features }
}

function mostFrequent(codes: Float64Array): number {
  const counts = new Map<number, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return Math.max(...counts.values())
}
