import { type RandomKey, fillUniform } from '@shared/math/random'
import type { NumericArray, Runtime } from '../graph/runtime'
import { NoiseFiller } from '../inference/batches'
import { observedOf } from '../inference/observed'
import type { GradientModel } from '../models/gradient-model'
import type { Filled } from './imputation'

/*
 * What rows lack, given what they have, by importance sampling with the encoder's q as the proposal: draws of z are weighted by what they make
 * of the known entries, so that the answer is that of the model and not of its encoder.     Mattei & Frellsen 2019, section 4
 */

export interface CompletionPlan {
  /** Draws of z for each row. */
  samples: number
  /** Completed copies of each row, resampled by the weights. */
  copies: number
  seed: number
  /** Columns of codes, whose most probable one stands for them. */
  codes: readonly boolean[]
}

export interface CompletedRows extends Filled {
  /** Whole rows drawn from the model given what is known: [copies], each [rows, features]. */
  copies: Float64Array[]
}

/** Numbers of a program's output held at once. */
const numbersHeld = 4e6

/** @param rows  [rows, features], NaN where an entry is absent */
export async function completeRows(
  runtime: Runtime,
  model: GradientModel,
  state: Readonly<Record<string, NumericArray>>,
  rows: Float64Array,
  plan: CompletionPlan,
): Promise<CompletedRows> {
  const { features } = model
  const total = rows.length / features
  const found: CompletedRows = {
    values: rows.slice(),
    deviations: new Float64Array(rows.length),
    copies: Array.from({ length: plan.copies }, () => rows.slice()),
  }
  if (total === 0 || !model.completion) return found
  const blockRows = Math.max(1, Math.min(total, Math.floor(numbersHeld / (plan.samples * features))))
  const executable = await runtime.compile(model.completion(blockRows, plan.samples))
  executable.load({ ...state })
  const noise = new NoiseFiller(executable.program, { seed: plan.seed, stream: 'completion' })
  for (let start = 0; start < total; start += blockRows) {
    const count = Math.min(blockRows, total - start)
    const block = new Float64Array(blockRows * features)
    block.set(rows.subarray(start * features, (start + count) * features))
    const { x, observed } = observedOf(block)
    const outputs = await executable.run({ ...noise.fill(start), x, 'row/observed': observed })
    const draws = { logWeights: outputs['logWeights']!, mean: outputs['mean']!, draw: outputs['draw']!, blockRows, features }
    for (let row = 0; row < count; row += 1) completeRow(found, draws, row, start + row, plan)
  }
  await executable.dispose()
  return found
}

interface Draws {
  logWeights: NumericArray
  mean: NumericArray
  draw: NumericArray
  blockRows: number
  features: number
}

function completeRow(found: CompletedRows, draws: Draws, row: number, at: number, plan: CompletionPlan): void {
  const { blockRows, features } = draws
  const weights = normalized(Float64Array.from({ length: plan.samples }, (_, sample) => draws.logWeights[sample * blockRows + row]!))
  const chosen = resampled(weights, plan.copies, { seed: plan.seed, stream: `completion/resample/${at}` })
  for (let column = 0; column < features; column += 1) {
    const place = at * features + column
    if (!Number.isNaN(found.values[place])) continue
    const of = (values: NumericArray) => (sample: number) => values[(sample * blockRows + row) * features + column]!
    const { value, deviation } = plan.codes[column] ? mostProbable(weights, of(draws.draw)) : momentsOf(weights, of(draws.mean), of(draws.draw))
    found.values[place] = value
    found.deviations[place] = deviation
    found.copies.forEach((copy, index) => (copy[place] = of(draws.draw)(chosen[index]!)))
  }
}

/** Σ_k w_k·E[x|z_k], and the root of Σ_k w_k·(x_k − that)² with x_k ~ p(x|z_k). */
function momentsOf(weights: Float64Array, meanOf: (sample: number) => number, drawOf: (sample: number) => number): { value: number; deviation: number } {
  const value = weights.reduce((sum, weight, sample) => sum + weight * meanOf(sample), 0)
  const variance = weights.reduce((sum, weight, sample) => sum + weight * (drawOf(sample) - value) ** 2, 0)
  return { value, deviation: Math.sqrt(variance) }
}

/** The code with the largest share of the weights, and the probability that it is another. */
function mostProbable(weights: Float64Array, drawOf: (sample: number) => number): { value: number; deviation: number } {
  const shares = new Map<number, number>()
  weights.forEach((weight, sample) => shares.set(drawOf(sample), (shares.get(drawOf(sample)) ?? 0) + weight))
  const [value, share] = [...shares].reduce((best, next) => (next[1] > best[1] ? next : best))
  return { value, deviation: Math.max(0, 1 - share) }
}

function normalized(logWeights: Float64Array): Float64Array {
  const largest = logWeights.reduce((most, value) => Math.max(most, value), -Infinity)
  const weights = logWeights.map((value) => Math.exp(value - largest))
  const sum = weights.reduce((all, value) => all + value, 0)
  return weights.map((value) => value / sum)
}

/** Indices drawn with the probabilities of the weights. */
function resampled(weights: Float64Array, count: number, key: RandomKey): Int32Array {
  const uniform = new Float64Array(count)
  fillUniform(uniform, key)
  return Int32Array.from(uniform, (target) => {
    let sum = 0
    const index = weights.findIndex((weight) => (sum += weight) > target)
    return index < 0 ? weights.length - 1 : index
  })
}
