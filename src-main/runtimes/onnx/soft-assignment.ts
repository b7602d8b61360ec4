import type { SoftAssignment } from '../../graph/runtime'
import { integer } from './row-positions'
import { KernelWriter, does } from './row-math'
import { MemoryLayout, compileModule, get, ops, set, unsigned } from './wasm-module'

/*
 * One pass of EM over few rows, again and again: with linear forms a_nk = Σ_j features_jn natural_jk, the sums Σ_n r_nk features_jn, where
 * r_nk = weight_n exp(a_nk)/Σ_k exp(a_nk), and Σ_n weight_n log Σ_k exp(a_nk). Rows lie side by side, two to a vector, and every loop keeps
 * its sums in registers; nothing is allocated, and a call takes no longer than the arithmetic.
 */

/** Components whose forms are summed at once, and tiles of components × features in the sums over rows. */
const formsAtOnce = 6
const tile = { components: 4, features: 3 }
/** Two vectors of two rows each. */
const rowsAtOnce = 4

const bytes = 8
const at = (offset: number): number[] => [3, ...unsigned(offset)]
const load = (address: readonly number[], offset: number): number[] => [...address, ...does('load'), ...at(offset)]
const splat = (address: readonly number[], offset: number): number[] => [...address, ...does('loadSplat'), ...at(offset)]
const store = (address: readonly number[], offset: number, value: readonly number[]): number[] => [...address, ...value, ...does('store'), ...at(offset)]

interface Shape {
  /** A multiple of `rowsAtOnce`. */
  rows: number
  /** A multiple of the tile's. */
  features: number
  components: number
}

/** Addresses in bytes. */
interface Places {
  features: number
  weight: number
  natural: number
  shares: number
  sums: number
  total: number
}

/** Counts an integer local up to `end` around `body`. */
const loop = (local: number, step: number, end: number, body: readonly number[]): number[] => [
  ...integer(0),
  ...set(local),
  ...[ops.loop, 0x40],
  ...body,
  ...[...get(local), ...integer(step), ops.i32Add, ops.localTee, ...unsigned(local)],
  ...[...integer(end), ops.i32NotEqual, ops.branchIf, 0, ops.end],
]

const groupsOf = (count: number, size: number): number[][] =>
  Array.from({ length: Math.ceil(count / size) }, (_, group) => Array.from({ length: Math.min(size, count - group * size) }, (_unused, index) => group * size + index))

class SoftAssignmentKernel {
  readonly #writer = new KernelWriter()
  readonly #row = this.#writer.integer()
  readonly #feature = this.#writer.integer()
  readonly #coefficient = this.#writer.integer()

  constructor(
    readonly shape: Shape,
    readonly places: Places,
  ) {}

  body(): number[] {
    return this.#writer.finish([...this.#shares(), ...this.#sums()])
  }

  /** The linear forms of four rows, from the constant feature on: a vector of two rows for each half and component. */
  #forms(code: number[]): number[][][] {
    const { rows, features, components } = this.shape
    const { places } = this
    const forms: number[][][] = [[], []]
    for (const group of groupsOf(components, formsAtOnce)) {
      const sums = group.map(() => [this.#writer.vector(), this.#writer.vector()])
      for (const [index, k] of group.entries()) for (const local of sums[index]!) code.push(...splat(integer(0), places.natural + bytes * k), ...set(local))
      const inside: number[] = []
      const here = [...get(this.#feature), ...get(this.#row), ops.i32Add]
      const halves = [0, 16].map((half) => this.#writer.keep(load(here, places.features + bytes * rows + half), inside))
      for (const [index, k] of group.entries()) {
        const factor = this.#writer.keep(splat(get(this.#coefficient), places.natural + bytes * (components + k)), inside)
        for (const [half, local] of sums[index]!.entries()) inside.push(...halves[half]!, ...factor, ...get(local), ...does('multiplyAdd'), ...set(local))
      }
      inside.push(...get(this.#coefficient), ...integer(bytes * components), ops.i32Add, ...set(this.#coefficient))
      code.push(...integer(0), ...set(this.#coefficient), ...loop(this.#feature, bytes * rows, bytes * rows * (features - 1), inside))
      for (const [first, second] of sums) {
        forms[0]!.push(get(first!))
        forms[1]!.push(get(second!))
      }
    }
    return forms
  }

  /** Responsibilities times weights, [components, rows], and the sum of the logarithms. */
  #shares(): number[] {
    const { rows, components } = this.shape
    const { places } = this
    const inside: number[] = []
    const logs: number[][] = []
    for (const [half, forms] of this.#forms(inside).entries()) {
      const largest = this.#writer.keep(forms.reduce((most, form) => [...most, ...form, ...does('larger')]), inside)
      const shifted = forms.map((form) => this.#writer.keep(this.#writer.exp(this.#writer.keep([...form, ...largest, ...does('subtract')], inside), false), inside))
      const total = this.#writer.keep(shifted.reduce((sum, value) => [...sum, ...value, ...does('add')]), inside)
      const weight = this.#writer.keep(load(get(this.#row), places.weight + 16 * half), inside)
      const share = this.#writer.keep([...weight, ...total, ...does('divide')], inside)
      for (let k = 0; k < components; k += 1) {
        inside.push(...store(get(this.#row), places.shares + bytes * rows * k + 16 * half, [...shifted[k]!, ...share, ...does('multiply')]))
      }
      logs.push(this.#writer.keep([...this.#writer.log(total), ...largest, ...does('add'), ...weight, ...does('multiply')], inside))
    }
    const sum = this.#writer.vector()
    inside.push(...get(sum), ...logs[0]!, ...logs[1]!, ...does('add'), ...does('add'), ...set(sum))
    return [...this.#writer.constant(0), ...set(sum), ...loop(this.#row, bytes * rowsAtOnce, bytes * rows, inside), ...store(integer(0), places.total, get(sum))]
  }

  /** Σ_n shares features, two halves to an element: [components, features]. */
  #sums(): number[] {
    const { rows, features, components } = this.shape
    const { places } = this
    const body: number[] = []
    for (const group of groupsOf(components, tile.components)) {
      const tiles = group.map(() => Array.from({ length: tile.features }, () => this.#writer.vector()))
      for (const local of tiles.flat()) body.push(...this.#writer.constant(0), ...set(local))
      const inside: number[] = []
      const here = [...get(this.#feature), ...get(this.#row), ops.i32Add]
      const values = Array.from({ length: tile.features }, (_, index) => this.#writer.keep(load(here, places.features + bytes * rows * index), inside))
      for (const [index, k] of group.entries()) {
        const share = this.#writer.keep(load(get(this.#row), places.shares + bytes * rows * k), inside)
        for (const [which, local] of tiles[index]!.entries()) inside.push(...share, ...values[which]!, ...get(local), ...does('multiplyAdd'), ...set(local))
      }
      body.push(...loop(this.#row, 16, bytes * rows, inside))
      for (const [index, k] of group.entries()) {
        for (const [which, local] of tiles[index]!.entries()) {
          body.push(...store(get(this.#coefficient), places.sums + 16 * (k * features + which), get(local)))
        }
      }
    }
    body.push(...get(this.#coefficient), ...integer(16 * tile.features), ops.i32Add, ...set(this.#coefficient))
    const step = bytes * rows * tile.features
    return [...integer(0), ...set(this.#coefficient), ...loop(this.#feature, step, bytes * rows * features, body)]
  }
}

/** See `Runtime.softAssignment`. */
export function softAssignment(features: Float64Array, weight: Float64Array, components: number): SoftAssignment {
  const given = features.length / weight.length
  const shape: Shape = {
    rows: Math.ceil(weight.length / rowsAtOnce) * rowsAtOnce,
    features: Math.ceil(given / tile.features) * tile.features,
    components,
  }
  const layout = new MemoryLayout()
  const places: Places = {
    features: layout.take(bytes * shape.features * shape.rows),
    weight: layout.take(bytes * shape.rows),
    natural: layout.take(bytes * shape.features * components),
    shares: layout.take(bytes * components * shape.rows),
    sums: layout.take(2 * bytes * components * shape.features),
    total: layout.take(2 * bytes),
  }
  const memory = layout.finish()
  const view = (address: number, length: number): Float64Array => new Float64Array(memory.buffer, address, length)
  for (let feature = 0; feature < given; feature += 1) {
    view(places.features + bytes * feature * shape.rows, weight.length).set(features.subarray(feature * weight.length, (feature + 1) * weight.length))
  }
  view(places.weight, weight.length).set(weight)
  const run = compileModule<() => void>([], new SoftAssignmentKernel(shape, places).body(), memory)
  const halves = view(places.sums, 2 * components * shape.features)
  const total = view(places.total, 2)
  return {
    natural: view(places.natural, given * components),
    sum(sums) {
      run()
      for (let k = 0, index = 0; k < components; k += 1) {
        for (let place = 2 * k * shape.features, end = place + 2 * given; place < end; place += 2, index += 1) sums[index] = halves[place]! + halves[place + 1]!
      }
      return total[0]! + total[1]!
    },
    shares() {
      const shares = new Float64Array(components * weight.length)
      for (let k = 0; k < components; k += 1) shares.set(view(places.shares + bytes * k * shape.rows, weight.length), k * weight.length)
      return shares
    },
  }
}
