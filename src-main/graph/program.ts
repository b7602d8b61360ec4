import { ShapeError, type Tensor, describeShape } from './tensor'

/** What a runtime compiles: a graph from inputs and state to outputs and the next state. */
export interface Program {
  readonly name: string
  /** Fed with every run, by name. */
  readonly inputs: readonly Tensor[]
  /** Kept in the runtime between runs, by name. */
  readonly parameters: readonly Tensor[]
  readonly outputs: Readonly<Record<string, Tensor>>
  /** The next value of a parameter; parameters without an update stay as they are. */
  readonly updates: Readonly<Record<string, Tensor>>
  /** Every node once, inputs before what uses them. */
  readonly nodes: readonly Tensor[]
}

export function inOrder(roots: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = []
  const state = new Map<Tensor, 'open' | 'done'>()
  const stack = [...roots].reverse()
  while (stack.length > 0) {
    const tensor = stack[stack.length - 1]!
    const seen = state.get(tensor)
    if (seen === undefined) {
      state.set(tensor, 'open')
      for (let index = tensor.inputs.length - 1; index >= 0; index -= 1) {
        if (!state.has(tensor.inputs[index]!)) stack.push(tensor.inputs[index]!)
      }
    } else {
      stack.pop()
      if (seen === 'open') {
        state.set(tensor, 'done')
        order.push(tensor)
      }
    }
  }
  return order
}

export function buildProgram(definition: {
  name: string
  outputs: Record<string, Tensor>
  updates?: Record<string, Tensor>
}): Program {
  const updates = definition.updates ?? {}
  const nodes = inOrder([...Object.values(definition.outputs), ...Object.values(updates)])
  const named = nodes.filter((tensor) => tensor.op === 'input' || tensor.op === 'parameter')
  const byName = new Map<string, Tensor>()
  for (const tensor of named) {
    if (byName.has(tensor.name!)) throw new ShapeError(`${definition.name}: two inputs are called ${tensor.name}`)
    byName.set(tensor.name!, tensor)
  }
  for (const [name, next] of Object.entries(updates)) {
    const current = byName.get(name)
    if (current?.op !== 'parameter') throw new ShapeError(`${definition.name}: ${name} has an update but is not a parameter`)
    if (describeShape({ ...current, name: '' }) !== describeShape({ ...next, name: '' })) {
      throw new ShapeError(`${definition.name}: ${describeShape(current)} cannot become ${describeShape({ ...next, name: '' })}`)
    }
  }
  return {
    name: definition.name,
    inputs: named.filter((tensor) => tensor.op === 'input'),
    parameters: named.filter((tensor) => tensor.op === 'parameter'),
    outputs: definition.outputs,
    updates,
    nodes,
  }
}
