/** How well two partitions of the same rows agree; rows with a negative code in either are left out. */

/** Counts pairs of codes, a block of rows at a time. Codes are below 2²⁶. */
export class Agreement {
  readonly #cells = new Map<number, number>()
  readonly #left = new Map<number, number>()
  readonly #right = new Map<number, number>()
  #total = 0

  add(a: ArrayLike<number>, b: ArrayLike<number>): this {
    for (let index = 0; index < a.length; index += 1) {
      const [first, second] = [a[index]!, b[index]!]
      if (first < 0 || second < 0) continue
      this.#total += 1
      count(this.#cells, first * 2 ** 26 + second)
      count(this.#left, first)
      count(this.#right, second)
    }
    return this
  }

  /** Adjusted Rand index: 1 for equal partitions, 0 on average for independent ones. Hubert & Arabie 1985. */
  adjustedRandIndex(): number {
    const [left, right] = [pairs(this.#left), pairs(this.#right)]
    const expected = (left * right) / ((this.#total * (this.#total - 1)) / 2)
    const largest = (left + right) / 2
    return largest === expected ? 1 : (pairs(this.#cells) - expected) / (largest - expected)
  }

  /** Mutual information over the arithmetic mean of the entropies: 1 for equal partitions. */
  normalizedMutualInformation(): number {
    const [first, second] = [entropy(this.#left, this.#total), entropy(this.#right, this.#total)]
    const mutual = first + second - entropy(this.#cells, this.#total)
    return first + second === 0 ? 1 : Math.max(0, (2 * mutual) / (first + second))
  }
}

const count = (counts: Map<number, number>, key: number): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

const pairs = (counts: Map<number, number>): number => [...counts.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0)
const entropy = (counts: Map<number, number>, total: number): number =>
  -[...counts.values()].reduce((sum, size) => sum + (size / total) * Math.log(size / total), 0)

export const adjustedRandIndex = (a: ArrayLike<number>, b: ArrayLike<number>): number => new Agreement().add(a, b).adjustedRandIndex()

export const normalizedMutualInformation = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  new Agreement().add(a, b).normalizedMutualInformation()
