import type { Tensor } from '../../graph/tensor'
import type { KernelOp, TailGroup } from './elementwise-tail'

/*
 * A group of elementwise operators as one WebAssembly loop over four float32 at a time. The arithmetic is that of IEEE 754 in the order of
 * the program, so the results are the same on every machine.
 */

/** The kernel of a group: element count, addresses of its arrays in `group.arrays` order, values of its scalars in `group.scalars` order. */
export type Kernel = (count: number, ...addressesAndScalars: number[]) => void

const [i32, f32, v128] = [0x7f, 0x7d, 0x7b]
const [localGet, localSet, block, loop, branch, branchIf, end] = [0x20, 0x21, 0x02, 0x03, 0x0c, 0x0d, 0x0b]
const [i32Const, f32Const, i32Add, i32Sub, i32Eqz, i32Shl] = [0x41, 0x43, 0x6a, 0x6b, 0x45, 0x74]
const simd = 0xfd
const splat = 0x13
const simdOps: Record<Exclude<KernelOp, 'square'>, number> = {
  abs: 0xe0,
  negate: 0xe1,
  sqrt: 0xe3,
  add: 0xe4,
  subtract: 0xe5,
  multiply: 0xe6,
  divide: 0xe7,
  minimum: 0xe8,
  maximum: 0xe9,
}

function unsigned(value: number): number[] {
  const bytes = []
  let rest = value
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    bytes.push(rest > 0 ? byte | 0x80 : byte)
  } while (rest > 0)
  return bytes
}
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (id: number, body: readonly number[]): number[] => [id, ...unsigned(body.length), ...body]
const text = (value: string): number[] => vector([...new TextEncoder().encode(value)].map((byte) => [byte]))
const floatBytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)]
const load = [simd, 0x00, 4, 0]
const store = [simd, 0x0b, 4, 0]

function kernelBody(group: TailGroup): number[] {
  const { arrays, scalars, nodes, updates } = group
  const offset = 1 + arrays.length + scalars.length
  const local = new Map<Tensor, number>(nodes.map((node, index) => [node, offset + 1 + index]))
  const get = (index: number): number[] => [localGet, ...unsigned(index)]
  const address = (array: Tensor): number[] => [...get(1 + arrays.indexOf(array)), ...get(offset), i32Add]

  const value = (tensor: Tensor): number[] => {
    const held = local.get(tensor)
    if (held !== undefined) return get(held)
    if (tensor.op === 'constant' && tensor.shape.length === 0) return [f32Const, ...floatBytes(tensor.values![0]!), simd, splat]
    if (tensor.shape.length === 0) return [...get(1 + arrays.length + scalars.indexOf(tensor)), simd, splat]
    return [...address(tensor), ...load]
  }
  const compute = (node: Tensor): number[] => {
    const operands = node.op === 'square' ? [node.inputs[0]!, node.inputs[0]!] : node.inputs
    const op = node.op === 'square' ? 'multiply' : (node.op as Exclude<KernelOp, 'square'>)
    return [...operands.flatMap(value), simd, ...unsigned(simdOps[op]), localSet, ...unsigned(local.get(node)!)]
  }
  const stored = updates.flatMap(({ name, node }) => {
    const target = arrays.find((array) => array.op === 'parameter' && array.name === name)!
    return [...address(target), ...get(local.get(node)!), ...store]
  })
  const bytes = [...get(0), i32Const, 2, i32Shl]
  return [
    ...vector([[1, i32], [...unsigned(nodes.length), v128]]),
    ...[block, 0x40, loop, 0x40],
    // while (offset − 4·count ≠ 0)
    ...[...get(offset), ...bytes, i32Sub, i32Eqz, branchIf, 1],
    ...nodes.flatMap(compute),
    ...stored,
    ...[...get(offset), i32Const, 16, i32Add, localSet, ...unsigned(offset), branch, 0],
    ...[end, end, end],
  ]
}

/** Compiles the kernel of a group to work in a memory; the element count it is called with must be a multiple of 4. */
export function compileKernel(group: TailGroup, memory: WebAssembly.Memory): Kernel {
  const parameters = [[i32], ...group.arrays.map(() => [i32]), ...group.scalars.map(() => [f32])]
  const body = kernelBody(group)
  const code = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector(parameters), 0]])),
    ...section(2, vector([[...text('host'), ...text('memory'), 2, 0, 0]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...text('run'), 0, 0]])),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ])
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { host: { memory } })
  return instance.exports['run'] as Kernel
}

/** Float32 arrays in one WebAssembly memory, each starting at a multiple of 64 bytes and padded to a multiple of four elements. */
export class KernelMemory {
  readonly memory: WebAssembly.Memory
  #next = 64

  constructor(sizes: readonly number[]) {
    const bytes = sizes.reduce((sum, size) => sum + KernelMemory.#padded(size), 64)
    const pages = Math.ceil(bytes / 65536)
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  }

  static #padded(size: number): number {
    return Math.ceil((size * 4) / 64) * 64
  }

  allocate(size: number): Float32Array {
    const start = this.#next
    this.#next += KernelMemory.#padded(size)
    return new Float32Array(this.memory.buffer, start, size)
  }
}
