import type { Tensor } from '../../graph/tensor'
import type { KernelOp, TailGroup } from './elementwise-tail'
import { compileModule, get, ops, set, types, unsigned, vector } from './wasm-module'

/*
 * A group of elementwise operators as one WebAssembly loop over four float32 at a time. The arithmetic is that of IEEE 754 in the order of
 * the program, so the results are the same on every machine.
 */

/** The kernel of a group: element count, addresses of its arrays in `group.arrays` order, values of its scalars in `group.scalars` order. */
export type Kernel = (count: number, ...addressesAndScalars: number[]) => void

const splat = [ops.simd, 0x13]
const load = [ops.simd, 0x00, 4, 0]
const store = [ops.simd, 0x0b, 4, 0]
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

const floatBytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)]

function kernelBody({ arrays, scalars, nodes, updates }: TailGroup): number[] {
  const offset = 1 + arrays.length + scalars.length
  const local = new Map<Tensor, number>(nodes.map((node, index) => [node, offset + 1 + index]))
  const address = (array: Tensor): number[] => [...get(1 + arrays.indexOf(array)), ...get(offset), ops.i32Add]

  const value = (tensor: Tensor): number[] => {
    const held = local.get(tensor)
    if (held !== undefined) return get(held)
    if (tensor.op === 'constant' && tensor.shape.length === 0) return [ops.f32Const, ...floatBytes(tensor.values![0]!), ...splat]
    if (tensor.shape.length === 0) return [...get(1 + arrays.length + scalars.indexOf(tensor)), ...splat]
    return [...address(tensor), ...load]
  }
  const compute = (node: Tensor): number[] => {
    const operands = node.op === 'square' ? [node.inputs[0]!, node.inputs[0]!] : node.inputs
    const op = node.op === 'square' ? 'multiply' : (node.op as Exclude<KernelOp, 'square'>)
    return [...operands.flatMap(value), ops.simd, ...unsigned(simdOps[op]), ...set(local.get(node)!)]
  }
  const stored = updates.flatMap(({ name, node }) => {
    const target = arrays.find((array) => array.op === 'parameter' && array.name === name)!
    return [...address(target), ...get(local.get(node)!), ...store]
  })
  return [
    ...vector([[1, types.i32], [...unsigned(nodes.length), types.v128]]),
    ...[ops.block, 0x40, ops.loop, 0x40],
    // while (offset − 4·count ≠ 0)
    ...[...get(offset), ...get(0), ops.i32Const, 2, ops.i32Shl, ops.i32Sub, ops.i32Eqz, ops.branchIf, 1],
    ...nodes.flatMap(compute),
    ...stored,
    ...[...get(offset), ops.i32Const, 16, ops.i32Add, ...set(offset), ops.branch, 0],
    ...[ops.end, ops.end, ops.end],
  ]
}

/** Compiles the kernel of a group to work in a memory; the element count it is called with must be a multiple of 4. */
export function compileKernel(group: TailGroup, memory: WebAssembly.Memory): Kernel {
  const parameters = [types.i32, ...group.arrays.map(() => types.i32), ...group.scalars.map(() => types.f32)]
  return compileModule<Kernel>(parameters, kernelBody(group), memory)
}
