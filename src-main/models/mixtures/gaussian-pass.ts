import type { Covariance } from '@shared/domain/spec'
import {
  add,
  divide,
  exp,
  log,
  logSumExp,
  matmul,
  multiply,
  reduceMax,
  reduceSum,
  reshape,
  square,
  subtract,
} from '../../graph/ops'
import { type Program, buildProgram } from '../../graph/program'
import { type Tensor, input, parameter } from '../../graph/tensor'
import { type GaussianMixture, factorize } from './gaussian-parameters'

/*
 * The E-step and the sums of the M-step over one chunk of rows, as one program in float64. Only sums leave it, never the
 * responsibilities:  a_nk = log weights_k + log N(x_n; means_k, Σ_k),  r_nk = exp(a_nk − log Σ_k exp a_nk).
 */

export interface PassShape {
  rows: number
  columns: number
  components: number
  covariance: Covariance
}

type ParameterTensors = Record<'projection' | 'offset' | 'constant' | 'precision', Tensor | null>

const type = 'float64'

function parameterTensors({ columns, components, covariance }: PassShape, prefix: string): ParameterTensors {
  const named = (name: string, shape: number[]): Tensor => parameter(`${prefix}${name}`, shape, type)
  const constant = named('constant', [components])
  if (covariance === 'full') {
    return {
      projection: named('projection', [columns, components * columns]),
      offset: named('offset', [components * columns]),
      constant,
      precision: null,
    }
  }
  return {
    projection: covariance === 'tied' ? named('projection', [columns, columns]) : null,
    offset: named('offset', [columns, components]),
    constant,
    precision: covariance === 'tied' ? null : named('precision', [covariance === 'spherical' ? 1 : columns, components]),
  }
}

/** The joint log-density log p(x_n, z_n = k): [rows, components]. */
function jointLogDensity(x: Tensor, shape: PassShape, tensors: ParameterTensors): Tensor {
  const { rows, columns, components, covariance } = shape
  if (covariance === 'full') {
    // y_nk = F_kᵀ(x_n − means_k), so that the Mahalanobis distance is a sum of squares and never negative.
    const y = subtract(matmul(x, tensors.projection!), tensors.offset!)
    const distance = reduceSum(reshape(square(y), [rows, components, columns]), [2])
    return subtract(tensors.constant!, multiply(distance, 0.5))
  }
  if (covariance === 'tied') {
    const y = matmul(x, tensors.projection!)
    return add(subtract(matmul(y, tensors.offset!), multiply(reduceSum(square(y), [1], true), 0.5)), tensors.constant!)
  }
  const squares = covariance === 'spherical' ? reduceSum(square(x), [1], true) : square(x)
  const quadratic = covariance === 'diagonal' ? matmul(squares, tensors.precision!) : multiply(squares, tensors.precision!)
  return add(subtract(matmul(x, tensors.offset!), multiply(quadratic, 0.5)), tensors.constant!)
}

/**
 * Outputs, all sums over rows n weighted by `weight`:
 * counts [K] Σ r · sums [K, D] Σ r x · products Σ r x xᵀ (full [K·D, D]; diagonal [K, D]; spherical [K]; none for tied, where Σ_k of it is
 * the same at every iteration) · logLikelihood [] Σ log p(x) · complete [] Σ_k r a, so that H(q) = logLikelihood − complete ·
 * certainty [] Σ log max_k r · with `identity` also kl [] Σ KL(q_previous ‖ q).
 */
export function expectationPass(shape: PassShape, identity: boolean): Program {
  const { rows, columns, components, covariance } = shape
  const x = input('x', [rows, columns], type)
  const weight = input('weight', [rows, 1], type)
  const joint = jointLogDensity(x, shape, parameterTensors(shape, ''))
  const largest = reduceMax(joint, [1], true)
  const shifted = exp(subtract(joint, largest))
  const total = reduceSum(shifted, [1], true)
  const logTotal = log(total)
  const responsibilities = multiply(shifted, divide(weight, total))
  const outputs: Record<string, Tensor> = {
    counts: reduceSum(responsibilities, [0]),
    sums: matmul(responsibilities, x, { transposeA: true }),
    logLikelihood: reduceSum(multiply(add(largest, logTotal), weight)),
    complete: reduceSum(multiply(responsibilities, joint)),
    certainty: multiply(reduceSum(multiply(logTotal, weight)), -1),
  }
  if (covariance === 'full') {
    const weighted = multiply(reshape(responsibilities, [rows, components, 1]), reshape(x, [rows, 1, columns]))
    outputs['products'] = matmul(reshape(weighted, [rows, components * columns]), x, { transposeA: true })
  } else if (covariance === 'diagonal') outputs['products'] = matmul(responsibilities, square(x), { transposeA: true })
  else if (covariance === 'spherical') {
    outputs['products'] = reduceSum(multiply(responsibilities, reduceSum(square(x), [1], true)), [0])
  }
  if (identity) {
    const previous = jointLogDensity(x, shape, parameterTensors(shape, 'previous/'))
    const previousLog = subtract(previous, logSumExp(previous, [1], true))
    const currentLog = subtract(joint, add(largest, logTotal))
    outputs['kl'] = reduceSum(multiply(multiply(exp(previousLog), subtract(previousLog, currentLog)), weight))
  }
  return buildProgram({ name: `gaussian-mixture-${covariance}-pass`, outputs })
}

/** Responsibilities [rows, K] and logDensity [rows]. */
export function posteriorPass(shape: PassShape): Program {
  const x = input('x', [shape.rows, shape.columns], type)
  const joint = jointLogDensity(x, shape, parameterTensors(shape, ''))
  const logDensity = logSumExp(joint, [1], true)
  return buildProgram({
    name: `gaussian-mixture-${shape.covariance}-posterior`,
    outputs: { responsibilities: exp(subtract(joint, logDensity)), logDensity: reshape(logDensity, [shape.rows]) },
  })
}

/** The state of a pass for given parameters. Throws CollapsedComponent where a covariance is not positive definite. */
export function passState(mixture: GaussianMixture, prefix = ''): Record<string, Float64Array> {
  const { components, columns, covariance, weights, means, covariances } = mixture
  const constant = new Float64Array(components)
  const base = (component: number): number => Math.log(weights[component]!) - (columns / 2) * Math.log(2 * Math.PI)
  const state = (entries: Record<string, Float64Array>): Record<string, Float64Array> =>
    Object.fromEntries(Object.entries({ ...entries, constant }).map(([name, values]) => [`${prefix}${name}`, values]))

  if (covariance === 'full' || covariance === 'tied') {
    const factors = factorize(mixture)
    const width = factors.length * columns
    const projection = new Float64Array(columns * width)
    for (const [which, { whitening }] of factors.entries()) {
      for (let row = 0; row < columns; row += 1) {
        projection.set(whitening.subarray(row * columns, (row + 1) * columns), row * width + which * columns)
      }
    }
    const offset = new Float64Array(components * columns)
    for (let component = 0; component < components; component += 1) {
      const { whitening, logDeterminant } = factors[covariance === 'full' ? component : 0]!
      constant[component] = base(component) - 0.5 * logDeterminant
      for (let column = 0; column < columns; column += 1) {
        let y = 0
        for (let row = 0; row <= column; row += 1) y += means[component * columns + row]! * whitening[row * columns + column]!
        if (covariance === 'full') offset[component * columns + column] = y
        else {
          offset[column * components + component] = y
          constant[component]! -= 0.5 * y * y
        }
      }
    }
    return state({ projection, offset })
  }

  const offset = new Float64Array(columns * components)
  const precision = new Float64Array((covariance === 'spherical' ? 1 : columns) * components)
  for (let component = 0; component < components; component += 1) {
    constant[component] = base(component)
    for (let column = 0; column < columns; column += 1) {
      const variance = covariances[covariance === 'spherical' ? component : component * columns + column]!
      const mean = means[component * columns + column]!
      precision[(covariance === 'spherical' ? 0 : column) * components + component] = 1 / variance
      offset[column * components + component] = mean / variance
      constant[component]! -= 0.5 * (Math.log(variance) + (mean * mean) / variance)
    }
  }
  return state({ offset, precision })
}
