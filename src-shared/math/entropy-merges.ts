/*
 * Clusters as groups of mixture components: components are merged one pair at a time, each time the pair whose union leaves the classification
 * least uncertain. Baudry, Raftery, Celeux, Lo & Gottardo 2010.
 */

export interface Merge {
  /** Groups there are after this step. */
  clusters: number
  /** The two groups that became one, as component numbers. */
  merged: [number[], number[]]
  /** By how much the entropy of the classification fell, nats over all rows. */
  drop: number
  /** Rows that the merged group is responsible for. */
  rows: number
}

export interface MergeTree {
  /** −Σ_n Σ_j t_nj log t_nj with 1, 2, …, K groups, nats. */
  entropies: number[]
  /** From K − 1 groups down to one. */
  merges: Merge[]
  /** Component numbers of the groups with 1, 2, …, K groups; groups in the order of their first components. */
  groups: number[][][]
}

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0)

/** @param responsibilities  [rows, components]; rows that are NaN are left out */
export function entropyMerges(responsibilities: ArrayLike<number>, components: number): MergeTree {
  const rows = responsibilities.length / components
  let shares = Array.from({ length: components }, (_, k) => Float64Array.from({ length: rows }, (_, row) => responsibilities[row * components + k]! || 0))
  let groups = shares.map((_, k) => [k])
  const merges: Merge[] = []
  const entropyOf = (columns: readonly Float64Array[]): number =>
    -columns.reduce((sum, column) => sum + column.reduce((part, value) => part + xLogX(value), 0), 0)
  const entropies = [entropyOf(shares)]
  const allGroups = [groups]
  /** Σ_n of the union of two groups less that of each: what the entropy falls by. */
  let drops = pairwiseDrops(shares)
  while (groups.length > 1) {
    const { a, b, drop } = largest(drops)
    const union = shares[a]!.map((value, row) => value + shares[b]![row]!)
    merges.push({ clusters: groups.length - 1, merged: [groups[a]!, groups[b]!], drop, rows: union.reduce((sum, value) => sum + value, 0) })
    groups = groups.flatMap((group, at) => (at === a ? [[...group, ...groups[b]!].sort((one, other) => one - other)] : at === b ? [] : [group]))
    shares = shares.flatMap((column, at) => (at === a ? [union] : at === b ? [] : [column]))
    drops = drops.filter((_, at) => at !== b).map((line) => line.filter((_, at) => at !== b))
    for (const [at, column] of shares.entries()) {
      if (at === a) continue
      const value = dropOf(union, column)
      drops[a]![at] = value
      drops[at]![a] = value
    }
    entropies.unshift(entropyOf(shares))
    allGroups.unshift(groups)
  }
  return { entropies, merges, groups: allGroups }
}

function dropOf(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let row = 0; row < a.length; row += 1) {
    const [one, other] = [a[row]!, b[row]!]
    if (one > 0 && other > 0) sum += xLogX(one + other) - xLogX(one) - xLogX(other)
  }
  return sum
}

const pairwiseDrops = (shares: readonly Float64Array[]): number[][] => {
  const drops = shares.map(() => new Array<number>(shares.length).fill(-Infinity))
  for (let a = 0; a < shares.length; a += 1) {
    for (let b = a + 1; b < shares.length; b += 1) drops[a]![b] = drops[b]![a] = dropOf(shares[a]!, shares[b]!)
  }
  return drops
}

function largest(drops: readonly (readonly number[])[]): { a: number; b: number; drop: number } {
  let best = { a: 0, b: 1, drop: -Infinity }
  for (let a = 0; a < drops.length; a += 1) for (let b = a + 1; b < drops.length; b += 1) if (drops[a]![b]! > best.drop) best = { a, b, drop: drops[a]![b]! }
  return best
}

/**
 * Where the entropy bends: of two straight lines that meet at a number of groups, the number that leaves the least squared error. Null where
 * there are fewer than three numbers to choose from.
 *
 * @param entropies  with 1, 2, …, K groups
 */
export function elbowOf(entropies: readonly number[]): number | null {
  if (entropies.length < 3) return null
  const error = (from: number, to: number): number => {
    const values = entropies.slice(from, to)
    const centre = (values.length - 1) / 2
    const mean = values.reduce((sum, value) => sum + value / values.length, 0)
    const spread = values.reduce((sum, _, at) => sum + (at - centre) ** 2, 0)
    const slope = values.reduce((sum, value, at) => sum + (at - centre) * (value - mean), 0) / spread
    return values.reduce((sum, value, at) => sum + (value - mean - slope * (at - centre)) ** 2, 0)
  }
  let best = { clusters: 0, error: Infinity }
  for (let clusters = 2; clusters < entropies.length; clusters += 1) {
    const both = error(0, clusters) + error(clusters - 1, entropies.length)
    if (both < best.error) best = { clusters, error: both }
  }
  return best.clusters
}

/** Responsibilities [rows, groups] of groups of components. */
export function mergedShares(responsibilities: ArrayLike<number>, components: number, groups: readonly (readonly number[])[]): Float64Array {
  const rows = responsibilities.length / components
  const merged = new Float64Array(rows * groups.length)
  for (let row = 0; row < rows; row += 1) {
    groups.forEach((group, at) => {
      for (const component of group) merged[row * groups.length + at]! += responsibilities[row * components + component]!
    })
  }
  return merged
}
