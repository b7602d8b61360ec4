import { setImmediate } from 'node:timers/promises'
import type { Program } from '../../graph/program'
import type { Executable, Feed, NumericArray, RunningTotals } from '../../graph/runtime'
import { type Tensor, sizeOf } from '../../graph/tensor'
import { RowKernel } from './row-kernel'
import { shownBy } from './row-loops'
import type { RowPlan } from './row-plan'
import type { HeadExecutable } from './tail-executable'
import { compileAddition } from './sum-kernel'
import { MemoryLayout, compileModule } from './wasm-module'

type Step =
  | { session: HeadExecutable; feeds: Record<string, Feed>; fromOutside: string[]; straightOut: string[] }
  | { run(): void; sums: { halves: Float64Array; total: Float64Array }[] }

/** Sessions of ONNX Runtime and kernels in turns, in one memory. */
export class RowExecutable implements Executable {
  readonly #steps: Step[] = []
  readonly #fed = new Map<string, Float64Array>()
  readonly #parameters = new Map<string, Float64Array>()
  readonly #outputs: Record<string, Float64Array> = {}
  readonly #state: Record<string, NumericArray> = {}
  readonly totals: RunningTotals

  /** @param sessions  those of the plan, in its order */
  constructor(
    readonly program: Program,
    plan: RowPlan,
    sessions: readonly HeadExecutable[],
  ) {
    const { layout, places, kernels } = arrange(program, plan)
    const memory = layout.finish()
    const view = (address: number, size: number): Float64Array => new Float64Array(memory.buffer, address, size)
    new BigUint64Array(memory.buffer, places.masks, 4).set([~0n, ~0n, ~0n, 0n].map((bits) => BigInt.asUintN(64, bits)))
    for (const [tensor, address] of places.fixed) {
      const values = view(address, sizeOf(tensor.shape))
      if (tensor.op === 'constant') values.set(tensor.values!)
      else this.#parameters.set(tensor.name!, values)
    }
    const arrays = new Map<Tensor, Float64Array>()
    for (const [tensor, { address }] of places.rows) arrays.set(tensor, view(address, sizeOf(tensor.shape)))
    for (const [tensor, address] of places.totals) arrays.set(tensor, view(address, sizeOf(tensor.shape)))
    for (const [tensor, array] of arrays) if (tensor.op === 'input') this.#fed.set(tensor.name!, array)
    const crossing = new Map([...plan.crossing].map(([tensor, name]) => [name, arrays.get(tensor)!]))

    const waiting = [...sessions]
    const ready = [...kernels]
    for (const stage of plan.stages) {
      if (stage.kind === 'session') this.#steps.push(this.#sessionStep(waiting.shift()!, crossing))
      else {
        const { body, sums } = ready.shift()!
        const parts = sums.map((tensor) => ({ halves: view(places.sums.get(tensor)!, 2 * sizeOf(tensor.shape)), total: arrays.get(tensor)! }))
        this.#steps.push({ run: compileModule<() => void>([], body, memory), sums: parts })
      }
    }
    for (const [name, tensor] of Object.entries(plan.outputs)) {
      const found = arrays.get(tensor) ?? arrays.get(shownBy(tensor))
      if (found) this.#outputs[name] = found
    }
    this.totals = this.#adding(plan, view(places.sumsFrom, places.sumsSize), view(places.totalsFrom, places.sumsSize), compileAddition(places, memory))
  }

  /** All sums over rows lie side by side, and one loop adds them to those of the runs before. */
  #adding({ outputs, isRows }: RowPlan, sums: Float64Array, running: Float64Array, addSums: () => void): RunningTotals {
    const names = Object.keys(outputs).filter((name) => !isRows(outputs[name]!))
    const others = Object.keys(outputs).filter((name) => isRows(outputs[name]!))
    return {
      clear: () => void running.fill(0),
      add: async (feeds) => {
        const results = await this.run(feeds)
        addSums()
        return Object.fromEntries(others.map((name) => [name, results[name]!]))
      },
      read: () =>
        Object.fromEntries(
          names.map((name) => {
            const { byteOffset, length } = this.#outputs[name]!
            const from = (byteOffset - sums.byteOffset) / 8
            return [name, running.slice(from, from + length)]
          }),
        ),
    }
  }

  /** A session that reads and writes the arrays that other stages know. */
  #sessionStep(session: HeadExecutable, crossing: ReadonlyMap<string, Float64Array>): Step {
    const { inputs, outputs } = session.program
    const shared = Object.keys(outputs).filter((name) => crossing.has(name))
    session.place(new Map(shared.map((name) => [name, crossing.get(name)!])))
    const feeds: Record<string, Feed> = {}
    const fromOutside = []
    for (const { name } of inputs) {
      const array = crossing.get(name!.split('[')[0]!) ?? this.#fed.get(name!)
      if (array) feeds[name!] = array
      else fromOutside.push(name!)
    }
    return { session, feeds, fromOutside, straightOut: Object.keys(outputs).filter((name) => !crossing.has(name)) }
  }

  load(state: Readonly<Record<string, NumericArray>>): void {
    for (const { name, shape } of this.program.parameters) {
      const values = state[name!]
      if (!values) continue
      if (values.length !== sizeOf(shape)) throw new Error(`${this.program.name}: ${name} has ${values.length} values, not [${shape.join(', ')}]`)
      this.#state[name!] = values
      this.#parameters.get(name!)?.set(values)
    }
    for (const step of this.#steps) if ('session' in step) step.session.load(state)
  }

  async read(): Promise<Record<string, NumericArray>> {
    return this.#state
  }

  async run(feeds: Readonly<Record<string, Feed>>, keep?: (outputs: Record<string, NumericArray>) => boolean): Promise<Record<string, NumericArray>> {
    for (const { name } of this.program.parameters) if (!this.#state[name!]) throw new Error(`${this.program.name}: parameter ${name} was not loaded`)
    for (const [name, array] of this.#fed) {
      const given = feeds[name]
      if (!(given instanceof Float64Array) || given.length !== array.length) throw new Error(`${this.program.name}: ${name} must be fed ${array.length} values in float64`)
      array.set(given)
    }
    const outputs: Record<string, NumericArray> = { ...this.#outputs }
    for (const step of this.#steps) {
      if ('session' in step) {
        for (const name of step.fromOutside) step.feeds[name] = feeds[name]!
        const results = await step.session.run(step.feeds)
        for (const name of step.straightOut) outputs[name] = results[name]!
      } else runKernel(step)
    }
    // As a session does: a fit hears of a cancel between two runs.
    if (this.#steps.every((step) => !('session' in step))) await setImmediate()
    keep?.(outputs)
    return outputs
  }

  async dispose(): Promise<void> {
    for (const step of this.#steps) if ('session' in step) await step.session.dispose()
  }
}

function runKernel({ run, sums }: Extract<Step, { sums: unknown }>): void {
  for (const { halves } of sums) halves.fill(0)
  run()
  for (const { halves, total } of sums) for (let index = 0; index < total.length; index += 1) total[index] = halves[2 * index]! + halves[2 * index + 1]!
}

/** Addresses for all that kernels and sessions share, and the code of the kernels. */
function arrange(program: Program, plan: RowPlan) {
  const layout = new MemoryLayout()
  const { rows, crossing, transposed } = plan
  const places = {
    masks: layout.take(32),
    rows: new Map<Tensor, { address: number; transposed: boolean }>(),
    fixed: new Map<Tensor, number>(),
    sums: new Map<Tensor, number>(),
    totals: new Map<Tensor, number>(),
    sumsFrom: 0,
    totalsFrom: 0,
    sumsSize: 0,
  }
  const sums = [...crossing.keys()].filter((tensor) => !plan.isRows(tensor))
  for (const tensor of sums) places.totals.set(tensor, layout.take(8 * sizeOf(tensor.shape)))
  places.sumsFrom = sums.length === 0 ? layout.take(0) : places.totals.get(sums[0]!)!
  places.sumsSize = (layout.take(0) - places.sumsFrom) / 8
  places.totalsFrom = layout.take(8 * places.sumsSize)
  // One row more than there are, so that a last row may have a companion.
  const takeRows = (tensor: Tensor): void => {
    if (!places.rows.has(tensor)) places.rows.set(tensor, { address: layout.take(8 * (sizeOf(tensor.shape) / rows) * (rows + 1)), transposed: transposed.has(tensor) })
  }
  for (const tensor of crossing.keys()) if (plan.isRows(tensor)) takeRows(tensor)
  const kernels = []
  for (const stage of plan.stages) {
    if (stage.kind !== 'kernel') continue
    const sums = stage.nodes.filter((node) => shownBy(node) === node && plan.isSum(node))
    for (const node of sums) places.sums.set(node, layout.take(16 * sizeOf(node.shape)))
    const inside = new Set(stage.nodes)
    for (const node of stage.nodes) {
      for (const source of node.inputs.map(shownBy)) {
        if (inside.has(source)) continue
        if (source.op === 'parameter' || (source.op === 'constant' && source.values!.length > 1)) {
          if (!places.fixed.has(source)) places.fixed.set(source, layout.take(8 * sizeOf(source.shape)))
        } else if (source.op !== 'constant') takeRows(source)
      }
    }
    kernels.push({ nodes: stage.nodes, sums })
  }
  return {
    layout,
    places,
    kernels: kernels.map(({ nodes, sums }) => ({ sums, body: new RowKernel(rows, nodes, plan.isRows, places, layout).body() })),
  }
}
