import type { Runtime } from '../graph/runtime'
import { logisticRegression } from '../models/linear-probe'
import { minimizeByLbfgs, programFunction } from './lbfgs'

/** How well classes can be told from codes by planes: Alain & Bengio 2017. Codes are standardized by the rows that the probe is fitted to. */

export interface LabelledCodes {
  /** Row-major [rows, columns]. */
  codes: ArrayLike<number>
  /** [rows], 0 … classes − 1. */
  labels: ArrayLike<number>
}

export interface LinearProbe {
  iterations: number
  converged: boolean
  /** Share of rows whose class has the highest probability, and mean −log p(class) in nats. */
  score(part: LabelledCodes): { rows: number; accuracy: number; crossEntropy: number }
}

const maxIterations = 1000
/** Of the gradient, per row: below it the loss, a sum over rows, no longer changes within rounding. */
const tolerance = 1e-7

export async function fitLinearProbe(
  runtime: Runtime,
  { codes, labels }: LabelledCodes,
  { columns, classes, pause }: { columns: number; classes: number; pause?: () => Promise<void> },
): Promise<LinearProbe> {
  const rows = labels.length
  const { mean, deviation } = columnScales(codes, rows, columns)
  const standardized = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value, index) => (value - mean[index % columns]!) / deviation[index % columns]!)
  const oneHot = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row += 1) oneHot[row * classes + labels[row]!] = 1
  const executable = await runtime.compile(logisticRegression(rows, columns, classes))
  const { evaluate, split } = programFunction(executable, { x: standardized(codes), classes: oneHot })
  const start = new Float64Array((columns + 1) * classes)
  const options = { maxIterations, tolerance: tolerance * rows, ...(pause ? { pause } : {}) }
  const { x, iterations, converged } = await minimizeByLbfgs(evaluate, start, options)
  await executable.dispose()
  const { weights, bias } = split(x) as { weights: Float64Array; bias: Float64Array }
  return {
    iterations,
    converged,
    score: (part) => scoreOf(standardized(part.codes), part.labels, { weights, bias, columns, classes }),
  }
}

/** A column that does not vary is left as it is. */
function columnScales(values: ArrayLike<number>, rows: number, columns: number): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(columns)
  const squares = new Float64Array(columns)
  for (let index = 0; index < rows * columns; index += 1) mean[index % columns]! += values[index]! / rows
  for (let index = 0; index < rows * columns; index += 1) squares[index % columns]! += (values[index]! - mean[index % columns]!) ** 2 / rows
  return { mean, deviation: squares.map((square) => Math.sqrt(square) || 1) }
}

interface Planes {
  weights: Float64Array
  bias: Float64Array
  columns: number
  classes: number
}

function scoreOf(x: Float64Array, labels: ArrayLike<number>, { weights, bias, columns, classes }: Planes) {
  const rows = labels.length
  let [right, lost] = [0, 0]
  const logits = new Float64Array(classes)
  for (let row = 0; row < rows; row += 1) {
    logits.set(bias)
    for (let d = 0; d < columns; d += 1) {
      for (let k = 0; k < classes; k += 1) logits[k]! += x[row * columns + d]! * weights[d * classes + k]!
    }
    const largest = Math.max(...logits)
    const own = logits[labels[row]!]!
    if (own === largest) right += 1
    lost += largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) - own
  }
  return { rows, accuracy: right / rows, crossEntropy: lost / rows }
}
