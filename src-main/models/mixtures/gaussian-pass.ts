import { add, matmul, multiply, quadraticFeatures, reduceSum, reshape, square, subtract } from '../../graph/ops'
import { quadraticLength } from '../../graph/quadratic'
import { type Tensor, parameter } from '../../graph/tensor'
import { type CovarianceStorage, type Factors, type GaussianMixture, factorize, factorsOf, sideBySide } from './gaussian-parameters'
import type { PassShape, Tensors } from './mixture-family'

/*
 * Gaussian densities and their sufficient statistics as tensors, by how the covariances are stored. Full ones have two forms. `quadratic`:
 * log-density and statistics are linear in (1, x, x_i x_j), half the arithmetic, and good while no component is much narrower than the data
 * (see `isNarrow`). `full`: the distance is a sum of squares of whitened differences, which loses no digits however narrow a component is.
 */

export type GaussianForm = CovarianceStorage | 'quadratic'

const type = 'float64'

export function gaussianTensors({ columns, components }: PassShape, covariance: GaussianForm, prefix: string): Tensors {
  const named = (name: string, shape: number[]): Tensor => parameter(`${prefix}${name}`, shape, type)
  if (covariance === 'quadratic') return { form: named('form', [quadraticLength(columns), components]) }
  const constant = named('constant', [components])
  if (covariance === 'full') {
    return {
      projection: named('projection', [columns, components * columns]),
      offset: named('offset', [components * columns]),
      constant,
    }
  }
  const offset = named('offset', [columns, components])
  if (covariance === 'tied') return { projection: named('projection', [columns, columns]), offset, constant }
  return { offset, constant, precision: named('precision', [covariance === 'spherical' ? 1 : columns, components]) }
}

/** log p(x_n, z_n = k), [rows, components]. */
export function gaussianJoint(x: Tensor, shape: PassShape, covariance: GaussianForm, tensors: Tensors): Tensor {
  if (covariance === 'quadratic') return matmul(featuresOf(x), tensors['form']!)
  if (covariance === 'full') return subtract(tensors['constant']!, multiply(mahalanobis(x, shape, tensors), 0.5))
  if (covariance === 'tied') {
    const y = matmul(x, tensors['projection']!)
    return add(subtract(matmul(y, tensors['offset']!), multiply(reduceSum(square(y), [1], true), 0.5)), tensors['constant']!)
  }
  const squares = covariance === 'spherical' ? reduceSum(square(x), [1], true) : square(x)
  const quadratic = covariance === 'diagonal' ? matmul(squares, tensors['precision']!) : multiply(squares, tensors['precision']!)
  return add(subtract(matmul(x, tensors['offset']!), multiply(quadratic, 0.5)), tensors['constant']!)
}

/** One tensor of features for each x, so that density and statistics share it. */
const known = new WeakMap<Tensor, Tensor>()
function featuresOf(x: Tensor): Tensor {
  const features = known.get(x) ?? quadraticFeatures(x)
  known.set(x, features)
  return features
}

/** (x_n − means_k)ᵀ Σ_k⁻¹ (x_n − means_k), [rows, components], where covariances are full. */
export function mahalanobis(x: Tensor, { rows, columns, components }: PassShape, tensors: Tensors): Tensor {
  // y_nk = F_kᵀ(x_n − means_k), so that it is a sum of squares and never negative.
  const y = subtract(matmul(x, tensors['projection']!), tensors['offset']!)
  return reduceSum(reshape(square(y), [rows, components, columns]), [2])
}

/**
 * Σ r x [K, D] and Σ r x xᵀ (full [K, D, D]; diagonal [K, D]; spherical [K]; for tied the same at every iteration: `pooledProducts`), or
 * `moments` [K, 1 + D + D(D+1)/2] that hold both (quadratic).
 */
export function gaussianStatistics(
  x: Tensor,
  responsibilities: Tensor,
  { rows, columns, components }: PassShape,
  storage: GaussianForm,
): Record<string, Tensor> {
  if (storage === 'quadratic') return { moments: matmul(responsibilities, featuresOf(x), { transposeA: true }) }
  const sums = matmul(responsibilities, x, { transposeA: true })
  switch (storage) {
    case 'full': {
      const weighted = multiply(reshape(responsibilities, [rows, components, 1]), reshape(x, [rows, 1, columns]))
      const products = matmul(reshape(weighted, [rows, components * columns]), x, { transposeA: true })
      return { sums, products }
    }
    case 'diagonal':
      return { sums, products: matmul(responsibilities, square(x), { transposeA: true }) }
    case 'spherical':
      return { sums, products: reduceSum(multiply(responsibilities, reduceSum(square(x), [1], true)), [0]) }
    case 'tied':
      return { sums }
    default:
      return storage satisfies never
  }
}

/** Σ weight x xᵀ over all rows: [D, D]. */
export const pooledProducts = (x: Tensor, weight: Tensor): Tensor => matmul(multiply(x, weight), x, { transposeA: true })

/** Where Σ r (1, x, x_i x_j) stands in for sums and products: those, with the lower triangles filled in. */
export function unpackMoments(moments: Float64Array, columns: number): { sums: Float64Array; products: Float64Array } {
  const length = quadraticLength(columns)
  const components = moments.length / length
  const sums = new Float64Array(components * columns)
  const products = new Float64Array(components * columns * columns)
  for (let component = 0; component < components; component += 1) {
    sums.set(moments.subarray(component * length + 1, component * length + 1 + columns), component * columns)
    let at = component * length + 1 + columns
    const matrix = component * columns * columns
    for (let i = 0; i < columns; i += 1) {
      for (let j = i; j < columns; j += 1, at += 1) {
        products[matrix + i * columns + j] = moments[at]!
        products[matrix + j * columns + i] = moments[at]!
      }
    }
  }
  return { sums, products }
}

/**
 * Is a component so narrow, in units in which the data have variance 1, that the quadratic form would lose digits to cancellation? Its terms
 * reach tr Σ⁻¹ times the square of a row; at 1e4 their rounding stays near 1e-12 nats.
 */
export function isNarrow(mixture: GaussianMixture): boolean {
  const { whitening } = factorsOf(mixture)
  const size = mixture.columns ** 2
  for (let from = 0; from < whitening.length; from += size) {
    let trace = 0
    for (let index = from; index < from + size; index += 1) trace += whitening[index]! * whitening[index]!
    if (trace > 1e4) return true
  }
  return false
}

/** −½(x − means_k)ᵀΣ_k⁻¹(x − means_k) + constants as coefficients of (1, x, x_i x_j): [1 + D + D(D+1)/2, mixtures·K]. */
function quadraticState(mixtures: readonly GaussianMixture[]): Record<string, Float64Array> {
  const { components, columns } = mixtures[0]!
  const width = mixtures.length * components
  const form = new Float64Array(quadraticLength(columns) * width)
  for (const [index, mixture] of mixtures.entries()) {
    const factors = factorsOf(mixture)
    for (let k = 0; k < components; k += 1) writeForm(form, width, index * components + k, mixture, factors, k)
  }
  return { form }
}

/** One column of the form, which holds zeros there. */
export function writeForm(form: Float64Array, width: number, at: number, mixture: GaussianMixture, factors: Factors, component: number): void {
  const { columns, covariance, weights, means } = mixture
  const { whitening, logDeterminants } = factors
  const which = covariance === 'tied' ? 0 : component
  const [matrix, mean] = [which * columns * columns, component * columns]
  let constant = Math.log(weights[component]!) - (columns / 2) * Math.log(2 * Math.PI) - 0.5 * logDeterminants[which]!
  let pair = 1 + columns
  for (let row = 0; row < columns; row += 1) {
    const [first, linearAt] = [matrix + row * columns, (1 + row) * width + at]
    for (let column = row; column < columns; column += 1) {
      const second = matrix + column * columns
      let entry = 0
      for (let k = column; k < columns; k += 1) entry += whitening[first + k]! * whitening[second + k]!
      form[pair++ * width + at] = column === row ? -0.5 * entry : -entry
      form[linearAt]! += entry * means[mean + column]!
      if (column > row) form[(1 + column) * width + at]! += entry * means[mean + row]!
    }
    // Rows before this one have added what the symmetric half gives.
    constant -= 0.5 * form[linearAt]! * means[mean + row]!
  }
  form[at] = constant
}

/** The values of `gaussianTensors` for given parameters. Throws CollapsedComponent where a covariance is not positive definite. */
export function gaussianState(mixtures: readonly GaussianMixture[], careful: boolean): Record<string, Float64Array> {
  const [first] = mixtures
  const isQuadratic = first!.covariance === 'full' || (first!.covariance === 'tied' && mixtures.length > 1)
  if (isQuadratic && !careful) return quadraticState(mixtures)
  const mixture = mixtures.length === 1 ? first! : sideBySide(mixtures)
  const { components, columns, covariance, weights, means, covariances } = mixture
  const constant = new Float64Array(components)
  const base = (component: number): number => Math.log(weights[component]!) - (columns / 2) * Math.log(2 * Math.PI)

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
    return { projection, offset, constant }
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
  return { offset, precision, constant }
}
