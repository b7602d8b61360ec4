import { type RandomKey, fillUniform } from '@shared/math/random'

/** Partitions of rows that EM can begin from. The data are row-major, [rows, columns]. */

export interface Rows {
  features: Float64Array
  columns: number
}

function squaredDistance({ features, columns }: Rows, row: number, centres: Float64Array, centre: number): number {
  let square = 0
  for (let column = 0; column < columns; column += 1) {
    square += (features[row * columns + column]! - centres[centre * columns + column]!) ** 2
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
    const row = index === 0 ? Math.floor(uniform[0]! * total) : drawProportionally(distance, uniform[index]!)
    centres.set(features.subarray(row * columns, (row + 1) * columns), index * columns)
    for (let other = 0; other < total; other += 1) distance[other] = Math.min(distance[other]!, squaredDistance(rows, other, centres, index))
  }
  return centres
}

/** Different rows, each with the same probability: [count, columns]. */
export function randomRows({ features, columns }: Rows, count: number, key: RandomKey): Float64Array {
  const total = features.length / columns
  const uniform = new Float64Array(count)
  fillUniform(uniform, key)
  const taken = new Set<number>()
  const centres = new Float64Array(count * columns)
  for (const [index, value] of uniform.entries()) {
    let row = Math.floor(value * total)
    while (taken.has(row) && taken.size < total) row = (row + 1) % total
    taken.add(row)
    centres.set(features.subarray(row * columns, (row + 1) * columns), index * columns)
  }
  return centres
}

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
  const { features, columns } = rows
  const count = centres.length / columns
  let inertia = 0
  const nearest = Int32Array.from({ length: features.length / columns }, (_, row) => {
    let [best, least] = [0, Infinity]
    for (let centre = 0; centre < count; centre += 1) {
      const distance = squaredDistance(rows, row, centres, centre)
      if (distance < least) [best, least] = [centre, distance]
    }
    inertia += least
    return best
  })
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
    for (const [row, centre] of nearest.entries()) {
      sizes[centre]! += 1
      for (let column = 0; column < columns; column += 1) sums[centre * columns + column]! += features[row * columns + column]!
    }
    const last = centres
    centres = sums.map((sum, index) => (sizes[Math.floor(index / columns)]! > 0 ? sum / sizes[Math.floor(index / columns)]! : last[index]!))
  }
  return partition
}
