import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'
import { logGamma } from '@shared/math/gamma'
import { massTimesLog } from '../mass-times-log'

/* What a state shows: p(x | z = k), with columns independent given the state except under a full covariance. */

export interface GaussianEmission {
  kind: 'gaussian'
  diagonal: boolean
  columns: number
  /** [K, D] */
  means: Float64Array
  /** [K, D, D] */
  covariances: Float64Array
}
export interface CategoricalEmission {
  kind: 'categorical'
  columns: number
  /** The values of each column, ascending. */
  symbols: number[][]
  /** For each column [K, its symbols]. */
  probabilities: Float64Array[]
}
export interface PoissonEmission {
  kind: 'poisson'
  columns: number
  /** [K, D] */
  rates: Float64Array
}
export type Emission = GaussianEmission | CategoricalEmission | PoissonEmission

/** Sums over rows weighted by the probability of each state. */
export interface EmissionStatistics {
  /** [K] */
  counts: Float64Array
  /** Gaussian and Poisson: Σ γ x [K, D]. */
  sums: Float64Array
  /** Gaussian: Σ γ x xᵀ [K, D, D]. */
  products: Float64Array
  /** Categorical: for each column [K, its symbols]. */
  symbolCounts: Float64Array[]
}

/** Where a state's covariance stopped being positive definite. */
export class CollapsedState extends Error {
  override readonly name = 'CollapsedState'
  constructor(readonly state: number) {
    super(`state ${state + 1} collapsed: its covariance is not positive definite`)
  }
}

/** Σ⁻¹ = F·Fᵀ with F upper triangular, and log |Σ|. */
export function whiteningOf(covariances: Float64Array, columns: number, state: number): { whitening: Float64Array; logDeterminant: number } {
  const lower = cholesky(covariances.subarray(state * columns ** 2, (state + 1) * columns ** 2), columns)
  if (!lower) throw new CollapsedState(state)
  const inverse = invertLower(lower, columns)
  const whitening = new Float64Array(columns * columns)
  for (let row = 0; row < columns; row += 1) for (let column = row; column < columns; column += 1) whitening[row * columns + column] = inverse[column * columns + row]!
  return { whitening, logDeterminant: logDeterminant(lower, columns) }
}

/** log p(x_n | z = k) of counts or of symbols' indices: [N, K]. Gaussian densities are a tensor program's work. */
export function logEmissionOf(emission: CategoricalEmission | PoissonEmission, states: number, x: Float64Array): Float64Array {
  const { columns } = emission
  const rows = x.length / columns
  const found = new Float64Array(rows * states)
  const logs = emission.kind === 'poisson' ? [emission.rates.map(Math.log)] : emission.probabilities.map((table) => table.map(Math.log))
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = x[row * columns + column]!
      const constant = emission.kind === 'poisson' ? logGamma(value + 1) : 0
      for (let k = 0; k < states; k += 1) {
        if (emission.kind === 'categorical') {
          found[row * states + k]! += logs[column]![k * emission.symbols[column]!.length + value]!
        } else {
          const at = k * columns + column
          found[row * states + k]! += (value > 0 ? value * logs[0]![at]! : 0) - emission.rates[at]! - constant
        }
      }
    }
  }
  return found
}

export const emptyStatistics = (emission: Emission, states: number): EmissionStatistics => ({
  counts: new Float64Array(states),
  sums: new Float64Array(states * emission.columns),
  products: new Float64Array(emission.kind === 'gaussian' ? states * emission.columns ** 2 : 0),
  symbolCounts: emission.kind === 'categorical' ? emission.symbols.map((symbols) => new Float64Array(states * symbols.length)) : [],
})

/** Adds the rows of counts or symbols, weighted by posteriors [N, K]. */
export function addRows(statistics: EmissionStatistics, emission: Emission, x: Float64Array, posteriors: Float64Array): void {
  const states = statistics.counts.length
  const { columns } = emission
  for (let row = 0; row < x.length / columns; row += 1) {
    for (let k = 0; k < states; k += 1) {
      const weight = posteriors[row * states + k]!
      statistics.counts[k]! += weight
      for (let column = 0; column < columns; column += 1) {
        const value = x[row * columns + column]!
        if (emission.kind === 'categorical') statistics.symbolCounts[column]![k * emission.symbols[column]!.length + value]! += weight
        else statistics.sums[k * columns + column]! += weight * value
        if (emission.kind !== 'gaussian') continue
        for (let other = 0; other < columns; other += 1) {
          statistics.products[(k * columns + column) * columns + other]! += weight * value * x[row * columns + other]!
        }
      }
    }
  }
}

/** The M-step; a state without any weight keeps what it had. */
export function maximizeEmission(statistics: EmissionStatistics, before: Emission, regularization: number): Emission {
  const { counts, sums, products, symbolCounts } = statistics
  const { columns } = before
  const visited = (index: number, size: number): boolean => counts[Math.floor(index / size)]! > 1e-300
  switch (before.kind) {
    case 'poisson':
      return { ...before, rates: sums.map((sum, index) => (visited(index, columns) ? sum / counts[Math.floor(index / columns)]! : before.rates[index]!)) }
    case 'categorical':
      return {
        ...before,
        probabilities: symbolCounts.map((table, column) => {
          const size = before.symbols[column]!.length
          return table.map((count, index) => (visited(index, size) ? count / counts[Math.floor(index / size)]! : before.probabilities[column]![index]!))
        }),
      }
    case 'gaussian': {
      const means = sums.map((sum, index) => (visited(index, columns) ? sum / counts[Math.floor(index / columns)]! : before.means[index]!))
      const covariances = products.map((product, index) => {
        const k = Math.floor(index / columns ** 2)
        const row = Math.floor(index / columns) % columns
        const column = index % columns
        if (!visited(index, columns ** 2)) return before.covariances[index]!
        if (before.diagonal && row !== column) return 0
        return product / counts[k]! - means[k * columns + row]! * means[k * columns + column]! + (row === column ? regularization : 0)
      })
      return { ...before, means, covariances }
    }
    default:
      return before satisfies never
  }
}

/** Σ_n Σ_k γ_nk log p(x_n | k) from the sums, nats; `constant` is Σ_n of what does not depend on parameters (Poisson: −log x!). */
export function expectedLogEmission(emission: Emission, { counts, sums, products, symbolCounts }: EmissionStatistics, constant: number): number {
  const { columns } = emission
  let total = constant
  if (emission.kind === 'categorical') {
    symbolCounts.forEach((table, column) => table.forEach((count, index) => (total += massTimesLog(count, emission.probabilities[column]![index]!))))
    return total
  }
  if (emission.kind === 'poisson') {
    sums.forEach((sum, index) => (total += massTimesLog(sum, emission.rates[index]!) - counts[Math.floor(index / columns)]! * emission.rates[index]!))
    return total
  }
  for (const [k, count] of counts.entries()) {
    if (!(count > 0)) continue
    const factor = whiteningOf(emission.covariances, columns, k)
    total -= 0.5 * count * (columns * Math.log(2 * Math.PI) + factor.logDeterminant)
    for (let row = 0; row < columns; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const [meanRow, meanColumn] = [emission.means[k * columns + row]!, emission.means[k * columns + column]!]
        const scatter =
          products[(k * columns + row) * columns + column]! -
          sums[k * columns + row]! * meanColumn -
          meanRow * sums[k * columns + column]! +
          count * meanRow * meanColumn
        let precision = 0
        for (let l = Math.max(row, column); l < columns; l += 1) precision += factor.whitening[row * columns + l]! * factor.whitening[column * columns + l]!
        total -= 0.5 * precision * scatter
      }
    }
  }
  return total
}

export function emissionFreeParameters(emission: Emission, states: number): number {
  const { columns } = emission
  if (emission.kind === 'poisson') return states * columns
  if (emission.kind === 'categorical') return states * emission.symbols.reduce((sum, symbols) => sum + symbols.length - 1, 0)
  return states * (columns + (emission.diagonal ? columns : (columns * (columns + 1)) / 2))
}

/** E[x | z = k]: [K, D]; of symbols, the mean of their values. */
export function emissionMeans(emission: Emission, states: number): Float64Array {
  if (emission.kind === 'poisson') return emission.rates
  if (emission.kind === 'gaussian') return emission.means
  return Float64Array.from({ length: states * emission.columns }, (_, index) => {
    const column = index % emission.columns
    const k = Math.floor(index / emission.columns)
    const symbols = emission.symbols[column]!
    return symbols.reduce((sum, symbol, s) => sum + symbol * emission.probabilities[column]![k * symbols.length + s]!, 0)
  })
}

/** The emission with its states in another order. */
export function reorderEmission(emission: Emission, order: readonly number[]): Emission {
  const moved = (values: Float64Array): Float64Array => {
    const size = values.length / order.length
    const out = new Float64Array(values.length)
    order.forEach((from, to) => out.set(values.subarray(from * size, (from + 1) * size), to * size))
    return out
  }
  if (emission.kind === 'poisson') return { ...emission, rates: moved(emission.rates) }
  if (emission.kind === 'categorical') return { ...emission, probabilities: emission.probabilities.map(moved) }
  return { ...emission, means: moved(emission.means), covariances: moved(emission.covariances) }
}
