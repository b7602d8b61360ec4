import { buildProgram, type Program } from '../../graph/program'
import { quadraticLength } from '../../graph/quadratic'
import { type Executable, type Feed, type NumericArray, type RunningTotals, runningTotals } from '../../graph/runtime'
import { type Tensor, input, sizeOf } from '../../graph/tensor'
import { KernelMemory, compileModule, get, ops, set, signed, types, unsigned, vector } from './wasm-module'

/*
 * `quadraticFeatures` of an input, written by one WebAssembly loop before ONNX Runtime starts: two gathers, a product and a join of the same
 * size cost ONNX Runtime three times as much.
 */

/** Up to so many columns the loop over a row is written out; beyond, its code would be longer than it is worth. */
const mostColumns = 128

export interface FeaturePlan {
  /** The program with the features as inputs. */
  rest: Program
  features: { node: Tensor; source: Tensor; name: string }[]
}

/** Finds features of inputs in float64, or gives null. */
export function planFeatures(program: Program): FeaturePlan | null {
  const isFeature = ({ op, type, inputs: [source] }: Tensor): boolean =>
    op === 'quadraticFeatures' && type === 'float64' && source!.op === 'input' && source!.shape[1]! <= mostColumns
  const features = program.nodes
    .filter(isFeature)
    .map((node, index) => ({ node, source: node.inputs[0]!, name: `features:${index}` }))
  if (features.length === 0) return null
  const replaced = new Map<Tensor, Tensor>(features.map(({ node, name }) => [node, input(name, node.shape, node.type)]))
  for (const node of program.nodes) {
    if (replaced.has(node)) continue
    const changed = node.inputs.some((source) => replaced.get(source) !== source && replaced.has(source))
    replaced.set(node, changed ? { ...node, inputs: node.inputs.map((source) => replaced.get(source)!) } : node)
  }
  const swap = (tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, replaced.get(tensor)!]))
  return { rest: buildProgram({ name: program.name, outputs: swap(program.outputs), updates: swap(program.updates) }), features }
}

type FeatureKernel = (rows: number, from: number, to: number) => void

const load = (offset: number): number[] => [ops.simd, 0x00, 3, ...unsigned(offset)]
const loadSplat = (offset: number): number[] => [ops.simd, 0x0a, 3, ...unsigned(offset)]
const store = (offset: number): number[] => [ops.simd, 0x0b, 3, ...unsigned(offset)]
const multiply = [ops.simd, ...unsigned(0xf2)]
const float64Bytes = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)]

/** One row: 1, x, then for each i the products of x_i with x_i … x_last, two at a time. */
function rowCode(columns: number, [from, to, factor]: [number, number, number]): number[] {
  const code = [...get(to), ops.f64Const, ...float64Bytes(1), ops.f64Store, 3, 0]
  for (let column = 0; column < columns; column += 1) {
    code.push(...get(to), ...get(from), ops.f64Load, 3, ...unsigned(8 * column), ops.f64Store, 3, ...unsigned(8 * (column + 1)))
  }
  let at = 8 * (1 + columns)
  for (let i = 0; i < columns; i += 1) {
    code.push(...get(from), ...loadSplat(8 * i), ...set(factor))
    let j = i
    for (; j + 1 < columns; j += 2, at += 16) code.push(...get(to), ...get(from), ...load(8 * j), ...get(factor), ...multiply, ...store(at))
    if (j < columns) {
      const scalar = (column: number): number[] => [...get(from), ops.f64Load, 3, ...unsigned(8 * column)]
      code.push(...get(to), ...scalar(i), ...scalar(j), ops.f64Mul, ops.f64Store, 3, ...unsigned(at))
      at += 8
    }
  }
  return code
}

function compileFeatures(columns: number, memory: WebAssembly.Memory): FeatureKernel {
  const [rows, from, to, factor] = [0, 1, 2, 3] as const
  const step = (local: number, by: number): number[] => [...get(local), ops.i32Const, ...signed(by), ops.i32Add, ...set(local)]
  const body = [
    ...vector([[1, types.v128]]),
    ...[ops.block, 0x40, ops.loop, 0x40, ...get(rows), ops.i32Eqz, ops.branchIf, 1],
    ...rowCode(columns, [from, to, factor]),
    ...step(from, 8 * columns),
    ...step(to, 8 * quadraticLength(columns)),
    ...step(rows, -1),
    ...[ops.branch, 0, ops.end, ops.end, ops.end],
  ]
  return compileModule<FeatureKernel>([types.i32, types.i32, types.i32], body, memory)
}

/** Writes the features of its inputs, then lets another executable do the rest. */
export class FeatureExecutable implements Executable {
  readonly #parts: { name: string; sourceName: string; source: Float64Array; features: Float64Array; rows: number; kernel: FeatureKernel }[]
  readonly #restInputs: ReadonlySet<string>

  constructor(
    readonly program: Program,
    readonly rest: Executable,
    { features }: FeaturePlan,
  ) {
    const memory = new KernelMemory(features.flatMap(({ node, source }) => [8 * sizeOf(source.shape), 8 * sizeOf(node.shape)]))
    this.#restInputs = new Set(rest.program.inputs.map(({ name }) => name!))
    this.#parts = features.map(({ node, source, name }) => ({
      name,
      sourceName: source.name!,
      source: memory.float64(sizeOf(source.shape)),
      features: memory.float64(sizeOf(node.shape)),
      rows: source.shape[0]!,
      kernel: compileFeatures(source.shape[1]!, memory.memory),
    }))
  }

  load(state: Readonly<Record<string, NumericArray>>): void {
    this.rest.load(state)
  }

  read(): Promise<Record<string, NumericArray>> {
    return this.rest.read()
  }

  get totals(): RunningTotals {
    const totals = this.rest.totals ?? runningTotals(this.rest)
    return { ...totals, add: (feeds) => totals.add(this.#withFeatures(feeds)) }
  }

  run(feeds: Readonly<Record<string, Feed>>, keep?: (outputs: Record<string, NumericArray>) => boolean) {
    return this.rest.run(this.#withFeatures(feeds), keep)
  }

  #withFeatures(feeds: Readonly<Record<string, Feed>>): Record<string, Feed> {
    const passed: Record<string, Feed> = {}
    for (const name of this.#restInputs) if (name in feeds) passed[name] = feeds[name]!
    for (const { name, sourceName, source, features, rows, kernel } of this.#parts) {
      const given = feeds[sourceName]
      if (!(given instanceof Float64Array) || given.length !== source.length) {
        throw new Error(`${this.program.name}: ${sourceName} must be fed ${source.length} values in float64`)
      }
      source.set(given)
      kernel(rows, source.byteOffset, features.byteOffset)
      passed[name] = features
    }
    return passed
  }

  dispose(): Promise<void> {
    return this.rest.dispose()
  }
}
