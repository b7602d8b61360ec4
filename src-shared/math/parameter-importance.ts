import { fillUniform, permutation } from './random'

/*
 * Importance of parameters by permutation (Breiman 2001): a forest of extremely randomized trees (Geurts, Ernst & Wehenkel 2006) learns the
 * value from the parameters; for the trials a tree has not seen, its squared error is taken with the values as they are and with those of
 * one parameter shuffled.
 */

export const importanceTrees = 10
/** With fewer trials nothing can be said. */
export const leastForImportance = 8
const [leastInLeaf, deepest] = [3, 10]

interface Tree {
  /** Parameter of each node, −1 for a leaf. */
  axis: Int32Array
  threshold: Float64Array
  /** Left child; the right one follows it. Of a leaf, its value stands in threshold. */
  left: Int32Array
}

/**
 * @param rows    [count][size], numbers; an absent value is NaN and goes to the left
 * @param values  [count]
 * @returns       [size], ≥ 0, adding up to 1; null where there are too few rows or all values are equal
 */
export function parameterImportance(rows: readonly Float64Array[], values: Float64Array, seed = 1): Float64Array | null {
  const size = rows[0]?.length ?? 0
  if (rows.length < leastForImportance || size === 0 || values.every((value) => value === values[0])) return null
  const rise = new Float64Array(size)
  const table: Table = { size, cells: Float64Array.from({ length: rows.length * size }, (_, at) => rows[Math.floor(at / size)]![at % size]!) }
  for (let tree = 0; tree < importanceTrees; tree += 1) {
    const order = permutation(rows.length, { seed, stream: 'importance/rows' }, tree)
    const learned = Math.ceil(0.67 * rows.length)
    const grown = grow(table, values, order.slice(0, learned), { seed, stream: `importance/tree/${tree}` })
    addRise(grown, table, values, order.slice(learned), { seed, stream: `importance/shuffle/${tree}` }, rise)
  }
  const positive = rise.map((one) => Math.max(0, one))
  const total = positive.reduce((sum, one) => sum + one, 0)
  return total > 0 ? positive.map((one) => one / total) : null
}

interface Table {
  size: number
  /** [rows, size] */
  cells: Float64Array
}
interface Key {
  seed: number
  stream: string
}

function grow({ cells, size }: Table, values: Float64Array, members: Int32Array, key: Key): Tree {
  const [axis, threshold, left]: [number[], number[], number[]] = [[], [], []]
  const draws = new Float64Array(size)
  const add = (): number => {
    axis.push(-1)
    threshold.push(0)
    return left.push(0) - 1
  }
  const meanOf = (from: number, to: number): number => {
    let sum = 0
    for (let at = from; at < to; at += 1) sum += values[members[at]!]!
    return sum / (to - from)
  }
  function split(node: number, from: number, to: number, depth: number): void {
    threshold[node] = meanOf(from, to)
    if (to - from < 2 * leastInLeaf || depth >= deepest) return
    fillUniform(draws, key, node)
    const cut = bestCut(from, to)
    if (!cut) return
    let middle = from
    for (let at = from; at < to; at += 1) {
      const member = members[at]!
      if (cells[member * size + cut.axis]! > cut.at) continue
      members[at] = members[middle]!
      members[middle++] = member
    }
    axis[node] = cut.axis
    threshold[node] = cut.at
    const first = add()
    add()
    left[node] = first
    split(first, from, middle, depth + 1)
    split(first + 1, middle, to, depth + 1)
  }
  /** One random threshold for each parameter; the one that parts the values best. */
  function bestCut(from: number, to: number): { axis: number; at: number } | null {
    let best: { axis: number; at: number } | null = null
    let most = 1e-12
    for (let k = 0; k < size; k += 1) {
      let [low, high] = [Infinity, -Infinity]
      for (let at = from; at < to; at += 1) {
        const x = cells[members[at]! * size + k]!
        if (x < low) low = x
        if (x > high) high = x
      }
      if (!(high > low)) continue
      const cut = low + draws[k]! * (high - low)
      let [count, sum, total] = [0, 0, 0]
      for (let at = from; at < to; at += 1) {
        const value = values[members[at]!]!
        total += value
        if (cells[members[at]! * size + k]! > cut) continue
        count += 1
        sum += value
      }
      const others = to - from - count
      if (count < leastInLeaf || others < leastInLeaf) continue
      const gain = (count * others * (sum / count - (total - sum) / others) ** 2) / (to - from)
      if (gain > most) {
        most = gain
        best = { axis: k, at: cut }
      }
    }
    return best
  }
  split(add(), 0, members.length, 0)
  return { axis: Int32Array.from(axis), threshold: Float64Array.from(threshold), left: Int32Array.from(left) }
}

function predict({ axis, threshold, left }: Tree, { cells, size }: Table, row: number, shuffled: number, other: number): number {
  let node = 0
  while (axis[node]! >= 0) {
    const k = axis[node]!
    const x = cells[(k === shuffled ? other : row) * size + k]!
    node = left[node]! + Number(x > threshold[node]!)
  }
  return threshold[node]!
}

function addRise(tree: Tree, table: Table, values: Float64Array, unseen: Int32Array, key: Key, rise: Float64Array): void {
  const used = new Set(tree.axis)
  let plain = 0
  for (const row of unseen) plain += (predict(tree, table, row, -1, row) - values[row]!) ** 2
  for (let k = 0; k < rise.length; k += 1) {
    if (!used.has(k)) continue
    const order = permutation(unseen.length, key, k)
    let error = 0
    for (let at = 0; at < unseen.length; at += 1) error += (predict(tree, table, unseen[at]!, k, unseen[order[at]!]!) - values[unseen[at]!]!) ** 2
    rise[k]! += error - plain
  }
}
