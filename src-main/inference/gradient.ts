import type { HeldOut } from '@shared/domain/held-out'
import type { GradientSpec } from '@shared/domain/spec'
import { type RandomKey, permutation } from '@shared/math/random'
import { useOfCodes } from '@shared/math/use-of-codes'
import { AppError } from '@shared/rpc/errors'
import { learningRateOf, optimizerFeeds } from '../graph/optimizers'
import type { Executable, NumericArray, Runtime } from '../graph/runtime'
import { sizeOf } from '../graph/tensor'
import type { Afterwards, GradientModel } from '../models/gradient-model'
import { initialValues } from '../models/networks/weight'
import { BatchFiller, type BatchSource } from './batches'
import { firstNonFinite } from './non-finite'
import { scheduleFeeds } from './objective-schedule'
import { RowMoments } from './row-moments'
import { rateFactor } from './schedule'

/** Means per row by name: objective, elbo, reconstruction, kl, and what else the model tells of a step. */
export type StepFigures = Record<string, number>

export interface Evaluation {
  /** elbo, reconstruction, kl and what else the model tells: means per row. */
  figures: Record<string, number>
  /** Where the KL falls into dimensions: [latent], nats. */
  klPerDimension: Float64Array | null
  /** Mean and variance over rows of each posterior mean. */
  latentMean: Float64Array
  latentMeanVariance: Float64Array
  /** Mean over rows of each posterior variance; null where codes have no distribution. */
  latentVariance: Float64Array | null
  activeUnits: number
  /** How far the bounds among the figures are known. */
  known: Record<string, HeldOut>
  /** Of how many: the dimensions of a code, where a categorical variable counts as one. */
  units: number
}

/**
 * A unit is active when the variance over rows of its posterior mean is above this, summed over the entries that belong together: the
 * probabilities of one categorical variable. Burda et al. 2016, section 4.2.
 */
export const activeUnitVariance = 0.01

/** Which units are active. @param widths  entries of each unit, 1 each by default */
export function activeUnitsOf(variances: Float64Array, widths: readonly number[] = Array.from(variances, () => 1)): boolean[] {
  let start = 0
  return widths.map((width) => {
    const own = variances.subarray(start, (start += width))
    return own.reduce((sum, variance) => sum + variance, 0) > activeUnitVariance
  })
}

export interface Trainer {
  /** One pass over the data, with epoch 1, 2, …; resolves to the means over its steps. */
  epoch(epoch: number, control: { yield(): Promise<void>; onStep(done: number, steps: number): void }): Promise<StepFigures>
  /** One step of the run, 1, 2, …, at any learning rate; resolves to its figures. */
  step(step: number, rate: number): Promise<StepFigures>
  /** Parameters and optimizer moments. */
  state(): Promise<Record<string, NumericArray>>
  readonly steps: number
  /** Names of what an epoch tells. */
  readonly figures: readonly string[]
  dispose(): Promise<void>
}

export async function createTrainer(options: {
  runtime: Runtime
  model: GradientModel
  source: BatchSource
  inference: GradientSpec
  seed: number
  /** State to go on from; else weights are drawn from the seed and moments are zero. */
  state: Record<string, NumericArray> | null
}): Promise<Trainer> {
  const { runtime, model, source, inference, seed } = options
  const { optimizer, schedule, warmup, epochs } = inference
  const batchSize = Math.min(inference.batchSize, source.rows)
  const executable = await runtime.compile(model.trainingStep(batchSize))
  executable.load(options.state ?? startState(executable, model, source, seed))
  const filler = new BatchFiller(source, batchSize, executable.program, { seed, stream: 'train' })

  const firstPart = (model.secondPart ?? Infinity) * filler.batches
  const stepOfPart = (step: number): number => (step > firstPart ? step - firstPart : step)

  /** Batch `index` of an epoch in this order, as step `step` of the run. */
  async function take(order: Int32Array, index: number, step: number, rate: number): Promise<{ outputs: Record<string, NumericArray>; rows: number }> {
    const { feeds: drawn, rows } = filler.fill(order, index, step)
    const scheduled = scheduleFeeds(inference.objective, (step - 1) / filler.batches, source.rows)
    const feeds = { ...drawn, ...scheduled, ...model.schedule?.((step - 1) / filler.batches), ...optimizerFeeds(optimizer, stepOfPart(step), rate) }
    const outputs = await executable.run(feeds, (figures) => spoiledOf(figures) === null)
    const spoiled = spoiledOf(outputs)
    if (spoiled === null) {
      keepRows(source, outputs, order.subarray(index * batchSize, index * batchSize + rows))
      return { outputs: Object.fromEntries(Object.entries(outputs).filter(([name]) => !isOfRows(name))), rows }
    }
    const found = await firstNonFinite(runtime, executable, feeds, batchSize)
    const places = order.subarray(index * batchSize, index * batchSize + rows)
    const where = found?.rows.map((row) => places[row]).filter((row) => row !== undefined) ?? []
    const epoch = Math.floor((step - 1) / filler.batches) + 1
    const details = { value: String(outputs[spoiled]![0]), step, epoch, tensor: found?.tensor ?? spoiled, rows: rowsInWords(where) }
    throw new AppError(spoiled === 'objective' ? 'vae/not-a-number' : 'vae/gradient-not-a-number', details)
  }

  return {
    steps: filler.batches,
    figures: Object.keys(executable.program.outputs).filter((name) => !isOfRows(name)),
    state: async () => ({ ...(await executable.read()), ...keptOf(source) }),
    dispose: () => executable.dispose(),
    async step(step, rate) {
      const order = filler.order(Math.floor((step - 1) / filler.batches) + 1)
      const { outputs } = await take(order, (step - 1) % filler.batches, step, rate)
      return Object.fromEntries(Object.entries(outputs).map(([name, [figure]]) => [name, figure!]))
    },
    async epoch(epoch, control) {
      const order = filler.order(epoch)
      const sum: StepFigures = {}
      for (let index = 0; index < filler.batches; index += 1) {
        const step = (epoch - 1) * filler.batches + index + 1
        const rate = learningRateOf(optimizer) * rateFactor({ schedule, warmup, epochs, stepsPerEpoch: filler.batches }, step)
        const { outputs, rows } = await take(order, index, step, rate)
        for (const [name, [figure]] of Object.entries(outputs)) sum[name] = (sum[name] ?? 0) + figure! * (rows / source.rows)
        control.onStep(index + 1, filler.batches)
        await control.yield()
      }
      return sum
    },
  }
}

/** A step is taken where both are finite: weights stay finite then, for the length of the gradient is that of all their gradients together. */
const guards = ['objective', 'gradientNorm'] as const
const spoiledOf = (figures: Readonly<Record<string, NumericArray>>): (typeof guards)[number] | null =>
  guards.find((name) => figures[name] && !Number.isFinite(figures[name][0])) ?? null

/** What a step tells of each row instead of the whole batch: `rows/NAME`, which the next one is fed with as `row/NAME`. */
const isOfRows = (name: string): boolean => name.startsWith('rows/')

/** Puts what a step found of its rows where the next step that sees them will look. */
function keepRows({ further }: BatchSource, outputs: Record<string, NumericArray>, places: Int32Array): void {
  for (const [name, found] of Object.entries(outputs)) {
    if (!isOfRows(name)) continue
    const { values, width } = further![name.slice('rows/'.length)]!
    places.forEach((place, row) => values.set(found.subarray(row * width, (row + 1) * width), place * width))
  }
}

/** Part of the state: `rows/NAME`, [rows, width]. */
const keptOf = ({ further = {} }: BatchSource): Record<string, NumericArray> =>
  Object.fromEntries(Object.entries(further).flatMap(([name, { values, isKept }]) => (isKept ? [[`rows/${name}`, values.slice()]] : [])))

/** Some of many; how many there are is said. */
const rowsInWords = (rows: readonly number[]): string =>
  rows.length === 0 ? '—' : rows.length <= 8 ? rows.join(', ') : `${rows.slice(0, 8).join(', ')} … (${rows.length})`

function startState(executable: Executable, model: GradientModel, source: BatchSource, seed: number): Record<string, NumericArray> {
  const weights = initialValues(model.weights, { seed, stream: 'initialize' }, model.type, rowsAtRandom(source))
  return Object.fromEntries(
    executable.program.parameters.map((tensor) => [tensor.name!, weights[tensor.name!] ?? new Float32Array(sizeOf(tensor.shape))]),
  )
}

/** Different rows as long as there are enough of them. */
const rowsAtRandom =
  ({ features, rows, columns }: BatchSource) =>
  (count: number, key: RandomKey): Float32Array => {
    const order = permutation(rows, key)
    const chosen = new Float32Array(count * columns)
    for (let index = 0; index < count; index += 1) {
      const from = order[index % rows]! * columns
      chosen.set(features.subarray(from, from + columns), index * columns)
    }
    return chosen
  }

export interface AfterEpoch {
  of(state: Record<string, NumericArray>, pause: () => Promise<void>): Promise<Afterwards>
  dispose(): Promise<void>
}

/** What is fitted after training's own steps, from one pass over all rows; nothing for models without such a part. */
export async function fitAfterwards(
  runtime: Runtime,
  { afterwards }: GradientModel,
  source: BatchSource,
  seed: number,
): Promise<AfterEpoch> {
  if (!afterwards) return { of: async () => ({ state: {}, figures: {} }), dispose: async () => undefined }
  const batchRows = Math.max(1, Math.min(evaluationRows, source.rows))
  const executable = await runtime.compile(afterwards.program(batchRows))
  return {
    dispose: () => executable.dispose(),
    async of(state, pause) {
      executable.load(state)
      return afterwards.fit(await sumOver(executable, new BatchFiller(source, batchRows, executable.program, { seed, stream: 'afterwards' }), pause))
    },
  }
}

/** Sums of a program's outputs over all batches; what it tells of each row goes to `ofRows`. */
async function sumOver(
  executable: Executable,
  filler: BatchFiller,
  pause: () => Promise<void>,
  { passes = 1, ofRows }: { passes?: number; ofRows?: RowMoments } = {},
): Promise<Record<string, Float64Array>> {
  const sums: Record<string, Float64Array> = {}
  for (let counter = 0; counter < passes * filler.batches; counter += 1) {
    const index = counter % filler.batches
    const { feeds, rows } = filler.fill(null, index, counter)
    const outputs = await executable.run(feeds)
    for (const [name, values] of Object.entries(outputs)) {
      if (isOfRows(name)) {
        ofRows?.add(name.slice('rows/'.length), index * filler.batchSize, values, rows)
        continue
      }
      const sum = (sums[name] ??= new Float64Array(values.length))
      for (let at = 0; at < values.length; at += 1) sum[at]! += values[at]!
    }
    await pause()
  }
  return sums
}

export interface Evaluator {
  evaluate(source: BatchSource, state: Record<string, NumericArray>, pause: () => Promise<void>): Promise<Evaluation>
  /** Names of what an evaluation tells. */
  readonly figures: readonly string[]
  dispose(): Promise<void>
}

const evaluationRows = 500
/** Rows times draws that a part is brought to by itself, and the most draws for that: beyond, they would cost as much as training. */
const evaluatedDraws = 2048
const mostDraws = 16

/** One draw of each of 360 digits leaves an ELBO with a standard error of 0.15 nats; six leave 0.06. Runs of earlier versions had one. */
function drawsOf(rows: number, { evaluationDraws, mode }: Partial<Pick<GradientSpec, 'evaluationDraws' | 'mode'>>): number {
  if (evaluationDraws !== 'auto') return evaluationDraws ?? 1
  return mode === 'amortized' ? Math.min(mostDraws, Math.ceil(evaluatedDraws / rows)) : 1
}

export interface EvaluatorOptions {
  runtime: Runtime
  model: GradientModel
  inference: Partial<Pick<GradientSpec, 'evaluationDraws' | 'mode'>>
  largestPart: number
  seed: number
}

/** Estimates the bound of whole parts, with the same noise at every call, so that epochs compare. */
export async function createEvaluator({ runtime, model, inference, largestPart, seed }: EvaluatorOptions): Promise<Evaluator> {
  const batchRows = Math.max(1, Math.min(evaluationRows, largestPart))
  const executable = await runtime.compile(model.evaluation(batchRows))
  const isRandom = executable.program.inputs.some(({ name }) => /^(noise|uniform)/.test(name!))
  return {
    figures: [...Object.keys(executable.program.outputs).filter((name) => !isOfRows(name)), 'elbo', 'kl', 'activeUnits', 'codePerplexity', 'deadCodes'],
    dispose: () => executable.dispose(),
    async evaluate(source, state, pause) {
      executable.load(state)
      const filler = new BatchFiller(source, batchRows, executable.program, { seed, stream: 'evaluate' })
      const passes = isRandom ? drawsOf(source.rows, inference) : 1
      const ofRows = new RowMoments(source.rows)
      const sums = await sumOver(executable, filler, pause, { passes, ofRows })
      return { ...summarize(sums, passes * source.rows, model.units), known: ofRows.known(isRandom ? passes : 0, model.draws ?? 1) }
    },
  }
}

function summarize(sums: Record<string, Float64Array>, rows: number, widths?: readonly number[]): Omit<Evaluation, 'known'> {
  const { latentMeans, latentMeanSquares, latentVariances, codeUse, klPerDimension: klSums, ...scalars } = sums
  const mean = (sum: Float64Array): Float64Array => sum.map((value) => value / rows)
  const latentMean = mean(latentMeans!)
  const latentMeanVariance = mean(latentMeanSquares!).map((square, index) => Math.max(0, square - latentMean[index]! ** 2))
  const klPerDimension = klSums ? mean(klSums) : null
  const figures = Object.fromEntries(Object.entries(scalars).map(([name, [sum]]) => [name, sum! / rows]))
  if (klPerDimension) figures['kl'] = klPerDimension.reduce((sum, value) => sum + value, 0)
  if (figures['kl'] !== undefined) figures['elbo'] = figures['reconstruction']! - figures['kl']
  if (codeUse) Object.assign(figures, useOfCodes(codeUse))
  const active = activeUnitsOf(latentMeanVariance, widths)
  return {
    figures,
    klPerDimension,
    latentMean,
    latentMeanVariance,
    latentVariance: latentVariances ? mean(latentVariances) : null,
    activeUnits: active.filter(Boolean).length,
    units: active.length,
  }
}
