import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { choleskyInto } from '@shared/math/cholesky'
import type { MixtureStructure } from './gaussian-maximization'
import { CollapsedComponent } from './mixture-family'

/*
 * From the sums of one E-step straight to the coefficients of the next (see `gaussian-linear`), for structures whose M-step is a formula.
 * `maximizeGaussian` with `writeFull`, `writeTied`, `writeAxes` gives the same, and needs new arrays at every step.
 */

/** Precision in any direction, in units where the data have variance 1, beyond which sums of features would lose too many digits. */
export const mostPrecise = 1e6

const logTwoPi = Math.log(2 * Math.PI)

/** Σ r features [K, width] → coefficients [width, K]; gives what `LinearForm.write` does. `products`: Σ x xᵀ of all rows, for tied covariances. */
export type LinearStep = (moments: Float64Array, natural: Float64Array, products: Float64Array) => number | null

export function linearStep(shape: MixtureStructure): LinearStep | null {
  return steps[shape.structure]?.(shape) ?? null
}

const steps: Partial<Record<CovarianceStructure, (shape: MixtureStructure) => LinearStep>> = {
  VVV: ownCovariances,
  EEE: tiedCovariance,
  EEI: (shape) => axes(shape, shape.columns, true),
  VVI: (shape) => axes(shape, shape.columns, false),
  EII: (shape) => axes(shape, 1, true),
  VII: (shape) => axes(shape, 1, false),
}

/** Σ r over all components; throws where one has none left. */
function totalOf(moments: Float64Array, width: number, components: number): number {
  let total = 0
  for (let k = 0; k < components; k += 1) total += moments[k * width]!
  for (let k = 0; k < components; k += 1) if (!(moments[k * width]! > total * 1e-300)) throw new CollapsedComponent(k)
  return total
}

/** Scratch for the inverse of a covariance matrix. */
class Precision {
  readonly covariance: Float64Array
  /** [D, D], symmetric; the lower triangle is written. */
  readonly inverse: Float64Array
  readonly #factor: Float64Array
  /** L⁻¹, lower triangular. */
  readonly #lower: Float64Array

  constructor(readonly columns: number) {
    const array = (): Float64Array => new Float64Array(columns * columns)
    ;[this.covariance, this.inverse, this.#factor, this.#lower] = [array(), array(), array(), array()]
  }

  /** Inverts the covariance, of which the lower triangle is read; gives log |Σ|, or null where it is not positive definite. */
  invert(): number | null {
    const { columns, inverse } = this
    const [factor, lower] = [this.#factor, this.#lower]
    if (!choleskyInto(factor, this.covariance, 0, columns)) return null
    let determinant = 1
    for (let column = 0; column < columns; column += 1) {
      const pivot = factor[column * columns + column]!
      determinant *= pivot
      lower[column * columns + column] = 1 / pivot
      for (let row = column + 1; row < columns; row += 1) {
        let sum = 0
        for (let k = column; k < row; k += 1) sum -= factor[row * columns + k]! * lower[k * columns + column]!
        lower[row * columns + column] = sum / factor[row * columns + row]!
      }
    }
    for (let row = 0; row < columns; row += 1) {
      for (let column = 0; column <= row; column += 1) {
        let sum = 0
        for (let k = row; k < columns; k += 1) sum += lower[k * columns + row]! * lower[k * columns + column]!
        inverse[row * columns + column] = sum
      }
    }
    return 2 * (determinant > 1e-280 && determinant < 1e280 ? Math.log(determinant) : this.#logPivots())
  }

  #logPivots(): number {
    let sum = 0
    for (let column = 0; column < this.columns; column += 1) sum += Math.log(this.#factor[column * (this.columns + 1)]!)
    return sum
  }

  isPrecise(): boolean {
    for (let index = 0; index < this.inverse.length; index += this.columns + 1) if (this.inverse[index]! > mostPrecise) return true
    return false
  }
}

function ownCovariances({ columns, components, regularization }: MixtureStructure): LinearStep {
  const width = 1 + columns + (columns * (columns + 1)) / 2
  const precision = new Precision(columns)
  const { covariance, inverse } = precision
  const mean = new Float64Array(columns)
  return (moments, natural) => {
    const total = totalOf(moments, width, components)
    for (let k = 0; k < components; k += 1) {
      const from = k * width
      const count = moments[from]!
      for (let column = 0; column < columns; column += 1) mean[column] = moments[from + 1 + column]! / count
      for (let i = 0, pair = from + 1 + columns; i < columns; i += 1) {
        for (let j = i; j < columns; j += 1, pair += 1) covariance[j * columns + i] = moments[pair]! / count - mean[i]! * mean[j]!
        covariance[i * columns + i]! += regularization
      }
      const logDeterminant = precision.invert()
      if (logDeterminant === null) throw new CollapsedComponent(k)
      if (precision.isPrecise()) return null
      let constant = Math.log(count / total) - 0.5 * (columns * logTwoPi + logDeterminant)
      for (let i = 0, pair = 1 + columns; i < columns; i += 1) {
        let linear = 0
        for (let j = 0; j <= i; j += 1) linear += inverse[i * columns + j]! * mean[j]!
        natural[pair++ * components + k] = -0.5 * inverse[i * columns + i]!
        for (let j = i + 1; j < columns; j += 1, pair += 1) {
          const entry = inverse[j * columns + i]!
          linear += entry * mean[j]!
          natural[pair * components + k] = -entry
        }
        natural[(1 + i) * components + k] = linear
        constant -= 0.5 * linear * mean[i]!
      }
      natural[k] = constant
    }
    return 0
  }
}

function tiedCovariance({ columns, components, regularization }: MixtureStructure): LinearStep {
  const width = 1 + columns
  const precision = new Precision(columns)
  const { covariance, inverse } = precision
  return (moments, natural, products) => {
    const total = totalOf(moments, width, components)
    for (let i = 0; i < columns; i += 1) {
      for (let j = 0; j <= i; j += 1) {
        let sum = products[i * columns + j]!
        for (let k = 0; k < components; k += 1) sum -= (moments[k * width + 1 + i]! * moments[k * width + 1 + j]!) / moments[k * width]!
        covariance[i * columns + j] = sum / total
      }
      covariance[i * columns + i]! += regularization
    }
    const logDeterminant = precision.invert()
    if (logDeterminant === null) throw new CollapsedComponent(0)
    if (precision.isPrecise()) return null
    let common = 0
    for (let i = 0; i < columns; i += 1) {
      common -= 0.5 * inverse[i * columns + i]! * products[i * columns + i]!
      for (let j = 0; j < i; j += 1) common -= inverse[i * columns + j]! * products[i * columns + j]!
    }
    for (let k = 0; k < components; k += 1) {
      const count = moments[k * width]!
      let constant = Math.log(count / total) - 0.5 * (columns * logTwoPi + logDeterminant)
      for (let i = 0; i < columns; i += 1) {
        let linear = 0
        for (let j = 0; j < columns; j += 1) linear += inverse[Math.max(i, j) * columns + Math.min(i, j)]! * moments[k * width + 1 + j]!
        natural[(1 + i) * components + k] = linear / count
        constant -= (0.5 * linear * moments[k * width + 1 + i]!) / (count * count)
      }
      natural[k] = constant
    }
    return common
  }
}

/** Covariances along the axes: a variance for each column, or one; of each component, or of all. */
function axes({ columns, components, regularization }: MixtureStructure, variances: number, shared: boolean): LinearStep {
  const width = 1 + columns + variances
  const perVariance = columns / variances
  const spread = new Float64Array(components * variances)
  return (moments, natural) => {
    const total = totalOf(moments, width, components)
    for (let k = 0; k < components; k += 1) {
      const from = k * width
      const count = moments[from]!
      for (let v = 0; v < variances; v += 1) spread[k * variances + v] = moments[from + 1 + columns + v]!
      for (let column = 0; column < columns; column += 1) {
        const sum = moments[from + 1 + column]!
        spread[k * variances + (variances === 1 ? 0 : column)]! += count * regularization - (sum * sum) / count
      }
    }
    for (let k = 0; k < components; k += 1) {
      const from = k * width
      const count = moments[from]!
      let constant = Math.log(count / total) - (columns / 2) * logTwoPi
      for (let v = 0; v < variances; v += 1) {
        const variance = shared ? pooled(spread, v, variances) / (total * perVariance) : spread[k * variances + v]! / (count * perVariance)
        if (!(variance > 0)) throw new CollapsedComponent(k)
        if (variance * mostPrecise < 1) return null
        natural[(1 + columns + v) * components + k] = -0.5 / variance
        constant -= 0.5 * perVariance * Math.log(variance)
        for (let column = v; column < columns; column += variances === 1 ? 1 : columns) {
          const mean = moments[from + 1 + column]! / count
          natural[(1 + column) * components + k] = mean / variance
          constant -= (0.5 * mean * mean) / variance
        }
      }
      natural[k] = constant
    }
    return 0
  }
}

function pooled(spread: Float64Array, from: number, step: number): number {
  let sum = 0
  for (let index = from; index < spread.length; index += step) sum += spread[index]!
  return sum
}
