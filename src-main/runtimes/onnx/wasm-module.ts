/** Writes WebAssembly modules: one function `run` over an imported memory. */

export const types = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const
export const ops = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Load: 0x28,
  f64Load: 0x2b,
  f64Store: 0x39,
  i32Const: 0x41,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32Equal: 0x46,
  i32NotEqual: 0x47,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Multiply: 0x6c,
  i32Shl: 0x74,
  f64Mul: 0xa2,
  simd: 0xfd,
} as const

/** Instructions after the prefix `simd`, on two float64 or two int64. */
export const simd = {
  load: 0x00,
  loadSplat: 0x0a,
  store: 0x0b,
  constant: 0x0c,
  andNot: 0x4f,
  and: 0x4e,
  or: 0x50,
  not: 0x4d,
  select: 0x52,
  loadLane: 0x57,
  storeLane: 0x5b,
  loadZero: 0x5d,
  equal: 0x47,
  less: 0x49,
  greater: 0x4a,
  greaterOrEqual: 0x4c,
  shiftLeft: 0xcb,
  shiftRight: 0xcd,
  addIntegers: 0xce,
  abs: 0xec,
  negate: 0xed,
  sqrt: 0xef,
  add: 0xf0,
  subtract: 0xf1,
  multiply: 0xf2,
  divide: 0xf3,
  minimum: 0xf4,
  maximum: 0xf5,
  /** b where a < b, else a. */
  larger: 0xf7,
  /** a·b + c, rounded once where the processor can: the same bits on the same machine. */
  multiplyAdd: 0x107,
  /** c − a·b in the same way. */
  subtractProduct: 0x108,
} as const

export function unsigned(value: number): number[] {
  const bytes = []
  let rest = value
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    bytes.push(rest > 0 ? byte | 0x80 : byte)
  } while (rest > 0)
  return bytes
}

/** A constant of the instruction i32.const, which is written signed. */
export function signed(value: number): number[] {
  const bytes = []
  let rest = value
  for (;;) {
    const byte = rest & 0x7f
    rest >>= 7
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)
    bytes.push(done ? byte : byte | 0x80)
    if (done) return bytes
  }
}

export const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (id: number, body: readonly number[]): number[] => [id, ...unsigned(body.length), ...body]
const text = (value: string): number[] => vector([...new TextEncoder().encode(value)].map((byte) => [byte]))

export const get = (local: number): number[] => [ops.localGet, ...unsigned(local)]
export const set = (local: number): number[] => [ops.localSet, ...unsigned(local)]

/**
 * @param parameters  types of the parameters of `run`
 * @param body        locals and instructions, without their length
 */
export function compileModule<F>(parameters: readonly number[], body: readonly number[], memory: WebAssembly.Memory): F {
  const code = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector(parameters.map((type) => [type])), 0]])),
    ...section(2, vector([[...text('host'), ...text('memory'), 2, 0, 0]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...text('run'), 0, 0]])),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ])
  return new WebAssembly.Instance(new WebAssembly.Module(code), { host: { memory } }).exports['run'] as F
}

/** Arrays in one WebAssembly memory, each starting at a multiple of 64 bytes and padded to one. */
export class KernelMemory {
  readonly memory: WebAssembly.Memory
  #next = 64

  /** @param sizes  bytes of each array that will be asked for */
  constructor(sizes: readonly number[]) {
    const bytes = sizes.reduce((sum, size) => sum + KernelMemory.#padded(size), 64)
    const pages = Math.ceil(bytes / 65536)
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  }

  static #padded(bytes: number): number {
    return Math.ceil(bytes / 64) * 64
  }

  #take(bytes: number): number {
    const start = this.#next
    this.#next += KernelMemory.#padded(bytes)
    return start
  }

  float32(size: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.#take(4 * size), size)
  }

  float64(size: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.#take(8 * size), size)
  }
}

/** Gives out addresses, multiples of 64, before the memory that they lie in is made. */
export class MemoryLayout {
  #next = 64

  take(bytes: number): number {
    const start = this.#next
    this.#next += Math.ceil(bytes / 64) * 64
    return start
  }

  finish(): WebAssembly.Memory {
    const pages = Math.ceil(this.#next / 65536)
    return new WebAssembly.Memory({ initial: pages, maximum: pages })
  }
}
