/** Mean and its standard error, value after value; a weight is how often a value counts.     West 1979 */
export class WeightedMean {
  #squares = 0
  weight = 0
  mean = 0

  add(value: number, weight = 1): void {
    if (weight === 0) return
    this.weight += weight
    const difference = value - this.mean
    this.mean += (difference * weight) / this.weight
    this.#squares += weight * difference * (value - this.mean)
  }

  /** √(Σ w (x − mean)² / (W − 1) / W); null of fewer than two. */
  get standardError(): number | null {
    return this.weight < 2 ? null : Math.sqrt(this.#squares / (this.weight - 1) / this.weight)
  }
}
