import { digamma, logGamma } from '@shared/math/gamma'
import { gammaVariates } from '@shared/math/gamma-variates'
import { add, divide, log, matmul, multiply, reduceSum, reshape, subtract } from '../../graph/ops'
import { type Tensor, parameter } from '../../graph/tensor'
import { gaussianFamily } from './gaussian-family'
import { type GaussianMixture, factorize } from './gaussian-parameters'
import { gaussianTensors, mahalanobis } from './gaussian-pass'
import type { MixtureFamily, PassShape, Sums, Tensors } from './mixture-family'
import { solveDegreesOfFreedom } from './degrees-of-freedom'

/*
 * Student's t as a Gaussian with a hidden precision: u | k ~ Gamma(ν_k/2, ν_k/2), x | u, k ~ N(means_k, Σ_k/u). Given x, u is Gamma with
 * shape a = (ν + D)/2 and rate b = (ν + δ)/2, δ the Mahalanobis distance. Peel & McLachlan 2000; Σ and ν are maximized in turn.
 */

export interface StudentTMixture extends GaussianMixture {
  degreesOfFreedom: Float64Array
}

interface StudentTSums {
  counts: Float64Array
  scaled: Float64Array
  logs: Float64Array
  products: Float64Array
}

const type = 'float64'
const atFirst = 30

export function studentTFamily(shape: { components: number; columns: number; regularization: number }): MixtureFamily<StudentTMixture> {
  const { components, columns } = shape
  const { careful: _careful, ...gaussian } = gaussianFamily({ ...shape, structure: 'VVV' }, true)
  const tensors = (pass: PassShape, prefix: string): Tensors => {
    const named = (name: string): Tensor => parameter(`${prefix}${name}`, [pass.components], type)
    const own = { degrees: named('degrees'), shape: named('shape'), digamma: named('digamma'), logGamma: named('logGamma') }
    return { ...gaussianTensors(pass, 'full', prefix), ...own }
  }
  const rate = (x: Tensor, pass: PassShape, own: Tensors): Tensor => multiply(add(mahalanobis(x, pass, own), own['degrees']!), 0.5)
  return {
    ...gaussian,
    name: 'student-t-mixture',
    freeParameters: gaussian.freeParameters + components,
    tensors,
    joint: (x, pass, own) =>
      subtract(own['constant']!, multiply(log(add(divide(mahalanobis(x, pass, own), own['degrees']!), 1)), own['shape']!)),
    statistics: (x, responsibilities, pass, own) => weightedStatistics(x, responsibilities, pass, own && { own, rate: rate(x, pass, own) }),
    inner: {
      entropy: (x, pass, own) => {
        const { shape: a, digamma: psi, logGamma: gamma } = own as Record<string, Tensor>
        return add(subtract(add(a!, gamma!), log(rate(x, pass, own))), multiply(subtract(1, a!), psi!))
      },
      divergence: (x, pass, from, to) => {
        const [before, after] = [rate(x, pass, from), rate(x, pass, to)]
        const fixed = add(subtract(multiply(subtract(from['shape']!, to['shape']!), from['digamma']!), from['logGamma']!), to['logGamma']!)
        const scale = multiply(to['shape']!, subtract(log(before), log(after)))
        return add(add(fixed, scale), multiply(from['shape']!, divide(subtract(after, before), before)))
      },
    },
    state: (mixtures) => stateOf(mixtures, gaussian),
    maximize: (sums, previous) => maximizeStudentT(sums, shape, previous),
    begin: (sums) => ({ ...gaussian.begin(sums), degreesOfFreedom: new Float64Array(components).fill(atFirst) }),
    expectedComplete: (mixture, sums) => expectedComplete(mixture, sums),
    toModelUnits: (mixture, units) => ({ ...gaussian.toModelUnits(mixture, units), degreesOfFreedom: mixture.degreesOfFreedom }),
    toStandardUnits: (mixture, units) => ({ ...gaussian.toStandardUnits(mixture, units), degreesOfFreedom: mixture.degreesOfFreedom }),
    arrays: (mixture) => ({ ...gaussian.arrays(mixture), degreesOfFreedom: { shape: [components], values: mixture.degreesOfFreedom } }),
    fromArrays: (arrays) => ({ ...gaussian.fromArrays(arrays), degreesOfFreedom: arrays['degreesOfFreedom']!.values }),
    describe(mixture) {
      const { covariances, ...others } = gaussian.describe(mixture)
      return { ...others, scales: covariances, degreesOfFreedom: [...mixture.degreesOfFreedom] }
    },
    sample(mixture, which, key) {
      const centred = gaussian.sample({ ...mixture, means: new Float64Array(mixture.means.length) }, which, key)
      const shapes = Float64Array.from(which, (component) => mixture.degreesOfFreedom[component]! / 2)
      const gamma = gammaVariates(shapes, { seed: key.seed, stream: `${key.stream}/precision` })
      return centred.map((value, index) => {
        const row = Math.floor(index / columns)
        return mixture.means[which[row]! * columns + (index % columns)]! + value / Math.sqrt(gamma[row]! / shapes[row]!)
      })
    },
  }
}

/** counts Σ r, scaled Σ r E[u] [K], logs Σ r E[log u] [K], sums Σ r E[u] x, products Σ r E[u] x xᵀ; without tensors u is 1. */
function weightedStatistics(
  x: Tensor,
  responsibilities: Tensor,
  { rows, columns, components }: PassShape,
  inner: { own: Tensors; rate: Tensor } | null,
): Record<string, Tensor> {
  const shares = inner ? multiply(responsibilities, divide(inner.own['shape']!, inner.rate)) : responsibilities
  const weighted = multiply(reshape(shares, [rows, components, 1]), reshape(x, [rows, 1, columns]))
  const logs = inner ? multiply(responsibilities, subtract(inner.own['digamma']!, log(inner.rate))) : multiply(responsibilities, 0)
  return {
    scaled: reduceSum(shares, [0]),
    logs: reduceSum(logs, [0]),
    sums: matmul(shares, x, { transposeA: true }),
    products: matmul(reshape(weighted, [rows, components * columns]), x, { transposeA: true }),
  }
}

function stateOf(mixtures: readonly StudentTMixture[], gaussian: Pick<MixtureFamily<GaussianMixture>, 'columns' | 'state'>): Record<string, Float64Array> {
  const { columns } = gaussian
  const gaussianPart = gaussian.state(mixtures)
  const degrees = Float64Array.from(mixtures.flatMap(({ degreesOfFreedom }) => [...degreesOfFreedom]))
  const shape = degrees.map((nu) => (nu + columns) / 2)
  // The Gaussian's constant is log weight − D/2 log 2π − ½ log |Σ|.
  const constant = gaussianPart['constant']!.map((value, component) => {
    const nu = degrees[component]!
    return value + (columns / 2) * Math.log(2 / nu) + logGamma(shape[component]!) - logGamma(nu / 2)
  })
  return { ...gaussianPart, constant, degrees, shape, digamma: shape.map(digamma), logGamma: shape.map(logGamma) }
}

function maximizeStudentT(sums: Sums, shape: { components: number; columns: number; regularization: number }, previous: StudentTMixture | null): StudentTMixture {
  const { components, columns, regularization } = shape
  const { counts, scaled, logs, products } = sums as unknown as StudentTSums
  const total = counts.reduce((all, count) => all + count, 0)
  const means = sums['sums']!.map((value, index) => value / scaled[Math.floor(index / columns)]!)
  const covariances = products.map((product, index) => {
    const component = Math.floor(index / columns ** 2)
    const [row, column] = [Math.floor(index / columns) % columns, index % columns]
    const spread = product - scaled[component]! * means[component * columns + row]! * means[component * columns + column]!
    return spread / counts[component]! + (row === column ? regularization : 0)
  })
  const degreesOfFreedom = counts.map((count, component) =>
    previous ? solveDegreesOfFreedom((logs[component]! - scaled[component]!) / count) : atFirst,
  )
  return { covariance: 'full', components, columns, weights: counts.map((count) => count / total), means, covariances, degreesOfFreedom }
}

function expectedComplete(mixture: StudentTMixture, sums: Sums): number {
  const { columns, weights, means, degreesOfFreedom } = mixture
  const { counts, scaled, logs, products } = sums as unknown as StudentTSums
  let total = 0
  for (const [component, { whitening, logDeterminant }] of factorize(mixture).entries()) {
    const [count, weight, half] = [counts[component]!, scaled[component]!, degreesOfFreedom[component]! / 2]
    total += count * (Math.log(weights[component]!) - (columns / 2) * Math.log(2 * Math.PI) - logDeterminant / 2)
    total += (columns / 2) * logs[component]!
    total += count * (half * Math.log(half) - logGamma(half)) + (half - 1) * logs[component]! - half * weight
    for (let row = 0; row < columns; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        let precision = 0
        for (let k = Math.max(row, column); k < columns; k += 1) precision += whitening[row * columns + k]! * whitening[column * columns + k]!
        const [meanRow, meanColumn] = [means[component * columns + row]!, means[component * columns + column]!]
        const [sumRow, sumColumn] = [sums['sums']![component * columns + row]!, sums['sums']![component * columns + column]!]
        const product = products[(component * columns + row) * columns + column]!
        total -= 0.5 * precision * (product - sumRow * meanColumn - meanRow * sumColumn + weight * meanRow * meanColumn)
      }
    }
  }
  return total
}
