import { type Program, buildProgram } from '../../graph/program'
import { type Tensor, sizeOf } from '../../graph/tensor'

/*
 * The last stretch of a training step, from gradients to the next weights, is arithmetic element by element on large arrays. ONNX Runtime
 * goes over memory once for every operator of it; a kernel made for the whole stretch goes once. Here the stretch is found: the operators
 * between ONNX Runtime's last results and the next values of parameters, grouped so that each group has one shape.
 */

export const kernelOps = ['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'negate', 'abs', 'sqrt', 'square'] as const
export type KernelOp = (typeof kernelOps)[number]

/** Fewer elements than this are not worth a call of their own. */
const smallest = 1024

export interface TailGroup {
  size: number
  /** In the order they are computed. */
  nodes: Tensor[]
  /** Arrays that come from outside: parameters, inputs, and results of ONNX Runtime. */
  arrays: Tensor[]
  /** Scalars that come from outside: inputs and results; constants are part of the code. */
  scalars: Tensor[]
  /** The next values of parameters, by name. */
  updates: { name: string; node: Tensor }[]
}

export interface TailPlan {
  /** What is left for ONNX Runtime: its outputs are those of the program and what the groups need, named by `boundaryName`. */
  head: Program
  groups: TailGroup[]
  boundary: ReadonlyMap<Tensor, string>
}

const isKernelOp = (tensor: Tensor): boolean => (kernelOps as readonly string[]).includes(tensor.op) && tensor.type === 'float32'
const sameShape = (a: Tensor, b: Tensor): boolean => a.shape.length === b.shape.length && a.shape.every((side, axis) => side === b.shape[axis])

export function planTail(program: Program): TailPlan {
  const tail = findTail(program)
  const groups = groupByConnection(program, tail)
  const boundary = new Map<Tensor, string>()
  for (const { arrays, scalars } of groups) {
    for (const tensor of [...arrays, ...scalars]) {
      if (tensor.op !== 'parameter' && tensor.op !== 'input' && !boundary.has(tensor)) boundary.set(tensor, `boundary:${boundary.size}`)
    }
  }
  const taken = new Set(groups.flatMap(({ updates }) => updates.map(({ name }) => name)))
  const head = buildProgram({
    name: program.name,
    outputs: { ...program.outputs, ...Object.fromEntries([...boundary].map(([tensor, name]) => [name, tensor])) },
    updates: Object.fromEntries(Object.entries(program.updates).filter(([name]) => !taken.has(name))),
  })
  return { head, groups, boundary }
}

/** Nodes whose results go nowhere but into other such nodes and the next values of parameters. */
function findTail(program: Program): Set<Tensor> {
  const consumers = new Map<Tensor, Tensor[]>()
  for (const node of program.nodes) for (const source of node.inputs) consumers.set(source, [...(consumers.get(source) ?? []), node])
  const outputs = new Set(Object.values(program.outputs))
  const updates = new Set(Object.values(program.updates))
  const tail = new Set<Tensor>()
  for (const node of [...program.nodes].reverse()) {
    const uses = consumers.get(node) ?? []
    const fits = (source: Tensor): boolean => source.shape.length === 0 || sameShape(source, node)
    const inside = uses.every((use) => tail.has(use) && sameShape(use, node)) && (uses.length > 0 || updates.has(node))
    if (isKernelOp(node) && sizeOf(node.shape) >= smallest && inside && !outputs.has(node) && node.inputs.every(fits)) tail.add(node)
  }
  return tail
}

/** Groups of nodes and of the arrays they share; a parameter is replaced in place, so all that reads it must be in its group. */
function groupByConnection(program: Program, tail: ReadonlySet<Tensor>): TailGroup[] {
  const groupOf = new Map<Tensor, Set<Tensor>>()
  const replaced = new Map<Tensor, Tensor[]>()
  for (const [name, node] of Object.entries(program.updates)) {
    const parameter = program.parameters.find((tensor) => tensor.name === name)!
    replaced.set(node, [...(replaced.get(node) ?? []), parameter])
  }
  for (const node of program.nodes) {
    if (!tail.has(node)) continue
    const linked = [...node.inputs.filter((source) => source.shape.length > 0), ...(replaced.get(node) ?? [])]
    const merged = new Set<Tensor>([node])
    for (const tensor of [node, ...linked]) for (const member of groupOf.get(tensor) ?? [tensor]) merged.add(member)
    for (const member of merged) groupOf.set(member, merged)
  }
  return [...new Set(groupOf.values())].map((members) => describe(program, tail, members))
}

function describe(program: Program, tail: ReadonlySet<Tensor>, members: ReadonlySet<Tensor>): TailGroup {
  const nodes = program.nodes.filter((node) => members.has(node) && tail.has(node))
  const scalars = new Set<Tensor>()
  for (const node of nodes) {
    for (const source of node.inputs) if (source.shape.length === 0 && source.op !== 'constant') scalars.add(source)
  }
  return {
    size: sizeOf(nodes[0]!.shape),
    nodes,
    arrays: [...members].filter((member) => !tail.has(member)),
    scalars: [...scalars],
    updates: Object.entries(program.updates).flatMap(([name, node]) => (members.has(node) && tail.has(node) ? [{ name, node }] : [])),
  }
}
