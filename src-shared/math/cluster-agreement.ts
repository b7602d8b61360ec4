/** How well two partitions of the same rows agree; rows with a negative code in either are left out. */

interface Contingency {
  cells: number[]
  left: number[]
  right: number[]
  total: number
}

function contingency(a: ArrayLike<number>, b: ArrayLike<number>): Contingency {
  const cells = new Map<string, number>()
  const left = new Map<number, number>()
  const right = new Map<number, number>()
  let total = 0
  for (let index = 0; index < a.length; index += 1) {
    const [first, second] = [a[index]!, b[index]!]
    if (first < 0 || second < 0) continue
    total += 1
    const cell = `${first} ${second}`
    cells.set(cell, (cells.get(cell) ?? 0) + 1)
    left.set(first, (left.get(first) ?? 0) + 1)
    right.set(second, (right.get(second) ?? 0) + 1)
  }
  return { cells: [...cells.values()], left: [...left.values()], right: [...right.values()], total }
}

const pairs = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
const entropy = (counts: readonly number[], total: number): number =>
  -counts.reduce((sum, count) => sum + (count / total) * Math.log(count / total), 0)

/** Adjusted Rand index: 1 for equal partitions, 0 on average for independent ones. Hubert & Arabie 1985. */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { cells, left, right, total } = contingency(a, b)
  const expected = (pairs(left) * pairs(right)) / pairs([total])
  const largest = (pairs(left) + pairs(right)) / 2
  return largest === expected ? 1 : (pairs(cells) - expected) / (largest - expected)
}

/** Mutual information over the arithmetic mean of the entropies: 1 for equal partitions. */
export function normalizedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { cells, left, right, total } = contingency(a, b)
  const [first, second] = [entropy(left, total), entropy(right, total)]
  const mutual = first + second - entropy(cells, total)
  return first + second === 0 ? 1 : Math.max(0, (2 * mutual) / (first + second))
}
