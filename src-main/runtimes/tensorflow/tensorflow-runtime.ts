import type { OpName } from '../../graph/ops'
import type { Program } from '../../graph/program'
import type { Executable, Feed, NumericArray, Runtime } from '../../graph/runtime'
import { type Tensor, sizeOf } from '../../graph/tensor'
import { type TensorFlow, type Value, lowerings, typeNames } from './lowering'

/** Runs a program operator by operator through TensorFlow.js, in float32. State stays in TensorFlow's memory. */
class TensorFlowExecutable implements Executable {
  #state = new Map<string, Value>()

  constructor(
    readonly program: Program,
    readonly tf: TensorFlow,
  ) {
    // Types and operators that TensorFlow.js lacks are found now, not in the middle of training.
    for (const { type } of program.nodes) void typeNames[type]
  }

  load(state: Readonly<Record<string, NumericArray>>): void {
    for (const tensor of this.program.parameters) {
      const values = state[tensor.name!]
      if (!values) continue
      this.#state.get(tensor.name!)?.dispose()
      this.#state.set(tensor.name!, this.#tensor(tensor, values))
    }
  }

  async read(): Promise<Record<string, NumericArray>> {
    const names = [...this.#state.keys()]
    const values = await Promise.all(names.map((name) => this.#state.get(name)!.data()))
    return Object.fromEntries(names.map((name, index) => [name, Float32Array.from(values[index]!)]))
  }

  #tensor(node: Tensor, feed: Feed): Value {
    const values = typeof feed === 'number' ? [feed] : feed
    if (values.length !== sizeOf(node.shape)) {
      throw new Error(`${this.program.name}: ${node.name} was fed ${values.length} values, not [${node.shape.join(', ')}]`)
    }
    const plain = values instanceof Float64Array ? Float32Array.from(values) : values
    // A copy: the caller writes the next batch into the same array.
    return this.tf.tensor(plain.slice(), [...node.shape], typeNames[node.type])
  }

  async run(
    feeds: Readonly<Record<string, Feed>>,
    keep?: (outputs: Record<string, NumericArray>) => boolean,
  ): Promise<Record<string, NumericArray>> {
    const { tf, program } = this
    const results = tf.tidy(() => {
      const values = new Map<Tensor, Value>()
      for (const node of program.nodes) values.set(node, this.#value(node, feeds, values))
      const named = (tensors: Readonly<Record<string, Tensor>>, prefix: string): Record<string, Value> =>
        Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, values.get(tensor)!.clone()]))
      return { ...named(program.outputs, 'output:'), ...named(program.updates, 'update:') }
    })
    const outputs: Record<string, NumericArray> = {}
    for (const name of Object.keys(program.outputs)) {
      outputs[name] = Float32Array.from(await results[`output:${name}`]!.data())
      results[`output:${name}`]!.dispose()
    }
    const kept = !keep || keep(outputs)
    for (const name of Object.keys(program.updates)) {
      const next = results[`update:${name}`]!
      if (kept) this.#state.get(name)?.dispose()
      if (kept) this.#state.set(name, next)
      else next.dispose()
    }
    return outputs
  }

  #value(node: Tensor, feeds: Readonly<Record<string, Feed>>, values: ReadonlyMap<Tensor, Value>): Value {
    if (node.op === 'constant') return this.tf.tensor([...node.values!], [...node.shape], typeNames[node.type])
    if (node.op === 'input') {
      const feed = feeds[node.name!]
      if (feed === undefined) throw new Error(`${this.program.name}: input ${node.name} was not fed`)
      return this.#tensor(node, feed)
    }
    if (node.op === 'parameter') {
      const held = this.#state.get(node.name!)
      if (!held) throw new Error(`${this.program.name}: parameter ${node.name} was not loaded`)
      return held
    }
    return lowerings[node.op as OpName](this.tf, node.inputs.map((source) => values.get(source)!), node)
  }

  async dispose(): Promise<void> {
    for (const value of this.#state.values()) value.dispose()
    this.#state.clear()
  }
}

/** A runtime over a TensorFlow.js that is loaded already. */
export const createTensorFlowRuntime = (tf: TensorFlow, device: 'cpu' | 'cuda', environment: Record<string, string>): Runtime => ({
  name: 'tensorflow',
  device,
  threads: 0,
  environment,
  compile: (program) => Promise.resolve(new TensorFlowExecutable(program, tf)),
})
