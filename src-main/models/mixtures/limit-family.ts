import { fillNormal } from '@shared/math/random'
import { add, matmul, multiply, reduceSum, square, subtract } from '../../graph/ops'
import { parameter } from '../../graph/tensor'
import type { Mixture, MixtureFamily } from './mixture-family'
import { nested } from './nested'

/*
 * The spherical mixture with equal weights and one fixed σ. As σ → 0 its responsibilities become hard and EM becomes Lloyd's algorithm:
 * k-means is this family with hard responsibilities, climbing −½ Σ |x − centre|² (σ = 1), which is −½ of the inertia.
 */

export interface Centres extends Mixture {
  /** [K, D] */
  centres: Float64Array
}

const type = 'float64'

export interface LimitShape {
  components: number
  columns: number
  /** In the units of the data; 0 is the limit. */
  sigma: number
  /** One unit of the fit, in units of the data. */
  scale: number
}

export function limitFamily({ components, columns, sigma, scale }: LimitShape): MixtureFamily<Centres> {
  const isLimit = sigma === 0
  const variance = (sigma / scale) ** 2
  const precision = isLimit ? 1 : 1 / variance
  const constant = isLimit ? 0 : -Math.log(components) - (columns / 2) * Math.log(2 * Math.PI * variance)
  const weights = new Float64Array(components).fill(1 / components)
  const centresOf = (centres: Float64Array): Centres => ({ components, columns, weights, centres })
  const row = ({ centres }: Centres, component: number): Float64Array => centres.slice(component * columns, (component + 1) * columns)
  return {
    name: isLimit ? 'k-means' : 'fixed-spherical-mixture',
    components,
    columns,
    width: columns,
    encode: (features) => features,
    units: 'common',
    freeParameters: components * columns,
    work: columns,
    tensors: (shape, prefix) => ({
      offset: parameter(`${prefix}offset`, [columns, shape.components], type),
      constant: parameter(`${prefix}constant`, [shape.components], type),
    }),
    joint: (x, _shape, tensors) =>
      add(
        subtract(matmul(x, tensors['offset']!), multiply(reduceSum(square(x), [1], true), precision / 2)),
        tensors['constant']!,
      ),
    statistics: (x, responsibilities) => ({ sums: matmul(responsibilities, x, { transposeA: true }) }),
    constants: (x, weight) => ({ squares: reduceSum(multiply(square(x), weight)) }),
    state(mixtures) {
      const all = mixtures.flatMap((mixture) => Array.from({ length: components }, (_, component) => row(mixture, component)))
      const offset = new Float64Array(columns * all.length)
      const constants = new Float64Array(all.length)
      for (const [component, centre] of all.entries()) {
        centre.forEach((value, column) => (offset[column * all.length + component] = value * precision))
        constants[component] = constant - (precision / 2) * centre.reduce((sum, value) => sum + value * value, 0)
      }
      return { offset, constant: constants }
    },
    /** A centre that no row is nearest to stays where it is. */
    maximize({ counts, sums }, previous) {
      return centresOf(
        sums!.map((sum, index) => {
          const count = counts![Math.floor(index / columns)]!
          return count > 0 ? sum / count : (previous?.centres[index] ?? 0)
        }),
      )
    },
    begin: ({ counts, sums }) => centresOf(sums!.map((sum, index) => sum / Math.max(1e-300, counts![Math.floor(index / columns)]!))),
    expectedComplete({ centres }, { counts, sums, squares }) {
      let total = -squares![0]! / 2
      for (const [index, centre] of centres.entries()) total += centre * sums![index]! - (counts![Math.floor(index / columns)]! * centre ** 2) / 2
      return total * precision + constant * counts!.reduce((sum, count) => sum + count, 0)
    },
    spurious: () => null,
    toModelUnits: ({ centres }, { shift, scale }) =>
      centresOf(centres.map((value, index) => value * scale[index % columns]! + shift[index % columns]!)),
    toStandardUnits: ({ centres }, { shift, scale }) =>
      centresOf(centres.map((value, index) => (value - shift[index % columns]!) / scale[index % columns]!)),
    arrays: ({ centres }) => ({ centres: { shape: [components, columns], values: centres } }),
    fromArrays: ({ centres }) => centresOf(centres!.values),
    describe: ({ centres }) => ({ centres: nested(centres, columns) }),
    moments(mixture, component) {
      const covariance = new Float64Array(columns * columns)
      for (let column = 0; column < columns; column += 1) covariance[column * (columns + 1)] = sigma ** 2
      return { mean: row(mixture, component), covariance }
    },
    sample(mixture, which, key) {
      const values = new Float64Array(which.length * columns)
      fillNormal(values, key)
      return values.map((value, index) => mixture.centres[which[Math.floor(index / columns)]! * columns + (index % columns)]! + value * sigma)
    },
  }
}
