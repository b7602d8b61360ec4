import { cholesky, invertLower } from '@shared/math/cholesky'
import { type RandomKey, fillNormal, fillUniform } from '@shared/math/random'

/** Partitions of rows that EM can begin from. The data are row-major, [rows, columns]. */

export interface Rows {
  features: Float64Array
  columns: number
  /** How often each row counts, [rows]; without it, once. */
  weights?: Float64Array | null
}

function squaredDistance({ features, columns }: Rows, row: number, centres: Float64Array, centre: number): number {
  let square = 0
  const [first, second] = [row * columns, centre * columns]
  for (let column = 0; column < columns; column += 1) {
    const difference = features[first + column]! - centres[second + column]!
    square += difference * difference
  }
  return square
}

/**
 * Rows chosen one after another, each with probability proportional to its squared distance from the nearest one chosen before
 * (Arthur & Vassilvitskii 2007): [count, columns].
 */
export function spreadRows(rows: Rows, count: number, key: RandomKey): Float64Array {
  const { features, columns } = rows
  const total = features.length / columns
  const uniform = new Float64Array(count)
  fillUniform(uniform, key)
  const distance = new Float64Array(total).fill(Infinity)
  const centres = new Float64Array(count * columns)
  for (let index = 0; index < count; index += 1) {
    const row = index === 0 ? firstRow(rows, uniform[0]!) : drawProportionally(weighted(distance, rows.weights), uniform[index]!)
    centres.set(features.subarray(row * columns, (row + 1) * columns), index * columns)
    for (let other = 0; other < total; other += 1) distance[other] = Math.min(distance[other]!, squaredDistance(rows, other, centres, index))
  }
  return centres
}

/** Different rows, each with the same probability: [count, columns]. */
export function randomRows({ features, columns, weights }: Rows, count: number, key: RandomKey): Float64Array {
  const total = features.length / columns
  const uniform = new Float64Array(count)
  fillUniform(uniform, key)
  const taken = new Set<number>()
  if (weights) for (const [row, weight] of weights.entries()) if (weight === 0) taken.add(row)
  const centres = new Float64Array(count * columns)
  for (const [index, value] of uniform.entries()) {
    let row = Math.floor(value * total)
    while (taken.has(row) && taken.size < total) row = (row + 1) % total
    taken.add(row)
    centres.set(features.subarray(row * columns, (row + 1) * columns), index * columns)
  }
  return centres
}

const weighted = (values: Float64Array, weights: Rows['weights']): Float64Array =>
  weights ? values.map((value, row) => value * weights[row]!) : values

const firstRow = ({ features, columns, weights }: Rows, uniform: number): number =>
  weights ? drawProportionally(weights, uniform) : Math.floor((uniform * features.length) / columns)

function drawProportionally(weights: Float64Array, uniform: number): number {
  let rest = uniform * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    rest -= weight
    if (rest < 0) return index
  }
  return weights.length - 1
}

/** The nearest centre of each row, [rows], and Σ of squared distances to it. */
export function nearestCentres(rows: Rows, centres: Float64Array): { nearest: Int32Array; inertia: number } {
  const { features, columns, weights } = rows
  const total = features.length / columns
  let inertia = 0
  const nearest = new Int32Array(total)
  for (let row = 0, from = 0; row < total; row += 1, from += columns) {
    let best = 0
    let least = Infinity
    for (let centre = 0, at = 0; at < centres.length; centre += 1) {
      let distance = 0
      for (let column = 0; column < columns; column += 1, at += 1) {
        const difference = features[from + column]! - centres[at]!
        distance += difference * difference
      }
      if (distance < least) {
        best = centre
        least = distance
      }
    }
    inertia += weights ? weights[row]! * least : least
    nearest[row] = best
  }
  return { nearest, inertia }
}

/** Lloyd's algorithm from given centres, at most so many passes: the partition it ends with. */
export function lloyd(rows: Rows, start: Float64Array, passes: number): Int32Array {
  const { features, columns } = rows
  const count = start.length / columns
  let centres = start
  let before = Infinity
  let partition: Int32Array = new Int32Array(0)
  for (let pass = 0; pass < passes; pass += 1) {
    const { nearest, inertia } = nearestCentres(rows, centres)
    partition = nearest
    if (!(inertia < before)) break
    before = inertia
    const sums = new Float64Array(centres.length)
    const sizes = new Float64Array(count)
    for (let row = 0; row < nearest.length; row += 1) {
      const centre = nearest[row]!
      const weight = rows.weights ? rows.weights[row]! : 1
      sizes[centre]! += weight
      for (let column = 0; column < columns; column += 1) sums[centre * columns + column]! += weight * features[row * columns + column]!
    }
    const last = centres
    centres = sums.map((sum, index) => (sizes[Math.floor(index / columns)]! > 0 ? sum / sizes[Math.floor(index / columns)]! : last[index]!))
  }
  return partition
}

/** Random directions of the rows, [rows, count], so that a partition sees other sides of the data. */
export function randomProjection({ features, columns, weights = null }: Rows, count: number, key: RandomKey): Rows {
  const directions = new Float64Array(count * columns)
  fillNormal(directions, key)
  const projected = new Float64Array((features.length / columns) * count)
  for (let index = 0; index < projected.length; index += 1) {
    const [row, direction] = [Math.floor(index / count), index % count]
    for (let column = 0; column < columns; column += 1) projected[index]! += features[row * columns + column]! * directions[direction * columns + column]!
  }
  return { features: projected, columns: count, weights }
}

/** Rows with mean 0 and covariance I, in so far as they vary; an absent entry counts as the mean of its column. */
export function whiten({ features, columns, weights = null }: Rows): Rows {
  const rows = features.length / columns
  const mean = columnMeans({ features, columns })
  const centred = features.map((value, index) => (Number.isNaN(value) ? 0 : value - mean[index % columns]!))
  const covariance = new Float64Array(columns * columns)
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < columns; i += 1) {
      for (let j = 0; j < columns; j += 1) covariance[i * columns + j]! += (centred[row * columns + i]! * centred[row * columns + j]!) / rows
    }
  }
  let trace = 0
  for (let column = 0; column < columns; column += 1) trace += covariance[column * (columns + 1)]!
  for (let column = 0; column < columns; column += 1) covariance[column * (columns + 1)]! += 1e-9 * trace + 1e-300
  const lower = cholesky(covariance, columns)
  if (!lower) return { features: centred, columns, weights }
  const whitening = invertLower(lower, columns)
  const white = new Float64Array(features.length)
  for (let index = 0; index < white.length; index += 1) {
    const [row, column] = [Math.floor(index / columns), index % columns]
    for (let k = 0; k <= column; k += 1) white[index]! += whitening[column * columns + k]! * centred[row * columns + k]!
  }
  return { features: white, columns, weights }
}

function columnMeans({ features, columns }: Rows): Float64Array {
  const sums = new Float64Array(columns)
  const counts = new Float64Array(columns)
  for (const [index, value] of features.entries()) {
    if (Number.isNaN(value)) continue
    sums[index % columns]! += value
    counts[index % columns]! += 1
  }
  return sums.map((sum, column) => sum / Math.max(1, counts[column]!))
}

/** Absent entries replaced by the means of their columns. */
export function filled({ features, columns, weights = null }: Rows): Rows {
  if (!features.some(Number.isNaN)) return { features, columns, weights }
  const mean = columnMeans({ features, columns })
  return { features: features.map((value, index) => (Number.isNaN(value) ? mean[index % columns]! : value)), columns, weights }
}

/**
 * The partition by responsibilities with one component moved elsewhere: its rows go to their next best component, and it takes the rows
 * around a random one. A move of the split-and-merge kind (Ueda, Nakano, Ghahramani & Hinton 2000).
 */
export function reseed(rows: Rows, responsibilities: Float64Array, components: number, key: RandomKey, clusters = components): Int32Array {
  const { features, columns } = rows
  const total = features.length / columns
  const uniform = new Float64Array(3)
  fillUniform(uniform, key)
  const moved = Math.floor(uniform[0]! * clusters)
  const centre = Math.floor(uniform[1]! * total)
  const least = Math.min(total, columns + 2)
  const size = Math.round(least * Math.max(1, total / components / least) ** uniform[2]!)
  const partition = Int32Array.from({ length: total }, (_, row) => {
    let best = moved === 0 ? 1 : 0
    for (let k = 0; k < components; k += 1) {
      if (k !== moved && responsibilities[row * components + k]! > responsibilities[row * components + best]!) best = k
    }
    return best
  })
  const own = partition[centre]
  const centreRow = features.subarray(centre * columns, (centre + 1) * columns)
  const near: { row: number; distance: number }[] = []
  for (let row = 0; row < total; row += 1) if (partition[row] === own) near.push({ row, distance: squaredDistance(rows, row, centreRow, 0) })
  near.sort((a, b) => a.distance - b.distance)
  for (const { row } of near.slice(0, size)) partition[row] = moved
  return partition
}

/** Rows that are compared with all others; of many, a sample. */
const mostCompared = 2000

/** Rows in the order of the distance to their k-th nearest neighbour, least first: what lies apart from all others comes last. Byers & Raftery 1998. */
export function byIsolation(rows: Rows): Int32Array {
  const { features, columns } = rows
  const total = features.length / columns
  const others = Math.min(total, mostCompared)
  const neighbour = Math.min(others - 1, Math.max(5, 2 * columns))
  const isolation = Float64Array.from({ length: total }, (_, row) => {
    const distances = Float64Array.from({ length: others }, (_unused, index) =>
      squaredDistance(rows, row, features, Math.floor((index * total) / others)),
    )
    return distances.sort()[neighbour]!
  })
  return Int32Array.from(isolation.keys()).sort((a, b) => isolation[a]! - isolation[b]!)
}
