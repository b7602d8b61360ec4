import { divide, exp, log, matmul, multiply, reduceMax, reduceSum, reshape, square, subtract, add } from '../graph/ops'
import { type Program, buildProgram } from '../graph/program'
import { type Tensor, input, parameter } from '../graph/tensor'

/*
 * Scores a_nk = constant_k − ½|F_kᵀx_n − F_kᵀm_k|², programs in float64 over one chunk of rows: Gaussian log-densities with whatever is
 * added to them, as hidden Markov models, mixtures of factor analysers and Bayesian mixtures need them.
 */

export interface QuadraticShape {
  rows: number
  columns: number
  components: number
}

const type = 'float64'

function scores(x: Tensor, { rows, columns, components }: QuadraticShape, prefix: string): Tensor {
  const y = subtract(
    matmul(x, parameter(`${prefix}projection`, [columns, components * columns], type)),
    parameter(`${prefix}offset`, [components * columns], type),
  )
  const distance = reduceSum(reshape(square(y), [rows, components, columns]), [2])
  return subtract(parameter(`${prefix}constant`, [components], type), multiply(distance, 0.5))
}

/** What the programs are loaded with. `whitening(k)` is F with Σ_k⁻¹ = F·Fᵀ, upper triangular [D, D]. */
export function quadraticState(
  { columns, components }: Omit<QuadraticShape, 'rows'>,
  of: { means: Float64Array; whitening(k: number): Float64Array; constant(k: number): number },
  prefix = '',
): Record<string, Float64Array> {
  const projection = new Float64Array(columns * components * columns)
  const offset = new Float64Array(components * columns)
  for (let k = 0; k < components; k += 1) {
    const whitening = of.whitening(k)
    for (let row = 0; row < columns; row += 1) {
      projection.set(whitening.subarray(row * columns, (row + 1) * columns), row * components * columns + k * columns)
      for (let column = row; column < columns; column += 1) {
        offset[k * columns + column]! += of.means[k * columns + row]! * whitening[row * columns + column]!
      }
    }
  }
  const constant = Float64Array.from({ length: components }, (_, k) => of.constant(k))
  return { [`${prefix}projection`]: projection, [`${prefix}offset`]: offset, [`${prefix}constant`]: constant }
}

/** scores [rows, K] */
export function scorePass(shape: QuadraticShape): Program {
  const x = input('x', [shape.rows, shape.columns], type)
  return buildProgram({ name: 'quadratic-scores', outputs: { scores: scores(x, shape, '') } })
}

/** Given shares r [rows, K]: counts Σ r, sums Σ r x [K, D], products Σ r x xᵀ [K·D, D]. */
export function weightedMomentsPass(shape: QuadraticShape): Program {
  const x = input('x', [shape.rows, shape.columns], type)
  const shares = input('shares', [shape.rows, shape.components], type)
  return buildProgram({ name: 'weighted-moments', outputs: moments(x, shares, shape) })
}

function moments(x: Tensor, shares: Tensor, { rows, columns, components }: QuadraticShape): Record<string, Tensor> {
  const weighted = multiply(reshape(shares, [rows, components, 1]), reshape(x, [rows, 1, columns]))
  return {
    counts: reduceSum(shares, [0]),
    sums: matmul(shares, x, { transposeA: true }),
    products: matmul(reshape(weighted, [rows, components * columns]), x, { transposeA: true }),
  }
}

/**
 * Shares r_nk = exp(a_nk − log Σ_k exp a_nk) and their moments, with logTotal Σ_n log Σ_k exp a_nk, complete Σ_n Σ_k r a, and with
 * `identity` kl Σ_n KL(shares of `previous/` ‖ shares). Rows count by their weight.
 */
export function sharePass(shape: QuadraticShape, identity: boolean): Program {
  const { rows, columns } = shape
  const x = input('x', [rows, columns], type)
  const weight = input('weight', [rows, 1], type)
  const joint = scores(x, shape, '')
  const normalized = normalize(joint)
  const shares = multiply(normalized.shares, weight)
  const outputs: Record<string, Tensor> = {
    ...moments(x, shares, shape),
    logTotal: reduceSum(multiply(normalized.logTotal, weight)),
    complete: reduceSum(multiply(shares, joint)),
  }
  if (identity) {
    const previous = scores(x, shape, 'previous/')
    const before = normalize(previous)
    const gap = subtract(subtract(previous, before.logTotal), subtract(joint, normalized.logTotal))
    outputs['kl'] = reduceSum(multiply(multiply(before.shares, gap), weight))
  }
  return buildProgram({ name: 'quadratic-shares', outputs })
}

function normalize(joint: Tensor): { shares: Tensor; logTotal: Tensor } {
  const largest = reduceMax(joint, [1], true)
  const shifted = exp(subtract(joint, largest))
  const total = reduceSum(shifted, [1], true)
  return { shares: divide(shifted, total), logTotal: add(largest, log(total)) }
}
