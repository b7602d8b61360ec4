import type { GradientSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import { learningRateOf, optimizerFeeds } from '../graph/optimizers'
import type { Executable, NumericArray, Runtime } from '../graph/runtime'
import { sizeOf } from '../graph/tensor'
import { initialValues } from '../models/networks'
import { type Vae, evaluation, trainingStep } from '../models/vae/vae'
import { BatchFiller, type BatchSource } from './batches'
import { firstNonFinite } from './non-finite'
import { rateFactor } from './schedule'

/** Means per row, nats. */
export interface BoundFigures {
  objective: number
  elbo: number
  reconstruction: number
  kl: number
}

export interface Evaluation extends Omit<BoundFigures, 'objective'> {
  klPerDimension: Float64Array
  /** Mean and variance over rows of each posterior mean. */
  latentMean: Float64Array
  latentMeanVariance: Float64Array
  activeUnits: number
}

/** A dimension is active when the variance over rows of its posterior mean is above this. Burda et al. 2016, section 4.2. */
export const activeUnitVariance = 0.01

export interface Trainer {
  /** One pass over the data, with epoch 1, 2, …; resolves to the means over its steps. */
  epoch(epoch: number, control: { yield(): Promise<void>; onStep(done: number, steps: number): void }): Promise<BoundFigures>
  /** Parameters and optimizer moments. */
  state(): Promise<Record<string, NumericArray>>
  readonly steps: number
  dispose(): Promise<void>
}

export async function createTrainer(options: {
  runtime: Runtime
  model: Vae
  source: BatchSource
  inference: GradientSpec
  seed: number
  /** State to go on from; else weights are drawn from the seed and moments are zero. */
  state: Record<string, NumericArray> | null
}): Promise<Trainer> {
  const { runtime, model, source, inference, seed } = options
  const { optimizer, schedule, warmup, epochs } = inference
  const batchSize = Math.min(inference.batchSize, source.rows)
  const executable = await runtime.compile(trainingStep(model, inference, batchSize))
  executable.load(options.state ?? startState(executable, model, seed))
  const filler = new BatchFiller(source, batchSize, inference.objective.elbo.samples, model.latent, { seed, stream: 'train' })

  return {
    steps: filler.batches,
    state: () => executable.read(),
    dispose: () => executable.dispose(),
    async epoch(epoch, control) {
      const order = filler.order(epoch)
      const sum: BoundFigures = { objective: 0, elbo: 0, reconstruction: 0, kl: 0 }
      for (let index = 0; index < filler.batches; index += 1) {
        const step = (epoch - 1) * filler.batches + index + 1
        const { x, noise, weight, rows } = filler.fill(order, index, step)
        const rate = learningRateOf(optimizer) * rateFactor({ schedule, warmup, epochs, stepsPerEpoch: filler.batches }, step)
        const feeds = { x, noise, weight, ...optimizerFeeds(optimizer, step, rate) }
        const outputs = await executable.run(feeds, ({ objective }) => Number.isFinite(objective![0]))
        const value = outputs['objective']![0]!
        if (!Number.isFinite(value)) {
          const found = await firstNonFinite(runtime, executable, feeds, batchSize)
          const places = order.subarray(index * batchSize, index * batchSize + rows)
          const where = found?.rows.map((row) => places[row]).filter((row) => row !== undefined) ?? []
          throw new AppError('vae/not-a-number', { value: String(value), step, epoch, tensor: found?.tensor ?? 'objective', rows: rowsInWords(where) })
        }
        for (const name of Object.keys(sum) as (keyof BoundFigures)[]) sum[name] += outputs[name]![0]! * (rows / source.rows)
        control.onStep(index + 1, filler.batches)
        await control.yield()
      }
      return sum
    },
  }
}

/** Some of many; how many there are is said. */
const rowsInWords = (rows: readonly number[]): string =>
  rows.length === 0 ? '—' : rows.length <= 8 ? rows.join(', ') : `${rows.slice(0, 8).join(', ')} … (${rows.length})`

function startState(executable: Executable, model: Vae, seed: number): Record<string, NumericArray> {
  const weights = initialValues(model.weights, { seed, stream: 'initialize' }, model.type)
  return Object.fromEntries(
    executable.program.parameters.map((tensor) => [tensor.name!, weights[tensor.name!] ?? new Float32Array(sizeOf(tensor.shape))]),
  )
}

export interface Evaluator {
  evaluate(source: BatchSource, state: Record<string, NumericArray>, pause: () => Promise<void>): Promise<Evaluation>
  dispose(): Promise<void>
}

const evaluationRows = 500

/** Estimates the bound of whole parts, with the same noise at every call, so that epochs compare. */
export async function createEvaluator(runtime: Runtime, model: Vae, largestPart: number, samples: number, seed: number): Promise<Evaluator> {
  const batchRows = Math.max(1, Math.min(evaluationRows, largestPart))
  const executable = await runtime.compile(evaluation(model, batchRows, samples))
  return {
    dispose: () => executable.dispose(),
    async evaluate(source, state, pause) {
      executable.load(state)
      const filler = new BatchFiller(source, batchRows, samples, model.latent, { seed, stream: 'evaluate' })
      const sums: Record<string, Float64Array> = {}
      for (let index = 0; index < filler.batches; index += 1) {
        const { x, noise, weight } = filler.fill(null, index, index)
        const outputs = await executable.run({ x, noise, weight })
        for (const [name, values] of Object.entries(outputs)) {
          const sum = (sums[name] ??= new Float64Array(values.length))
          for (let at = 0; at < values.length; at += 1) sum[at]! += values[at]!
        }
        await pause()
      }
      return summarize(sums, source.rows)
    },
  }
}

function summarize(sums: Record<string, Float64Array>, rows: number): Evaluation {
  const mean = (name: string): Float64Array => sums[name]!.map((value) => value / rows)
  const latentMean = mean('latentMeans')
  const latentMeanVariance = mean('latentMeanSquares').map((square, index) => Math.max(0, square - latentMean[index]! ** 2))
  const klPerDimension = mean('klPerDimension')
  const kl = klPerDimension.reduce((sum, value) => sum + value, 0)
  const reconstruction = sums['reconstruction']![0]! / rows
  return {
    elbo: reconstruction - kl,
    reconstruction,
    kl,
    klPerDimension,
    latentMean,
    latentMeanVariance,
    activeUnits: latentMeanVariance.filter((variance) => variance > activeUnitVariance).length,
  }
}
