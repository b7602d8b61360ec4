import type { Program } from '../../graph/program'
import type { Executable, Feed, NumericArray } from '../../graph/runtime'
import { type Tensor, sizeOf } from '../../graph/tensor'
import type { TailGroup, TailPlan } from './elementwise-tail'
import { type Kernel, compileKernel } from './wasm-kernel'
import { KernelMemory } from './wasm-module'

interface CompiledGroup {
  group: TailGroup
  kernel: Kernel
  addresses: number[]
}

/** What an executable needs of the runtime that computes the head: its results are written where the kernels read them. */
export interface HeadExecutable extends Executable {
  /** Outputs and parameters take these arrays instead of their own. */
  place(arrays: ReadonlyMap<string, NumericArray>): void
}

/** ONNX Runtime up to the gradients, then one kernel for each weight with its optimizer state, in place. */
export class TailExecutable implements Executable {
  readonly #groups: CompiledGroup[]
  readonly #held = new Map<string, Float32Array>()
  /** Inputs that kernels read as arrays. */
  readonly #fed = new Map<string, Float32Array>()
  readonly #inputs: ReadonlySet<string>

  constructor(
    readonly program: Program,
    readonly head: HeadExecutable,
    readonly plan: TailPlan,
  ) {
    this.#inputs = new Set(head.program.inputs.map(({ name }) => name!))
    const arrays = [...new Set(plan.groups.flatMap((group) => group.arrays))]
    const memory = new KernelMemory(arrays.map(({ shape }) => 4 * sizeOf(shape)))
    const views = new Map<Tensor, Float32Array>(arrays.map((tensor) => [tensor, memory.float32(sizeOf(tensor.shape))]))
    const placed = new Map<string, Float32Array>()
    for (const [tensor, view] of views) {
      if (tensor.op === 'input') this.#fed.set(tensor.name!, view)
      else if (tensor.op === 'parameter') this.#held.set(tensor.name!, view)
      if (tensor.op !== 'input') placed.set(plan.boundary.get(tensor) ?? tensor.name!, view)
    }
    head.place(placed)
    this.#groups = plan.groups.map((group) => ({
      group,
      kernel: compileKernel(group, memory.memory),
      addresses: group.arrays.map((tensor) => views.get(tensor)!.byteOffset),
    }))
  }

  load(state: Readonly<Record<string, NumericArray>>): void {
    const rest: Record<string, NumericArray> = {}
    for (const tensor of this.program.parameters) {
      const values = state[tensor.name!]
      const held = this.#held.get(tensor.name!)
      if (!values) continue
      if (!held) rest[tensor.name!] = values
      else if (values.length === held.length) held.set(values)
      else throw new Error(`${this.program.name}: ${tensor.name} has ${values.length} values, not [${tensor.shape.join(', ')}]`)
    }
    this.head.load(rest)
  }

  async read(): Promise<Record<string, NumericArray>> {
    return { ...(await this.head.read()), ...Object.fromEntries(this.#held) }
  }

  async run(
    feeds: Readonly<Record<string, Feed>>,
    keep?: (outputs: Record<string, NumericArray>) => boolean,
  ): Promise<Record<string, NumericArray>> {
    const scalar = (tensor: Tensor, results: Record<string, NumericArray>): number => {
      const value = tensor.op === 'input' ? feeds[tensor.name!] : results[this.plan.boundary.get(tensor)!]
      if (value === undefined) throw new Error(`${this.program.name}: input ${tensor.name} was not fed`)
      return typeof value === 'number' ? value : value[0]!
    }
    let kept = true
    const own = Object.fromEntries(Object.entries(feeds).filter(([name]) => this.#inputs.has(name)))
    const results = await this.head.run(own, (outputs) => (kept = !keep || keep(outputs)))
    if (kept) {
      for (const [name, view] of this.#fed) view.set(this.#array(name, feeds[name], view.length))
      for (const { group, kernel, addresses } of this.#groups) {
        kernel(Math.ceil(group.size / 4) * 4, ...addresses, ...group.scalars.map((tensor) => scalar(tensor, results)))
      }
    }
    return Object.fromEntries(Object.keys(this.program.outputs).map((name) => [name, results[name]!]))
  }

  #array(name: string, feed: Feed | undefined, length: number): NumericArray {
    if (feed === undefined || typeof feed === 'number' || feed instanceof Int32Array || feed.length !== length) {
      throw new Error(`${this.program.name}: ${name} must be fed ${length} values`)
    }
    return feed
  }

  dispose(): Promise<void> {
    return this.head.dispose()
  }
}
