import { type RandomKey, fillNormal, permutation } from '@shared/math/random'
import { logSoftmax } from '../graph/compose'
import { differentiate } from '../graph/differentiate'
import { add, matmul, multiply, negate, reduceMean, reduceSum, square, subtract, tanh } from '../graph/ops'
import { buildProgram } from '../graph/program'
import type { Runtime } from '../graph/runtime'
import { type Tensor, input, parameter } from '../graph/tensor'
import { minimizeByLbfgs, programFunction } from '../inference/lbfgs'

/*
 * How much of an attribute a representation gives away: a small predictor from features to the attribute, judged on rows it has not seen.
 * Alain & Bengio 2017.
 */

export type ProbeKind = 'logistic' | 'ridge' | 'mlp'

export interface ProbeSpec {
  kind: ProbeKind
  /** Half of it times the squared weights is added to the mean loss; biases are free. */
  penalty: number
  /** Units of the hidden layer of an MLP. */
  hidden: number
}

/** Rows for a probe: features [rows, columns] and a class code for each row, or, for ridge, a number. */
export interface ProbeRows {
  features: Float64Array
  columns: number
  targets: Float64Array
}

/** Fits on some rows and predicts others: class codes, or numbers for ridge. */
export async function fitAndPredict(runtime: Runtime, spec: ProbeSpec, classes: number, train: ProbeRows, test: ProbeRows, key: RandomKey): Promise<Float64Array> {
  const scaling = standardization(train)
  const [seen, unseen] = [standardized(train, scaling), standardized(test, scaling)]
  const outputs = spec.kind === 'ridge' ? 1 : classes
  const centre = spec.kind === 'ridge' ? train.targets.reduce((sum, value) => sum + value / train.targets.length, 0) : 0
  const goals = spec.kind === 'ridge' ? train.targets.map((value) => value - centre) : oneHot(train.targets, classes)
  const fit = await runtime.compile(lossProgram(spec, train.targets.length, train.columns, outputs))
  const { evaluate, split } = programFunction(fit, { x: seen, t: goals })
  const sizes = fit.program.parameters.map(({ shape }) => shape.reduce((product, length) => product * length, 1))
  const start = new Float64Array(sizes.reduce((sum, size) => sum + size, 0))
  // a hidden layer of zeros would stay one
  if (spec.kind === 'mlp') {
    fillNormal(start, key)
    start.forEach((value, index) => (start[index] = (0.5 * value) / Math.sqrt(train.columns)))
  }
  const { x } = await minimizeByLbfgs(evaluate, start, { maxIterations: spec.kind === 'mlp' ? 100 : 300, tolerance: 1e-5 })
  await fit.dispose()
  const predict = await runtime.compile(outputProgram(spec, test.targets.length, train.columns, outputs))
  predict.load(split(x))
  const values = (await predict.run({ x: unseen }))['output']!
  const predicted = new Float64Array(test.targets.length)
  for (let row = 0; row < predicted.length; row += 1) predicted[row] = spec.kind === 'ridge' ? values[row]! + centre : largestOf(values, row * classes, classes)
  await predict.dispose()
  return predicted
}

function network({ kind, hidden }: ProbeSpec, x: Tensor, columns: number, outputs: number): { output: Tensor; matrices: Tensor[]; biases: Tensor[] } {
  const layer = (name: string, from: number, to: number) => ({
    matrix: parameter(`${name}/weights`, [from, to], 'float64'),
    bias: parameter(`${name}/bias`, [to], 'float64'),
  })
  if (kind !== 'mlp') {
    const { matrix, bias } = layer('out', columns, outputs)
    return { output: add(matmul(x, matrix), bias), matrices: [matrix], biases: [bias] }
  }
  const first = layer('hidden', columns, hidden)
  const last = layer('out', hidden, outputs)
  const units = tanh(add(matmul(x, first.matrix), first.bias))
  return { output: add(matmul(units, last.matrix), last.bias), matrices: [first.matrix, last.matrix], biases: [first.bias, last.bias] }
}

function lossProgram(spec: ProbeSpec, rows: number, columns: number, outputs: number) {
  const x = input('x', [rows, columns], 'float64')
  const t = input('t', [rows, outputs], 'float64')
  const { output, matrices, biases } = network(spec, x, columns, outputs)
  const misfit =
    spec.kind === 'ridge' ? multiply(reduceMean(square(subtract(output, t))), 0.5) : negate(reduceMean(reduceSum(multiply(t, logSoftmax(output, 1)), [1])))
  const penalty = matrices.map((matrix) => multiply(reduceSum(square(matrix)), spec.penalty / 2)).reduce((sum, part) => add(sum, part))
  const loss = add(misfit, penalty)
  const parameters = [...matrices, ...biases]
  const gradients = differentiate(loss, parameters)
  return buildProgram({ name: 'probe', outputs: { loss, ...Object.fromEntries(parameters.map(({ name }, at) => [`gradient:${name}`, gradients[at]!])) } })
}

const outputProgram = (spec: ProbeSpec, rows: number, columns: number, outputs: number) =>
  buildProgram({ name: 'probe-output', outputs: { output: network(spec, input('x', [rows, columns], 'float64'), columns, outputs).output } })

interface Scaling {
  mean: Float64Array
  deviation: Float64Array
}

function standardization({ features, columns }: ProbeRows): Scaling {
  const rows = features.length / columns
  const mean = new Float64Array(columns)
  const deviation = new Float64Array(columns)
  features.forEach((value, index) => (mean[index % columns]! += value / rows))
  features.forEach((value, index) => (deviation[index % columns]! += (value - mean[index % columns]!) ** 2 / rows))
  // a column that never changes says nothing, and stays out
  return { mean, deviation: deviation.map((variance) => (variance > 0 ? Math.sqrt(variance) : Infinity)) }
}

const standardized = ({ features, columns }: ProbeRows, { mean, deviation }: Scaling): Float64Array =>
  features.map((value, index) => (value - mean[index % columns]!) / deviation[index % columns]!)

function oneHot(codes: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(codes.length * classes)
  codes.forEach((code, row) => (out[row * classes + code] = 1))
  return out
}

function largestOf(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0
  for (let index = 1; index < count; index += 1) if (values[start + index]! > values[start + best]!) best = index
  return best
}

/** Rows of each of `folds` parts; classes are spread evenly over the parts. */
export function stratifiedFolds(targets: Float64Array, folds: number, key: RandomKey): Int32Array[] {
  const order = [...permutation(targets.length, key)].sort((a, b) => targets[a]! - targets[b]!)
  const parts = Array.from({ length: folds }, (): number[] => [])
  order.forEach((row, at) => parts[at % folds]!.push(row))
  return parts.map((rows) => Int32Array.from(rows).sort())
}

export function takeRows({ features, columns, targets }: ProbeRows, rows: ArrayLike<number>): ProbeRows {
  const out = new Float64Array(rows.length * columns)
  const goals = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at += 1) {
    out.set(features.subarray(rows[at]! * columns, (rows[at]! + 1) * columns), at * columns)
    goals[at] = targets[rows[at]!]!
  }
  return { features: out, columns, targets: goals }
}

/** Share of right answers; for numbers, the share of their variance that is explained (R²). */
export function scoreOf(kind: ProbeKind, predicted: Float64Array, targets: Float64Array): number {
  if (kind !== 'ridge') return predicted.filter((value, row) => value === targets[row]).length / targets.length
  const mean = targets.reduce((sum, value) => sum + value / targets.length, 0)
  const total = targets.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return 1 - predicted.reduce((sum, value, row) => sum + (value - targets[row]!) ** 2, 0) / total
}

export interface ProbeScore {
  /** Mean over the folds, and its standard error. */
  score: number
  standardError: number
  folds: number[]
}

const summarized = (folds: number[]): ProbeScore => {
  const score = folds.reduce((sum, value) => sum + value / folds.length, 0)
  const variance = folds.reduce((sum, value) => sum + (value - score) ** 2, 0) / Math.max(1, folds.length - 1)
  return { score, standardError: Math.sqrt(variance / folds.length), folds }
}

export interface ProbePlan {
  spec: ProbeSpec
  classes: number
  folds: number
  seed: number
  pause(): Promise<void>
}

/** Cross-validated score, fitted on at most `most` rows of each training part. */
export async function crossValidate(runtime: Runtime, rows: ProbeRows, { spec, classes, folds, seed, pause }: ProbePlan, most = Infinity): Promise<ProbeScore> {
  const parts = stratifiedFolds(rows.targets, folds, { seed, stream: 'probe/folds' })
  const scores: number[] = []
  for (const [fold, held] of parts.entries()) {
    const others = parts.flatMap((part, index) => (index === fold ? [] : [...part]))
    const order = permutation(others.length, { seed, stream: `probe/rows/${fold}` })
    const chosen = others.length <= most ? others : [...order.subarray(0, most)].map((place) => others[place]!)
    const test = takeRows(rows, held)
    const predicted = await fitAndPredict(runtime, spec, classes, takeRows(rows, chosen), test, { seed, stream: `probe/start/${fold}` })
    scores.push(scoreOf(spec.kind, predicted, test.targets))
    await pause()
  }
  return summarized(scores)
}
