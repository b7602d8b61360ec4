import { choleskyInto } from '@shared/math/cholesky'
import type { Rows } from './partitions'

/*
 * Model-based agglomeration: rows begin as clusters of their own, and the two whose union costs least are joined until so many are left.
 * The cost of a cluster is n log |(W + c I)/n|, twice the negative log-likelihood of a Gaussian with its own covariance, up to constants;
 * c stands in for the spread that clusters of few rows do not show yet. Banfield & Raftery 1993; Fraley 1998.
 */

interface Cluster {
  size: number
  mean: Float64Array
  /** Scatter around the mean, [D, D]. */
  scatter: Float64Array
  cost: number
  /** The cluster after this one that it joins with least cost, and that cost. */
  partner: number
  increase: number
}

/**
 * @param rows  best whitened, so that the result does not depend on units
 * @returns     for each number of clusters asked for, the cluster of each row, [rows]
 */
export function agglomerate(rows: Rows, wanted: readonly number[]): Map<number, Int32Array> {
  const { features, columns } = rows
  const total = features.length / columns
  const floor = meanVariance(rows) * total ** (-2 / columns)
  const clusters: (Cluster | null)[] = Array.from({ length: total }, (_, row) => {
    const mean = features.slice(row * columns, (row + 1) * columns)
    const alone = columns * Math.log(floor)
    return { size: 1, mean, scatter: new Float64Array(columns * columns), cost: alone, partner: -1, increase: Infinity }
  })
  const owner = Int32Array.from({ length: total }, (_, row) => row)
  const found = new Map<number, Int32Array>()
  for (let index = 0; index < total; index += 1) seekPartner(clusters, index, columns, floor)
  for (let left = total; left >= 1; left -= 1) {
    if (wanted.includes(left)) found.set(left, numbered(owner))
    if (left === 1 || wanted.every((count) => found.has(count))) break
    joinBest(clusters, owner, columns, floor)
  }
  return found
}

function joinBest(clusters: (Cluster | null)[], owner: Int32Array, columns: number, floor: number): void {
  let first = -1
  for (const [index, cluster] of clusters.entries()) {
    if (cluster && (first < 0 || cluster.increase < clusters[first]!.increase)) first = index
  }
  const second = clusters[first]!.partner
  clusters[first] = union(clusters[first]!, clusters[second]!, columns, floor)
  clusters[second] = null
  for (let row = 0; row < owner.length; row += 1) if (owner[row] === second) owner[row] = first
  seekPartner(clusters, first, columns, floor)
  for (let index = 0; index < second; index += 1) {
    const cluster = clusters[index]
    if (!cluster || index === first) continue
    if (cluster.partner === first || cluster.partner === second) seekPartner(clusters, index, columns, floor)
    else if (index < first) consider(clusters, index, first, columns, floor)
  }
}

function seekPartner(clusters: (Cluster | null)[], index: number, columns: number, floor: number): void {
  const cluster = clusters[index]!
  cluster.partner = -1
  cluster.increase = Infinity
  for (let other = index + 1; other < clusters.length; other += 1) consider(clusters, index, other, columns, floor)
}

function consider(clusters: (Cluster | null)[], index: number, other: number, columns: number, floor: number): void {
  const [cluster, candidate] = [clusters[index]!, clusters[other]]
  if (!candidate) return
  const increase = costOfUnion(cluster, candidate, columns, floor) - cluster.cost - candidate.cost
  if (increase < cluster.increase) {
    cluster.partner = other
    cluster.increase = increase
  }
}

function union(a: Cluster, b: Cluster, columns: number, floor: number): Cluster {
  const size = a.size + b.size
  const scatter = new Float64Array(columns * columns)
  writeScatter(scatter, a, b, columns, 0)
  for (let row = 0; row < columns; row += 1) for (let column = 0; column < row; column += 1) scatter[column * columns + row] = scatter[row * columns + column]!
  const mean = a.mean.map((value, column) => (a.size * value + b.size * b.mean[column]!) / size)
  return { size, mean, scatter, cost: costOfUnion(a, b, columns, floor), partner: -1, increase: Infinity }
}

/** The lower triangle of the scatter of a union, with `floor` added to the diagonal. */
function writeScatter(scatter: Float64Array, a: Cluster, b: Cluster, columns: number, floor: number): void {
  const between = (a.size * b.size) / (a.size + b.size)
  for (let row = 0; row < columns; row += 1) {
    const gap = between * (a.mean[row]! - b.mean[row]!)
    for (let column = 0; column <= row; column += 1) {
      const at = row * columns + column
      scatter[at] = a.scatter[at]! + b.scatter[at]! + gap * (a.mean[column]! - b.mean[column]!)
    }
    scatter[row * (columns + 1)]! += floor
  }
}

let scratch = new Float64Array(0)

/** Without new arrays: of all unions that are considered, few are made. */
function costOfUnion(a: Cluster, b: Cluster, columns: number, floor: number): number {
  const length = columns * columns
  if (scratch.length < length) scratch = new Float64Array(length)
  writeScatter(scratch, a, b, columns, floor)
  // In place: an entry is read before it is replaced.
  if (!choleskyInto(scratch, scratch, 0, columns)) return Infinity
  return costOf(a.size + b.size, scratch, columns)
}

/** @param factor  of the scatter with the floor */
function costOf(size: number, factor: Float64Array, columns: number): number {
  let product = 1
  let logs = 0
  for (let column = 0; column < columns; column += 1) {
    product *= factor[column * (columns + 1)]!
    if (column % 4 === 3) [logs, product] = [logs + Math.log(product), 1]
  }
  return size * (2 * (logs + Math.log(product)) - columns * Math.log(size))
}

function meanVariance({ features, columns }: Rows): number {
  const total = features.length / columns
  let variance = 0
  for (let column = 0; column < columns; column += 1) {
    let mean = 0
    for (let row = 0; row < total; row += 1) mean += features[row * columns + column]! / total
    for (let row = 0; row < total; row += 1) variance += (features[row * columns + column]! - mean) ** 2 / (total * columns)
  }
  return variance
}

/** The owners as 0, 1, 2, … in the order of their first rows. */
function numbered(owner: Int32Array): Int32Array {
  const codes = new Map<number, number>()
  return owner.map((value) => {
    if (!codes.has(value)) codes.set(value, codes.size)
    return codes.get(value)!
  })
}
