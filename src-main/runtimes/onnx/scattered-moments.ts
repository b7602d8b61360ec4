import { quadraticLength } from '../../graph/quadratic'
import { does } from './row-math'
import { type MemoryLayout, compileModule, get, ops, set, signed, types, unsigned, vector } from './wasm-module'

/*
 * Σ_n r_nk (1, x, x_i x_j) of a block of rows most of whose responsibilities r_nk are 0. Components far apart, which is the rule where columns
 * are many, leave a row to one of them and the others none of it to the last digit; a product of all rows with all components then adds zeros
 * for most of its time. Here the rows of each component are gathered and their outer products added in tiles that stay in registers. Nothing
 * is left out but terms that are exactly 0.
 */

/** Tiles are squares of four columns, eight vectors. */
const side = 4
const tileBytes = 8 * side * side

/** Up to this share of the responsibilities the sums are found faster so than by a product of matrices; measured at 64 columns, 16 components. */
const largestShare = 0.3

export interface MomentShape {
  rows: number
  columns: number
  components: number
}

interface Places {
  addresses: number
  weights: number
  left: number
  right: number
  tiles: number
  linear: number
}

const padded = (columns: number): number => side * Math.ceil(columns / side)
const tilesOf = (columns: number): number => (padded(columns) / side) * (padded(columns) / side + 1) * 0.5

export class ScatteredMoments {
  readonly #places: Places
  #addresses!: Int32Array
  #weights!: Float64Array
  #tiles!: Float64Array
  #linear!: Float64Array
  #kernel!: (rows: number, addresses: number, weights: number, tiles: number, linear: number) => void
  readonly #counts: Int32Array
  readonly #total: Float64Array

  constructor(
    readonly shape: MomentShape,
    layout: MemoryLayout,
  ) {
    const { rows, columns, components } = shape
    const width = padded(columns)
    this.#places = {
      addresses: layout.take(4 * components * rows),
      weights: layout.take(8 * components * rows),
      left: layout.take(8 * rows * width),
      right: layout.take(8 * rows * width),
      tiles: layout.take(tileBytes * tilesOf(columns) * components),
      linear: layout.take(8 * width * components),
    }
    this.#counts = new Int32Array(components)
    this.#total = new Float64Array(components)
  }

  /** To be called once, when the memory is there. */
  open(memory: WebAssembly.Memory): void {
    const { rows, columns, components } = this.shape
    const { addresses, weights, tiles, linear } = this.#places
    this.#addresses = new Int32Array(memory.buffer, addresses, components * rows)
    this.#weights = new Float64Array(memory.buffer, weights, components * rows)
    this.#tiles = new Float64Array(memory.buffer, tiles, (tileBytes / 8) * tilesOf(columns) * components)
    this.#linear = new Float64Array(memory.buffer, linear, padded(columns) * components)
    this.#kernel = compileModule([types.i32, types.i32, types.i32, types.i32, types.i32], momentCode(columns, this.#places), memory)
  }

  clear(): void {
    this.#tiles.fill(0)
    this.#linear.fill(0)
    this.#total.fill(0)
  }

  /**
   * Adds the moments of a block; false, and nothing added, where too few responsibilities are 0.
   *
   * @param x                 address of the rows
   * @param responsibilities  [rows, components]
   */
  add(x: number, responsibilities: Float64Array): boolean {
    if (!this.#gather(x, responsibilities)) return false
    const { rows, columns, components } = this.shape
    const { addresses, weights, tiles, linear } = this.#places
    for (let k = 0; k < components; k += 1) {
      const count = this.#counts[k]!
      if (count === 0) continue
      this.#kernel(count, addresses + 4 * k * rows, weights + 8 * k * rows, tiles + tileBytes * tilesOf(columns) * k, linear + 8 * padded(columns) * k)
      for (let index = k * rows; index < k * rows + count; index += 1) this.#total[k]! += this.#weights[index]!
    }
    return true
  }

  /** Which rows each component has a share of. */
  #gather(x: number, responsibilities: Float64Array): boolean {
    const { rows, columns, components } = this.shape
    const [counts, addresses, weights] = [this.#counts, this.#addresses, this.#weights]
    let left = Math.floor(largestShare * rows * components)
    counts.fill(0)
    for (let row = 0, at = 0, from = x; row < rows; row += 1, from += 8 * columns) {
      for (let k = 0; k < components; k += 1, at += 1) {
        const share = responsibilities[at]!
        if (share === 0) continue
        if (left === 0) return false
        left -= 1
        const place = k * rows + counts[k]!
        counts[k]! += 1
        addresses[place] = from
        weights[place] = share
      }
    }
    return true
  }

  /** Adds the sums to moments [components, 1 + D + D(D+1)/2]. */
  addTo(moments: Float64Array): void {
    const { columns, components } = this.shape
    const [across, size] = [padded(columns) / side, tilesOf(columns) * side * side]
    for (let k = 0; k < components; k += 1) {
      let at = k * quadraticLength(columns)
      moments[at++]! += this.#total[k]!
      for (let i = 0; i < columns; i += 1) moments[at++]! += this.#linear[k * padded(columns) + i]!
      for (let i = 0; i < columns; i += 1) {
        const down = Math.floor(i / side)
        const first = k * size + side * side * (down * across - (down * (down - 1)) / 2 - down) + side * (i % side)
        for (let j = i; j < columns; j += 1) moments[at++]! += this.#tiles[first + side * side * Math.floor(j / side) + (j % side)]!
      }
    }
  }
}

const [count, addresses, weights, tiles, linear] = [0, 1, 2, 3, 4] as const
/** Integers after the parameters, then vectors. */
const [remaining, from, to, down, across, left, right] = [5, 6, 7, 8, 9, 10, 11] as const
const [weight, value, first, second] = [12, 13, 14, 15] as const
const sums = Array.from({ length: 8 }, (_, index) => 16 + index)

const at = (offset: number): number[] => [3, ...unsigned(offset)]
const constant = (value: number): number[] => [ops.i32Const, ...signed(value)]
const moved = (local: number, by: number): number[] => [...get(local), ...constant(by), ops.i32Add, ...set(local)]
const loop = (body: readonly number[]): number[] => [ops.loop, 0x40, ...body, ops.branchIf, 0, ops.end]
/** Leaves whether a counter has come down to something else than 0. */
const countedDown = (local: number): number[] => [...get(local), ...constant(-1), ops.i32Add, ops.localTee, ...unsigned(local)]
const movedUpTo = (local: number, by: number, end: number): number[] => [
  ...[...get(local), ...constant(by), ops.i32Add, ops.localTee, ...unsigned(local)],
  ...[...constant(end), ops.i32NotEqual],
]

/** Locals and code of one component: `count` rows at `addresses`, their `weights`, and where their sums are added to. */
function momentCode(columns: number, places: Places): number[] {
  const bytes = 8 * padded(columns)
  return [
    ...vector([[7, types.i32], [12, types.v128]]),
    ...gatherCode(columns, bytes, places),
    ...[...constant(0), ...set(down)],
    ...loop([
      ...[...get(down), ...set(across)],
      ...loop([...tileCode(bytes, places), ...moved(tiles, tileBytes), ...movedUpTo(across, 8 * side, bytes)]),
      ...movedUpTo(down, 8 * side, bytes),
    ]),
    ops.end,
  ]
}

/** Rows side by side, and beside them the same times their weights; the linear sums on the way. */
function gatherCode(columns: number, bytes: number, places: Places): number[] {
  const row: number[] = []
  for (let offset = 0; offset < 8 * columns; offset += 16) {
    row.push(...get(to), ...get(from), ...does('load'), ...at(offset), ops.localTee, ...unsigned(value), ...does('store'), ...at(places.right + offset))
    row.push(...get(to), ...get(value), ...get(weight), ...does('multiply'), ops.localTee, ...unsigned(value), ...does('store'), ...at(places.left + offset))
    row.push(...get(linear), ...get(linear), ...does('load'), ...at(offset), ...get(value), ...does('add'), ...does('store'), ...at(offset))
  }
  return [
    ...[...get(count), ...set(remaining), ...constant(0), ...set(to)],
    ...loop([
      ...[...get(addresses), ops.i32Load, 2, 0, ...set(from), ...get(weights), ...does('loadSplat'), ...at(0), ...set(weight)],
      ...row,
      ...[...moved(addresses, 4), ...moved(weights, 8), ...moved(to, bytes), ...countedDown(remaining)],
    ]),
  ]
}

/** One tile: Σ over the rows of the columns from `down` on, weighted, times those from `across` on. */
function tileCode(bytes: number, places: Places): number[] {
  const products = Array.from({ length: side }, (_, index) => {
    const times = (sum: number, factor: number): number[] => [...get(value), ...get(factor), ...get(sum), ...does('multiplyAdd'), ...set(sum)]
    return [...get(left), ...does('loadSplat'), ...at(places.left + 8 * index), ...set(value), ...times(sums[2 * index]!, first), ...times(sums[2 * index + 1]!, second)]
  })
  const taken = (local: number, offset: number): number[] => [...get(right), ...does('load'), ...at(places.right + offset), ...set(local)]
  return [
    ...sums.flatMap((sum, index) => [...get(tiles), ...does('load'), ...at(16 * index), ...set(sum)]),
    ...[...get(down), ...set(left), ...get(across), ...set(right), ...get(count), ...set(remaining)],
    ...loop([...taken(first, 0), ...taken(second, 16), ...products.flat(), ...moved(left, bytes), ...moved(right, bytes), ...countedDown(remaining)]),
    ...sums.flatMap((sum, index) => [...get(tiles), ...get(sum), ...does('store'), ...at(16 * index)]),
  ]
}
