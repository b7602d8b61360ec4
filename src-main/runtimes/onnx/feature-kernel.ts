import { buildProgram, type Program } from '../../graph/program'
import { matmul } from '../../graph/ops'
import { quadraticLength } from '../../graph/quadratic'
import { type Executable, type Feed, type NumericArray, type RunningTotals, runningTotals } from '../../graph/runtime'
import { type Tensor, input, sizeOf } from '../../graph/tensor'
import { MemoryLayout, compileModule, get, ops, set, signed, types, unsigned, vector } from './wasm-module'

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
  /** Where the rest gives responsibilities in place of their moments: the output's name, and the product that finds it of any responsibilities. */
  moments: { name: string; responsibilities: Tensor; feature: { source: Tensor; name: string }; product: Program } | null
}

/** What a product of moments is fed with besides features. */
export const responsibilities = 'responsibilities'

/** With fewer columns a product of matrices takes no longer than finding out which responsibilities are 0. */
const fewestScattered = 32

/**
 * Finds features of inputs in float64, or gives null.
 *
 * @param apart  whether moments of many columns are taken out
 */
export function planFeatures(program: Program, apart = false): FeaturePlan | null {
  const isFeature = ({ op, type, inputs: [source] }: Tensor): boolean =>
    op === 'quadraticFeatures' && type === 'float64' && source!.op === 'input' && source!.shape[1]! <= mostColumns
  const features = program.nodes
    .filter(isFeature)
    .map((node, index) => ({ node, source: node.inputs[0]!, name: `features:${index}` }))
  if (features.length === 0) return null
  const moments = apart ? findMoments(program, features) : null
  const replaced = new Map<Tensor, Tensor>(features.map(({ node, name }) => [node, input(name, node.shape, node.type)]))
  for (const node of program.nodes) {
    if (replaced.has(node)) continue
    const changed = node.inputs.some((source) => replaced.get(source) !== source && replaced.has(source))
    replaced.set(node, changed ? { ...node, inputs: node.inputs.map((source) => replaced.get(source)!) } : node)
  }
  const swap = (tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, replaced.get(tensor)!]))
  const outputs = moments ? { ...program.outputs, [moments.name]: moments.responsibilities } : program.outputs
  return { rest: buildProgram({ name: program.name, outputs: swap(outputs), updates: swap(program.updates) }), features, moments }
}

/** An output Σ r (1, x, x_i x_j) of many columns: the rest gives r in its place, and how the sum is found depends on r. */
function findMoments(program: Program, features: FeaturePlan['features']): FeaturePlan['moments'] {
  for (const [name, { op, inputs: [left, right], attributes }] of Object.entries(program.outputs)) {
    const feature = features.find(({ node }) => node === right)
    const isSum = op === 'matmul' && attributes['transposeA'] === true && attributes['transposeB'] !== true && left!.shape.length === 2
    if (!feature || !isSum || left!.op === 'input' || feature.source.shape[1]! < fewestScattered) continue
    const product = matmul(input(responsibilities, left!.shape, left!.type), input(feature.name, right!.shape, right!.type), { transposeA: true })
    return { name, responsibilities: left!, feature, product: buildProgram({ name: program.name, outputs: { [name]: product } }) }
  }
  return null
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

interface FeaturePart {
  name: string
  sourceName: string
  source: Float64Array
  features: Float64Array
  rows: number
  kernel: FeatureKernel
}

/** Writes the features of its inputs, then lets another executable do the rest. */
export class FeatureExecutable implements Executable {
  readonly parts: readonly FeaturePart[]
  readonly memory: WebAssembly.Memory
  readonly #restInputs: ReadonlySet<string>

  /** @param layout  of memory that is shared with what was placed in it before */
  constructor(
    readonly program: Program,
    readonly rest: Executable,
    { features }: FeaturePlan,
    layout = new MemoryLayout(),
  ) {
    const places = features.map(({ node, source }) => ({ source: layout.take(8 * sizeOf(source.shape)), node: layout.take(8 * sizeOf(node.shape)) }))
    this.memory = layout.finish()
    this.#restInputs = new Set(rest.program.inputs.map(({ name }) => name!))
    this.parts = features.map(({ node, source, name }, index) => ({
      name,
      sourceName: source.name!,
      source: new Float64Array(this.memory.buffer, places[index]!.source, sizeOf(source.shape)),
      features: new Float64Array(this.memory.buffer, places[index]!.node, sizeOf(node.shape)),
      rows: source.shape[0]!,
      kernel: compileFeatures(source.shape[1]!, this.memory),
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
    for (const { name, sourceName, source, features, rows, kernel } of this.parts) {
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
