import type { ColumnFamilyName } from '@shared/domain/models/mixed'
import { logGamma } from '@shared/math/gamma'
import { normalQuantile } from '@shared/math/normal-cdf'
import { poissonQuantile } from './discrete-families'

/*
 * One column of an exponential family: log p(x) = φ(x)·η(θ). Columns of any of these stand side by side in a mixture of mixed types.
 */
export interface ColumnFamily {
  name: ColumnFamilyName
  /** Length of φ, and of the parameters θ. */
  width: number
  parameters: number
  freeParameters: number
  /** Writes φ(x). */
  encode(value: number, into: Float64Array): void
  /** η(θ) [width] */
  natural(parameters: Float64Array): Float64Array
  /** θ [parameters] from Σ φ [width]; without any mass, something harmless. */
  maximize(sums: Float64Array): Float64Array
  mean(parameters: Float64Array): number
  variance(parameters: Float64Array): number
  /** The value that a uniform number stands for. */
  draw(parameters: Float64Array, uniform: number): number
}

/** θ = (μ, σ²), φ = (x, x², 1); no variance falls below the floor, which is the maximum among such variances. */
export const realColumn = (varianceFloor: number): ColumnFamily => ({
  name: 'real',
  width: 3,
  parameters: 2,
  freeParameters: 2,
  encode(value, into) {
    into[0] = value
    into[1] = value * value
    into[2] = 1
  },
  natural: ([mean, variance]) =>
    Float64Array.of(mean! / variance!, -0.5 / variance!, -0.5 * ((mean! * mean!) / variance! + Math.log(2 * Math.PI * variance!))),
  maximize([sum, squares, count]) {
    if (!(count! > 0)) return Float64Array.of(0, 1)
    const mean = sum! / count!
    return Float64Array.of(mean, Math.max(varianceFloor, squares! / count! - mean * mean))
  },
  mean: ([mean]) => mean!,
  variance: ([, variance]) => variance!,
  draw: ([mean, variance], uniform) => mean! + Math.sqrt(variance!) * normalQuantile(uniform),
})

/** A rate of zero would forbid every count but zero. */
const leastRate = 1e-10

/** θ = rate λ, φ = (x, 1, −log x!). */
export const countColumn: ColumnFamily = {
  name: 'count',
  width: 3,
  parameters: 1,
  freeParameters: 1,
  encode(value, into) {
    into[0] = value
    into[1] = 1
    into[2] = -logGamma(value + 1)
  },
  natural: ([rate]) => Float64Array.of(Math.log(rate!), -rate!, 1),
  maximize: ([sum, count]) => Float64Array.of(Math.max(leastRate, count! > 0 ? sum! / count! : 1)),
  mean: ([rate]) => rate!,
  variance: ([rate]) => rate!,
  draw: ([rate], uniform) => poissonQuantile(uniform, rate!),
}

/** θ = P(x = 1) in [clamp, 1 − clamp], φ = (x, 1 − x). */
export const binaryColumn = (clamp: number): ColumnFamily => ({
  name: 'binary',
  width: 2,
  parameters: 1,
  freeParameters: 1,
  encode(value, into) {
    into[0] = value
    into[1] = 1 - value
  },
  natural: ([theta]) => Float64Array.of(Math.log(theta!), Math.log(1 - theta!)),
  maximize: ([ones, zeros]) => Float64Array.of(Math.min(1 - clamp, Math.max(clamp, ones! + zeros! > 0 ? ones! / (ones! + zeros!) : 0.5))),
  mean: ([theta]) => theta!,
  variance: ([theta]) => theta! * (1 - theta!),
  draw: ([theta], uniform) => (uniform < theta! ? 1 : 0),
})

/** θ = probabilities of the codes 0 … levels − 1, none below the clamp; φ is the indicator of the code. */
export const categoryColumn = (levels: number, clamp: number): ColumnFamily => ({
  name: 'category',
  width: levels,
  parameters: levels,
  freeParameters: levels - 1,
  encode(value, into) {
    into[value] = 1
  },
  natural: (probabilities) => probabilities.map(Math.log),
  maximize(sums) {
    const total = sums.reduce((all, value) => all + value, 0)
    const raised = sums.map((value) => Math.max(clamp, total > 0 ? value / total : 1 / levels))
    const sum = raised.reduce((all, value) => all + value, 0)
    return raised.map((value) => value / sum)
  },
  mean: (probabilities) => probabilities.reduce((sum, value, code) => sum + code * value, 0),
  variance(probabilities) {
    const mean = probabilities.reduce((sum, value, code) => sum + code * value, 0)
    return probabilities.reduce((sum, value, code) => sum + (code - mean) ** 2 * value, 0)
  },
  draw(probabilities, uniform) {
    let code = 0
    for (let rest = uniform - probabilities[0]!; rest >= 0 && code < levels - 1; ) rest -= probabilities[(code += 1)]!
    return code
  },
})
