import type { NumericArray } from '../graph/runtime'

export interface Replicates {
  count: number
  mean: Float64Array
  /** Of one estimate, entry by entry. */
  variances: Float64Array
  /** Sum over all entries of the variance within each block of replicates. */
  blockVariances: number[]
  /** Mean of f. */
  value: number
}

/** Means and variances of vectors that come in blocks. */
export class Moments {
  readonly #sum: Float64Array
  readonly #squares: Float64Array
  readonly #blockVariances: number[] = []
  #count = 0
  #value = 0

  constructor(readonly width: number) {
    this.#sum = new Float64Array(width)
    this.#squares = new Float64Array(width)
  }

  /** @param gradients  [copies, width] */
  add(gradients: NumericArray, values: NumericArray, copies: number): void {
    let within = 0
    for (let at = 0; at < this.width; at += 1) {
      let [sum, squares] = [0, 0]
      for (let copy = 0; copy < copies; copy += 1) {
        const value = gradients[copy * this.width + at]!
        sum += value
        squares += value * value
      }
      this.#sum[at]! += sum
      this.#squares[at]! += squares
      within += Math.max(0, squares - (sum * sum) / copies) / (copies - 1)
    }
    this.#blockVariances.push(within)
    this.#value += Float64Array.from(values).reduce((sum, value) => sum + value, 0) * (copies / values.length)
    this.#count += copies
  }

  found(): Replicates {
    const count = this.#count
    const mean = this.#sum.map((sum) => sum / count)
    const variances = this.#squares.map((squares, at) => Math.max(0, squares / count - mean[at]! ** 2) * (count / (count - 1)))
    return { count, mean, variances, blockVariances: this.#blockVariances, value: this.#value / count }
  }
}
