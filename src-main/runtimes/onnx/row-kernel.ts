import type { Tensor } from '../../graph/tensor'
import { type Item, type Nest, type Operand, RowLoops, innerSize } from './row-loops'
import { KernelWriter, does } from './row-math'
import { computeNode } from './row-operators'
import { type Position, dense, doubled, fixedAt, integer, position, unravel } from './row-positions'
import { type MemoryLayout, get, ops, set, unsigned } from './wasm-module'

/*
 * The code of a kernel: for two rows at a time, one in each half of a vector, its nests of loops. Short nests are written out, and what
 * they leave stays in locals; what a long one leaves lies in scratch memory, a vector to an element. Sums over rows have a vector each,
 * whose halves are added when all rows are through. The order of all sums is fixed, so that the same rows give the same bits.
 */

/** Where a kernel finds and leaves its values, addresses in bytes. */
export interface Addresses {
  /** [rows, inner], or [inner, rows] where `transposed`. */
  rows: ReadonlyMap<Tensor, { address: number; transposed: boolean }>
  /** What does not depend on rows. */
  fixed: ReadonlyMap<Tensor, number>
  /** Two halves to an element. */
  sums: ReadonlyMap<Tensor, number>
  /** Two vectors: all bits set; those of the first half. */
  masks: number
}

/** Steps of a nest, and operators in all of them, up to which it is written out. */
const mostSteps = 64
const mostOperators = 512

const at = (offset: number): number[] => [3, ...unsigned(offset)]
const lane = (instruction: 'loadLane' | 'storeLane', offset: number, which: number): number[] => [...does(instruction), ...at(offset), which]
const isWrittenOut = ({ lengths, items, features }: Nest): boolean => {
  const steps = lengths.reduce((product, length) => product * length, 1)
  return features || (steps <= mostSteps && steps * items.length <= mostOperators)
}

export class RowKernel {
  readonly #writer = new KernelWriter()
  readonly #row = this.#writer.integer()
  readonly #place = this.#writer.integer()
  readonly #mask = this.#writer.vector()
  /** Bytes from the first row of an array to the present one, by bytes per row. */
  readonly #offsets = new Map<number, number>()
  readonly #scratch = new Map<Tensor, number>()
  /** Elements that are in a local, by tensor and place in its row. */
  readonly #held = new Map<Tensor, Map<number, number[]>>()

  constructor(
    readonly rows: number,
    readonly nodes: readonly Tensor[],
    readonly isRows: (tensor: Tensor) => boolean,
    readonly addresses: Addresses,
    readonly layout: MemoryLayout,
  ) {}

  /** Locals and instructions of `run`. */
  body(): number[] {
    const nests = new RowLoops(this.isRows).nests(this.nodes)
    this.#takeScratch(nests)
    const inside = nests.flatMap((nest) => {
      if (nest.features) return this.#features(nest.items[0]!)
      return isWrittenOut(nest) ? this.#writtenOut(nest) : this.#looped(nest)
    })
    const steps = [...this.#offsets].flatMap(([bytes, local]) => [...get(local), ...integer(2 * bytes), ops.i32Add, ...set(local)])
    return this.#writer.finish([
      ...[ops.loop, 0x40],
      ...this.#maskCode(),
      ...inside,
      ...steps,
      ...[...get(this.#row), ...integer(2), ops.i32Add, ops.localTee, ...unsigned(this.#row)],
      ...[...integer(2 * Math.ceil(this.rows / 2)), ops.i32NotEqual, ops.branchIf, 0],
      ops.end,
    ])
  }

  /** What loops leave to other nests, and what they take from them, lies in memory, unless it is a single element. */
  #takeScratch(nests: readonly Nest[]): void {
    for (const nest of nests) {
      for (const { node, reduction } of nest.items) {
        const size = innerSize(node, this.isRows(node))
        const readers = nests.filter((other) => other !== nest && other.items.some(({ operands }) => operands.some(({ tensor }) => tensor === node)))
        const looped = readers.some((reader) => !isWrittenOut(reader)) || (!isWrittenOut(nest) && readers.length > 0)
        if (looped && size > 1 && !reduction?.overRows) this.#scratch.set(node, this.layout.take(16 * size))
      }
    }
  }

  /** With an odd number of rows the last one has a companion that must not count. */
  #maskCode(): number[] {
    if (this.rows % 2 === 0) return []
    const isLast = [...get(this.#row), ...integer(this.rows - 1), ops.i32Equal]
    return [...isLast, ...integer(4), ops.i32Shl, ...does('load'), ...at(this.addresses.masks), ...set(this.#mask)]
  }

  #offset(bytes: number): number[] {
    const local = this.#offsets.get(bytes) ?? this.#writer.integer()
    this.#offsets.set(bytes, local)
    return get(local)
  }

  #hold(tensor: Tensor, element: number, value: number[]): void {
    const held = this.#held.get(tensor) ?? new Map<number, number[]>()
    this.#held.set(tensor, held.set(element, value))
  }

  /** An element in a local, loaded by `code` where it is not in one yet. */
  #value(tensor: Tensor, element: number, code: number[]): number[] {
    const known = this.#held.get(tensor)?.get(element)
    if (known) return known
    const value = this.#writer.keep(this.#load(tensor, fixedAt(element)), code)
    this.#hold(tensor, element, value)
    return value
  }

  /** 1, x, then x_i x_j for i ≤ j, of a row. */
  #features({ node, operands: [source] }: Item): number[] {
    const columns = node.inputs[0]!.shape[1]!
    const code: number[] = []
    const x = Array.from({ length: columns }, (_, column) => this.#value(source!.tensor, column, code))
    const values = [this.#writer.constant(1), ...x]
    for (let i = 0; i < columns; i += 1) for (let j = i; j < columns; j += 1) values.push([...x[i]!, ...x[j]!, ...does('multiply')])
    for (const [index, value] of values.entries()) {
      const kept = this.#writer.keep(value, code)
      this.#hold(node, index, kept)
      code.push(...this.#leave(node, fixedAt(index), kept))
    }
    return code
  }

  #writtenOut({ lengths, items }: Nest): number[] {
    const code: number[] = []
    const reduced = new Map<Item, Map<number, number[][]>>(items.filter(({ reduction }) => reduction).map((item) => [item, new Map()]))
    const steps = lengths.reduce((product, length) => product * length, 1)
    for (let step = 0; step < steps; step += 1) {
      const index = unravel(step, lengths)
      for (const item of items) {
        const { node, operands, reduction } = item
        const values = operands.map(({ tensor, strides }) => this.#value(tensor, strides.reduce((sum, stride, loop) => sum + stride * index[loop]!, 0), code))
        if (!reduction) {
          const kept = this.#writer.keep(computeNode(this.#writer, node, values), code)
          this.#hold(node, step, kept)
          code.push(...this.#leave(node, fixedAt(step), kept))
          continue
        }
        const inner = lengths.slice(reduction.kept).reduce((product, length) => product * length, 1)
        const place = Math.floor(step / inner)
        if (inner === 1) code.push(...this.#finish(item, fixedAt(place), values))
        else {
          const groups = reduced.get(item)!
          groups.set(place, [...(groups.get(place) ?? []), ...(node.op === 'matmul' ? values : [computeNode(this.#writer, node, values)])])
        }
      }
    }
    for (const [item, groups] of reduced) {
      for (const [place, values] of groups) {
        const whole = this.#writer.keep(item.node.op === 'matmul' ? productSum(values) : this.#combined(values, item.reduction!.with), code)
        code.push(...this.#finish(item, fixedAt(place), [whole], true))
      }
    }
    return code
  }

  /** Sum or maximum of values, halves first, so that none waits for all others. */
  #combined(values: readonly number[][], how: 'sum' | 'max'): number[] {
    if (values.length === 1) return values[0]!
    const half = values.length >> 1
    return [...this.#combined(values.slice(0, half), how), ...this.#combined(values.slice(half), how), ...does(how === 'sum' ? 'add' : 'larger')]
  }

  #looped({ lengths, items }: Nest): number[] {
    const counters = lengths.map(() => this.#writer.integer())
    const accumulators = new Map<Item, number>()
    const registers = new Map<string, number[]>()
    const own = new Set(items.filter(({ reduction }) => !reduction).map(({ node }) => node))
    const here = position(counters, dense(lengths))
    const value = ({ tensor, strides }: Operand): number[] => registers.get(own.has(tensor) ? this.#key(tensor, []) : this.#key(tensor, strides))!

    const loads = (depth: number): number[] => {
      const code: number[] = []
      for (const { tensor, strides } of items.flatMap(({ operands }) => operands)) {
        const key = this.#key(tensor, strides)
        const last = strides.reduce((deepest, stride, index) => (stride !== 0 ? index + 1 : deepest), 0)
        if (own.has(tensor) || registers.has(key) || last !== depth) continue
        registers.set(key, last === 0 ? this.#value(tensor, 0, code) : this.#writer.keep(this.#load(tensor, position(counters, strides)), code))
      }
      return code
    }
    const compute = (item: Item): number[] => {
      const { node, operands, reduction } = item
      const values = operands.map(value)
      if (reduction?.kept === lengths.length) return this.#finish(item, here, values)
      const code: number[] = []
      if (!reduction) {
        const computed = this.#writer.keep(computeNode(this.#writer, node, values), code)
        registers.set(this.#key(node, []), computed)
        return [...code, ...this.#leave(node, here, computed)]
      }
      const accumulator = accumulators.get(item)!
      if (node.op === 'matmul') return [...values.flat(), ...get(accumulator), ...does('multiplyAdd'), ...set(accumulator)]
      return [...get(accumulator), ...computeNode(this.#writer, node, values), ...does(reduction.with === 'sum' ? 'add' : 'larger'), ...set(accumulator)]
    }
    const emit = (depth: number): number[] => {
      const ending = items.filter(({ reduction }) => reduction && reduction.kept === depth && depth < lengths.length)
      const code = loads(depth)
      for (const item of ending) {
        accumulators.set(item, this.#writer.vector())
        code.push(...this.#writer.constant(item.reduction!.with === 'sum' ? 0 : -Infinity), ...set(accumulators.get(item)!))
      }
      if (depth === lengths.length) return [...code, ...items.flatMap(compute)]
      const counter = counters[depth]!
      code.push(...integer(0), ...set(counter), ops.loop, 0x40, ...emit(depth + 1))
      code.push(...get(counter), ...integer(8), ops.i32Add, ops.localTee, ...unsigned(counter), ...integer(8 * lengths[depth]!), ops.i32NotEqual, ops.branchIf, 0, ops.end)
      const kept = position(counters, dense(lengths.slice(0, depth)))
      for (const item of ending) code.push(...this.#finish(item, kept, [get(accumulators.get(item)!)], true))
      return code
    }
    return emit(0)
  }

  #identity = new Map<Tensor, number>()
  #key(tensor: Tensor, strides: readonly number[]): string {
    if (!this.#identity.has(tensor)) this.#identity.set(tensor, this.#identity.size)
    return `${this.#identity.get(tensor)} ${strides.join()}`
  }

  /** A vector of the element at a position of the two rows. */
  #load(tensor: Tensor, position: Position): number[] {
    const scratch = this.#scratch.get(tensor)
    if (scratch !== undefined) return [...doubled(position), ...does('load'), ...at(scratch + 2 * position.offset)]
    if (tensor.op === 'constant' && tensor.values!.length === 1) return this.#writer.constant(tensor.values![0]!)
    const fixed = this.addresses.fixed.get(tensor)
    if (fixed !== undefined) return [...(position.code ?? integer(0)), ...does('loadSplat'), ...at(fixed + position.offset)]
    const { address, transposed } = this.addresses.rows.get(tensor)!
    const bytes = 8 * innerSize(tensor, true)
    if (transposed) return [...this.#acrossRows(position), ...does('load'), ...at(address + this.rows * position.offset)]
    if (bytes === 8) return [...this.#offset(8), ...does('load'), ...at(address)]
    const first = address + position.offset
    const place = [...this.#within(bytes, position), ops.localTee, ...unsigned(this.#place)]
    // The address of the second element lies below the vector that it completes.
    return [...place, ...get(this.#place), ...does('loadZero'), ...at(first), ...lane('loadLane', first + bytes, 1)]
  }

  #within = (bytes: number, { code }: Position): number[] => (code ? [...this.#offset(bytes), ...code, ops.i32Add] : this.#offset(bytes))
  #acrossRows = ({ code }: Position): number[] => (code ? [...code, ...integer(this.rows), ops.i32Multiply, ...this.#offset(8), ops.i32Add] : this.#offset(8))

  /** Writes what a node has computed where loops and other stages look for it. */
  #leave(node: Tensor, position: Position, value: readonly number[]): number[] {
    const scratch = this.#scratch.get(node)
    const code: number[] = []
    if (scratch !== undefined) code.push(...doubled(position), ...value, ...does('store'), ...at(scratch + 2 * position.offset))
    const target = this.addresses.rows.get(node)
    if (!target) return code
    const { address, transposed } = target
    if (transposed) return [...code, ...this.#acrossRows(position), ...value, ...does('store'), ...at(address + this.rows * position.offset)]
    const bytes = 8 * innerSize(node, true)
    if (bytes === 8) return [...code, ...this.#offset(8), ...value, ...does('store'), ...at(address)]
    const place = this.#within(bytes, position)
    const first = address + position.offset
    return [...code, ...place, ...value, ...lane('storeLane', first, 0), ...place, ...value, ...lane('storeLane', first + bytes, 1)]
  }

  /** The end of a reduction: its value is left, or added to the sums over rows. `values` are operands, or the value itself where `whole`. */
  #finish({ node, reduction }: Item, position: Position, values: readonly (readonly number[])[], whole = false): number[] {
    const odd = this.rows % 2 === 1
    const product = node.op === 'matmul' && !whole
    if (!reduction!.overRows) {
      const code: number[] = []
      const value = this.#writer.keep(whole ? values[0]! : computeNode(this.#writer, node, values), code)
      if (!position.code) this.#hold(node, position.offset / 8, value)
      return [...code, ...this.#leave(node, position, value)]
    }
    const sum = [...does('load'), ...at(this.addresses.sums.get(node)! + 2 * position.offset)]
    const store = [...does('store'), ...at(this.addresses.sums.get(node)! + 2 * position.offset)]
    const place = doubled(position)
    if (product && !odd) return [...place, ...values.flat(), ...place, ...sum, ...does('multiplyAdd'), ...store]
    const value = whole ? values[0]! : computeNode(this.#writer, node, values)
    return [...place, ...place, ...sum, ...value, ...(odd ? [...get(this.#mask), ...does('and')] : []), ...does('add'), ...store]
  }
}

/** Σ a_i b_i of values a_0, b_0, a_1 … */
function productSum(values: readonly (readonly number[])[]): number[] {
  let total = [...values[0]!, ...values[1]!, ...does('multiply')]
  for (let index = 2; index < values.length; index += 2) total = [...values[index]!, ...values[index + 1]!, ...total, ...does('multiplyAdd')]
  return total
}
