import type { Rows } from '../models/mixtures/partitions'
import type { Block } from './chunks'

/*
 * A few labels. Rows whose class is known belong to the components of that class alone: their responsibilities elsewhere are 0, and they
 * contribute log p(x, class) = log Σ_{k of the class} p(x, k) to the likelihood. Rows without a label contribute log p(x) as ever. With every
 * row labelled and one component a class, EM ends after one M-step with the estimates of a Bayes classifier (Nigam et al. 2000).
 */

export interface KnownClasses {
  /** Class of each row, −1 where it is not known: [rows]. */
  codes: Int32Array
  /** Class of each component, −1 where it is of none and takes only rows without a label: [K]. */
  classOf: Int32Array
}

/** Added to log p(x, k) where a row cannot be of component k; finite, so that no difference of two is NaN. */
const forbidden = -1e300

export const isAllowed = ({ codes, classOf }: KnownClasses, row: number, component: number): boolean =>
  codes[row]! < 0 || codes[row] === classOf[component]

/** Classes of some of the rows. */
export const knownAt = (known: KnownClasses | null, rows: ArrayLike<number>): KnownClasses | null =>
  known && { ...known, codes: Int32Array.from(rows, (row) => known.codes[row]!) }

/** What a pass over all blocks, from the first row on, is fed with besides rows and weights: `allowed` [rows, K], 0 or `forbidden`. */
export function knownFeed(known: KnownClasses): (block: Pick<Block, 'weight' | 'rows'>) => Record<string, Float64Array> {
  const components = known.classOf.length
  let first = 0
  return ({ weight, rows }) => {
    const allowed = new Float64Array(weight.length * components)
    for (let index = 0; index < rows; index += 1) {
      for (let k = 0; k < components; k += 1) if (!isAllowed(known, first + index, k)) allowed[index * components + k] = forbidden
    }
    first += rows
    return { allowed }
  }
}

/** Components dealt out to classes, so many each and one class after another; those that are left are of none. */
export const componentClasses = (components: number, classes: number, perClass: number): Int32Array =>
  Int32Array.from({ length: components }, (_, k) => (k < classes * perClass ? Math.floor(k / perClass) : -1))

/**
 * A partition of rows that respects the labels. Clusters first take the numbers that agree with most labels; then labelled rows that are
 * elsewhere go to the cluster of their class that most of its rows are in.
 */
export function agreeing(partition: Int32Array, known: KnownClasses): Int32Array {
  const named = renumbered(partition, known)
  return withLabels(partition.map((cluster) => named[cluster]!), known)
}

/** Labelled rows that are in a component of another class go to the component of their own that has most rows. */
export function withLabels(partition: Int32Array, known: KnownClasses): Int32Array {
  const { codes, classOf } = known
  const sizes = new Float64Array(classOf.length)
  for (const [row, component] of partition.entries()) if (isAllowed(known, row, component)) sizes[component]! += 1
  const largest = new Map<number, number>()
  for (const [component, owner] of classOf.entries()) {
    const best = largest.get(owner)
    if (best === undefined || sizes[component]! > sizes[best]!) largest.set(owner, component)
  }
  return partition.map((component, row) => (isAllowed(known, row, component) ? component : largest.get(codes[row]!)!))
}

/** Responsibilities [rows, K] without those that labels forbid; a row that has no others begins in all components of its class alike. */
export function sharesWithLabels(shares: Float64Array, known: KnownClasses): Float64Array {
  const components = known.classOf.length
  const own = shares.slice()
  for (const row of known.codes.keys()) {
    const part = own.subarray(row * components, (row + 1) * components)
    part.forEach((_, k) => (part[k]! *= Number(isAllowed(known, row, k))))
    const sum = part.reduce((total, share) => total + share, 0)
    const allowed = part.reduce((count, _, k) => count + Number(isAllowed(known, row, k)), 0)
    part.forEach((share, k) => (part[k] = sum > 0 ? share / sum : Number(isAllowed(known, row, k)) / allowed))
  }
  return own
}

/** For each cluster the component it becomes: pairs of most common labels first. */
function renumbered(partition: Int32Array, { codes, classOf }: KnownClasses): Int32Array {
  const components = classOf.length
  const counts = new Map<string, number>()
  for (const [row, cluster] of partition.entries()) {
    if (codes[row]! < 0) continue
    const key = `${cluster} ${codes[row]}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const chosen = new Int32Array(components).fill(-1)
  const free = new Set(classOf.keys())
  for (const [key] of [...counts].sort((a, b) => b[1] - a[1])) {
    const [cluster = 0, code = 0] = key.split(' ').map(Number)
    const component = [...free].find((k) => classOf[k] === code)
    if (chosen[cluster]! >= 0 || component === undefined) continue
    chosen[cluster] = component
    free.delete(component)
  }
  for (let cluster = 0; cluster < components; cluster += 1) {
    if (chosen[cluster]! >= 0) continue
    const [component = 0] = free
    chosen[cluster] = component
    free.delete(component)
  }
  return chosen
}

/**
 * Labelled rows in the components of their class, dealt out where it has several; the others where the nearest mean of those is. Components
 * that are left without rows take the ones farthest from all means.
 */
export function fromLabels({ features, columns }: Rows, known: KnownClasses): Int32Array {
  const components = known.classOf.length
  const dealt = new Map<number, number>()
  const own = Int32Array.from(known.codes, (code) => {
    if (code < 0) return -1
    const places = [...known.classOf.keys()].filter((k) => known.classOf[k] === code)
    const turn = dealt.get(code) ?? 0
    dealt.set(code, turn + 1)
    return places[turn % places.length]!
  })
  const { centres, taken } = meansOf({ features, columns }, own, components)
  const { nearest, distances } = nearestOf({ features, columns }, centres, taken)
  const partition = own.map((component, row) => (component >= 0 ? component : nearest[row]!))
  const farthest = [...own.keys()].filter((row) => own[row]! < 0).sort((a, b) => distances[b]! - distances[a]!)
  const share = Math.max(1, Math.floor(farthest.length / components))
  let next = 0
  for (let k = 0; k < components; k += 1) if (!taken[k]) for (const row of farthest.slice(next, (next += share))) partition[row] = k
  return partition
}

function meansOf({ features, columns }: Rows, partition: Int32Array, components: number): { centres: Float64Array; taken: boolean[] } {
  const centres = new Float64Array(components * columns)
  const sizes = new Float64Array(components)
  for (const [row, k] of partition.entries()) {
    if (k < 0) continue
    sizes[k]! += 1
    for (let column = 0; column < columns; column += 1) centres[k * columns + column]! += features[row * columns + column]!
  }
  return { centres: centres.map((sum, index) => sum / Math.max(1, sizes[Math.floor(index / columns)]!)), taken: Array.from(sizes, (size) => size > 0) }
}

function nearestOf({ features, columns }: Rows, centres: Float64Array, taken: readonly boolean[]): { nearest: Int32Array; distances: Float64Array } {
  const distances = new Float64Array(features.length / columns).fill(Infinity)
  const nearest = new Int32Array(distances.length)
  for (const row of distances.keys()) {
    for (const [k, isTaken] of taken.entries()) {
      if (!isTaken) continue
      let square = 0
      for (let column = 0; column < columns; column += 1) square += (features[row * columns + column]! - centres[k * columns + column]!) ** 2
      if (square < distances[row]!) [distances[row], nearest[row]] = [square, k]
    }
  }
  return { nearest, distances }
}
