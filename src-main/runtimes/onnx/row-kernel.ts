import type { Tensor } from '../../graph/tensor'
import { type Item, type Nest, type Operand, type Reduction, RowLoops, innerSize } from './row-loops'
import { KernelWriter, does } from './row-math'
import { type MemoryLayout, get, ops, set, unsigned, signed } from './wasm-module'

/*
 * The code of a kernel: for two rows at a time, one in each half of a vector, its nests of loops. What one nest leaves to the next lies in
 * scratch memory, a vector to an element; sums over rows have a vector each, whose halves are added when all rows are through. The order
 * of all sums is fixed, so that the same rows give the same bits.
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

const aligned = 3
const at = (offset: number): number[] => [aligned, ...unsigned(offset)]
const lane = (instruction: 'loadLane' | 'storeLane', offset: number, which: number): number[] => [...does(instruction), ...at(offset), which]
const integer = (value: number): number[] => [ops.i32Const, ...signed(value)]

export class RowKernel {
  readonly #writer = new KernelWriter()
  /** The first of the two rows, and eight times it. */
  readonly #row = this.#writer.integer()
  readonly #mask: number[]
  readonly #maskLocal = this.#writer.vector()
  /** Bytes from the first row of an array to the present one, by bytes per row. */
  readonly #offsets = new Map<number, number>()
  readonly #scratch = new Map<Tensor, number>()
  #registers = new Map<string, number[]>()

  constructor(
    readonly rows: number,
    readonly nodes: readonly Tensor[],
    readonly isRows: (tensor: Tensor) => boolean,
    readonly addresses: Addresses,
    readonly layout: MemoryLayout,
  ) {
    this.#mask = rows % 2 === 1 ? get(this.#maskLocal) : []
  }

  /** Locals and instructions of `run`. */
  body(): number[] {
    const nests = new RowLoops(this.isRows).nests(this.nodes)
    const read = new Set(nests.flatMap((nest) => nest.items.flatMap(({ operands }) => operands.map(({ tensor }) => tensor))))
    for (const { items } of nests) {
      for (const { node, reduction } of items) {
        if (read.has(node) && !reduction?.overRows) this.#scratch.set(node, this.layout.take(16 * innerSize(node, this.isRows(node))))
      }
    }
    const inside = nests.flatMap((nest) => (nest.features ? this.#features(nest.items[0]!) : this.#nest(nest)))
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

  /** With an odd number of rows the last one has a companion that must not count. */
  #maskCode(): number[] {
    if (this.rows % 2 === 0) return []
    const isLast = [...get(this.#row), ...integer(this.rows - 1), ops.i32Equal]
    return [...isLast, ...integer(4), ops.i32Shl, ...does('load'), ...at(this.addresses.masks), ...set(this.#maskLocal)]
  }

  #offset(bytes: number): number[] {
    const local = this.#offsets.get(bytes) ?? this.#writer.integer()
    this.#offsets.set(bytes, local)
    return get(local)
  }

  #bytesPerRow = (tensor: Tensor): number => 8 * innerSize(tensor, true)

  /** 1, x, then x_i x_j for i ≤ j, of a row. */
  #features({ node, operands: [source] }: Item): number[] {
    const columns = node.inputs[0]!.shape[1]!
    const code: number[] = []
    const x = Array.from({ length: columns }, (_, column) => this.#writer.keep(this.#load(source!.tensor, integer(8 * column)), code))
    const values = [this.#writer.constant(1), ...x]
    for (let i = 0; i < columns; i += 1) for (let j = i; j < columns; j += 1) values.push([...x[i]!, ...x[j]!, ...does('multiply')])
    for (const [index, value] of values.entries()) code.push(...this.#leave(node, integer(8 * index), this.#writer.keep(value, code)))
    return code
  }

  #nest({ lengths, items }: Nest): number[] {
    this.#registers = new Map()
    const counters = lengths.map(() => this.#writer.integer())
    const accumulators = new Map<Tensor, number>()
    const loaded = new Set<string>()
    const position = (strides: readonly number[]): number[] => {
      const parts = counters.flatMap((counter, index) => (strides[index] === 0 ? [] : [strides[index] === 1 ? get(counter) : [...get(counter), ...integer(strides[index]!), ops.i32Multiply]]))
      return parts.length === 0 ? integer(0) : parts.flatMap((part, index) => (index === 0 ? part : [...part, ops.i32Add]))
    }
    const own = new Set(items.filter(({ reduction }) => !reduction).map(({ node }) => node))

    const loads = (depth: number): number[] => {
      const code: number[] = []
      for (const { operands } of items) {
        for (const { tensor, strides } of operands) {
          const key = this.#key(tensor, strides)
          const last = strides.reduce((deepest, stride, index) => (stride !== 0 ? index + 1 : deepest), 0)
          if (own.has(tensor) || loaded.has(key) || last !== depth) continue
          loaded.add(key)
          this.#registers.set(key, this.#writer.keep(this.#load(tensor, position(strides)), code))
        }
      }
      return code
    }
    const value = ({ tensor, strides }: Operand): number[] => (own.has(tensor) ? this.#registers.get(this.#key(tensor, []))! : this.#registers.get(this.#key(tensor, strides))!)

    const compute = (item: Item): number[] => {
      const { node, operands, reduction } = item
      const code: number[] = []
      const computed = this.#writer.keep(this.#compute(node, operands.map(value)), code)
      if (!reduction) {
        this.#registers.set(this.#key(node, []), computed)
        return [...code, ...this.#leave(node, position(dense(lengths)), computed)]
      }
      if (reduction.kept === lengths.length) return [...code, ...this.#finish(node, reduction, position(dense(lengths)), computed)]
      const accumulator = accumulators.get(node)!
      return [...code, ...get(accumulator), ...computed, ...does(reduction.with === 'sum' ? 'add' : 'larger'), ...set(accumulator)]
    }

    const emit = (depth: number): number[] => {
      const reduced = items.filter(({ reduction }) => reduction && reduction.kept === depth && depth < lengths.length)
      const code = loads(depth)
      for (const { node, reduction } of reduced) {
        const local = this.#writer.vector()
        accumulators.set(node, local)
        code.push(...this.#writer.constant(reduction!.with === 'sum' ? 0 : -Infinity), ...set(local))
      }
      if (depth === lengths.length) return [...code, ...items.flatMap(compute)]
      const counter = counters[depth]!
      code.push(...integer(0), ...set(counter), ops.loop, 0x40, ...emit(depth + 1))
      code.push(...get(counter), ...integer(8), ops.i32Add, ops.localTee, ...unsigned(counter), ...integer(8 * lengths[depth]!), ops.i32NotEqual, ops.branchIf, 0, ops.end)
      const kept = position([...dense(lengths.slice(0, depth)), ...lengths.slice(depth).map(() => 0)])
      for (const { node, reduction } of reduced) code.push(...this.#finish(node, reduction!, kept, get(accumulators.get(node)!)))
      return code
    }
    return emit(0)
  }

  #identity = new Map<Tensor, number>()
  #key(tensor: Tensor, strides: readonly number[]): string {
    if (!this.#identity.has(tensor)) this.#identity.set(tensor, this.#identity.size)
    return `${this.#identity.get(tensor)} ${strides.join()}`
  }

  /** A vector of the element at `position` (in bytes, eight to an element) of the two rows. */
  #load(tensor: Tensor, position: readonly number[]): number[] {
    const scratch = this.#scratch.get(tensor)
    if (scratch !== undefined) return [...position, ...integer(1), ops.i32Shl, ...does('load'), ...at(scratch)]
    if (tensor.op === 'constant' && tensor.values!.length === 1) return this.#writer.constant(tensor.values![0]!)
    const fixed = this.addresses.fixed.get(tensor)
    if (fixed !== undefined) return [...position, ...does('loadSplat'), ...at(fixed)]
    const { address, transposed } = this.addresses.rows.get(tensor)!
    if (transposed) return [...this.#transposedPosition(position), ...does('load'), ...at(address)]
    const bytes = this.#bytesPerRow(tensor)
    if (bytes === 8) return [...this.#offset(8), ...does('load'), ...at(address)]
    const place = this.#writer.integer()
    return [
      ...[...this.#offset(bytes), ...position, ops.i32Add, ops.localTee, ...unsigned(place)],
      ...[...get(place), ...does('loadZero'), ...at(address), ...lane('loadLane', address + bytes, 1)],
    ]
  }

  #transposedPosition = (position: readonly number[]): number[] => [...position, ...integer(this.rows), ops.i32Multiply, ...this.#offset(8), ops.i32Add]

  /** Writes what a node has computed where it will be looked for. */
  #leave(node: Tensor, position: readonly number[], computed: readonly number[]): number[] {
    const scratch = this.#scratch.get(node)
    const code: number[] = []
    if (scratch !== undefined) code.push(...position, ...integer(1), ops.i32Shl, ...computed, ...does('store'), ...at(scratch))
    const target = this.addresses.rows.get(node)
    if (!target) return code
    if (target.transposed) return [...code, ...this.#transposedPosition(position), ...computed, ...does('store'), ...at(target.address)]
    const bytes = this.#bytesPerRow(node)
    if (bytes === 8) return [...code, ...this.#offset(8), ...computed, ...does('store'), ...at(target.address)]
    const place = [...this.#offset(bytes), ...position, ops.i32Add]
    code.push(...place, ...computed, ...lane('storeLane', target.address, 0))
    return [...code, ...place, ...computed, ...lane('storeLane', target.address + bytes, 1)]
  }

  /** The end of a reduction: its value is left, or added to the sums over rows. */
  #finish(node: Tensor, { overRows }: Reduction, position: readonly number[], computed: readonly number[]): number[] {
    if (!overRows) return this.#leave(node, position, computed)
    const sum = this.addresses.sums.get(node)!
    const place = [...position, ...integer(1), ops.i32Shl]
    const counted = this.rows % 2 === 1 ? [...computed, ...this.#mask, ...does('and')] : computed
    return [...place, ...place, ...does('load'), ...at(sum), ...counted, ...does('add'), ...does('store'), ...at(sum)]
  }

  #compute(node: Tensor, operands: readonly (readonly number[])[]): number[] {
    const [x, y, z] = operands as [number[], number[], number[]]
    const two = (instruction: Parameters<typeof does>[0]): number[] => [...x, ...y, ...does(instruction)]
    switch (node.op) {
      case 'matmul':
        return two('multiply')
      case 'reduceSum':
      case 'reduceMax':
        return x
      case 'exp':
        return this.#writer.exp(x)
      case 'log':
        return this.#writer.log(x)
      case 'square':
        return [...x, ...x, ...does('multiply')]
      case 'negate':
      case 'abs':
      case 'sqrt':
        return [...x, ...does(node.op)]
      case 'logicalNot':
        return [...x, ...does('not')]
      case 'logicalAnd':
        return two('and')
      case 'logicalOr':
        return two('or')
      case 'where':
        return [...y, ...z, ...x, ...does('select')]
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide':
      case 'minimum':
      case 'maximum':
      case 'equal':
      case 'greater':
      case 'greaterOrEqual':
        return two(node.op)
      default:
        throw new Error(`${node.op} is not computed by kernels`)
    }
  }
}

/** Strides of dense elements along loops. */
function dense(lengths: readonly number[]): number[] {
  const strides: number[] = []
  let stride = 1
  for (const length of [...lengths].reverse()) {
    strides.unshift(stride)
    stride *= length
  }
  return strides
}
