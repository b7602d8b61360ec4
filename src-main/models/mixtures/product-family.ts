import { add, matmul } from '../../graph/ops'
import { type Tensor, parameter } from '../../graph/tensor'
import type { RandomKey } from '@shared/math/random'
import type { Mixture, MixtureFamily, Sums } from './mixture-family'
import { nested } from './nested'

/*
 * Columns that are independent within a component, each from an exponential family: log p(x | k) = φ(x)·η_k, with sufficient statistics φ(x)
 * [width] and natural parameters η_k. An absent entry has φ = 0 and adds nothing: the likelihood is that of what was observed.
 */

export interface ProductMixture extends Mixture {
  /** What a column's density is told by, `parametersPerColumn` laid one after another: [K, parameters]. */
  parameters: Float64Array
}

export interface ProductKind {
  name: string
  components: number
  columns: number
  /** Length of φ of a row, and of a component's parameters. */
  width: number
  parameterCount: number
  freeParametersOfComponent: number
  encode(features: Float64Array): Float64Array
  /** η_k [width], from the parameters of one component. */
  natural(parameters: Float64Array): Float64Array
  /** From Σ r φ [width] of one component. */
  maximize(sums: Float64Array): Float64Array
  describe(parameters: readonly Float64Array[]): Record<string, unknown>
  /** Mean and variance [columns] of a component. */
  moments(parameters: Float64Array): { mean: Float64Array; variance: Float64Array }
  /** Fills one row. */
  draw(parameters: Float64Array, uniform: Float64Array, row: Float64Array): void
  uniformsPerRow: number
  fill(uniform: Float64Array, key: RandomKey): void
}

const type = 'float64'
/** Rows like the average that each cluster of a start is given, so that no parameter begins at an end of its range. */
const priorRows = 1

export function productFamily(kind: ProductKind): MixtureFamily<ProductMixture> {
  const { name, components, columns, width, parameterCount } = kind
  const of = (mixture: ProductMixture, component: number): Float64Array =>
    mixture.parameters.subarray(component * parameterCount, (component + 1) * parameterCount)
  const each = (mixture: ProductMixture): Float64Array[] => Array.from({ length: mixture.components }, (_, component) => of(mixture, component))
  const maximize = (sums: Sums): ProductMixture => {
    const total = sums['counts']!.reduce((all, count) => all + count, 0)
    const parameters = new Float64Array(components * parameterCount)
    for (let component = 0; component < components; component += 1) {
      const own = sums['sums']!.subarray(component * width, (component + 1) * width)
      parameters.set(kind.maximize(own), component * parameterCount)
    }
    return { components, columns, weights: sums['counts']!.map((count) => Math.max(count / total, 1e-300)), parameters }
  }
  return {
    name,
    components,
    columns,
    width,
    units: 'own',
    freeParameters: components - 1 + components * kind.freeParametersOfComponent,
    work: width,
    encode: (features) => kind.encode(features),
    tensors: (shape, prefix) => ({
      natural: parameter(`${prefix}natural`, [width, shape.components], type),
      constant: parameter(`${prefix}constant`, [shape.components], type),
    }),
    joint: (x, _shape, tensors) => add(matmul(x, tensors['natural']!), tensors['constant']!),
    statistics: (x: Tensor, responsibilities: Tensor) => ({ sums: matmul(responsibilities, x, { transposeA: true }) }),
    state(mixtures) {
      const all = mixtures.flatMap((mixture) => each(mixture).map((own) => kind.natural(own)))
      const natural = new Float64Array(width * all.length)
      all.forEach((eta, component) => eta.forEach((value, index) => (natural[index * all.length + component] = value)))
      return { natural, constant: Float64Array.from(mixtures.flatMap(({ weights }) => [...weights].map(Math.log))) }
    },
    maximize,
    begin(sums) {
      const counts = sums['counts']!
      const total = counts.reduce((all, count) => all + count, 0)
      const average = new Float64Array(width)
      sums['sums']!.forEach((value, index) => (average[index % width]! += (value / total) * priorRows))
      return maximize({
        counts: counts.map((count) => count + priorRows),
        sums: sums['sums']!.map((value, index) => value + average[index % width]!),
      })
    },
    expectedComplete(mixture, { counts, sums }) {
      let total = 0
      for (const [component, own] of each(mixture).entries()) {
        total += counts![component]! * Math.log(mixture.weights[component]!)
        kind.natural(own).forEach((eta, index) => (total += eta * sums![component * width + index]!))
      }
      return total
    },
    spurious: () => null,
    toModelUnits: (mixture) => mixture,
    toStandardUnits: (mixture) => mixture,
    arrays: ({ weights, parameters }) => ({
      weights: { shape: [components], values: weights },
      parameters: { shape: [components, parameterCount], values: parameters },
    }),
    fromArrays: ({ weights, parameters }) => ({ components, columns, weights: weights!.values, parameters: parameters!.values }),
    describe: (mixture) => ({ weights: [...mixture.weights], ...kind.describe(each(mixture)) }),
    moments(mixture, component) {
      const { mean, variance } = kind.moments(of(mixture, component))
      const covariance = new Float64Array(columns * columns)
      variance.forEach((value, column) => (covariance[column * (columns + 1)] = value))
      return { mean, covariance }
    },
    sample(mixture, which, key) {
      const uniform = new Float64Array(which.length * kind.uniformsPerRow)
      kind.fill(uniform, key)
      const values = new Float64Array(which.length * columns)
      for (const [row, component] of which.entries()) {
        const own = uniform.subarray(row * kind.uniformsPerRow, (row + 1) * kind.uniformsPerRow)
        kind.draw(of(mixture, component), own, values.subarray(row * columns, (row + 1) * columns))
      }
      return values
    },
  }
}

export const rowsOfArrays = (parameters: readonly Float64Array[]): number[][] => parameters.flatMap((own) => nested(own, own.length))
