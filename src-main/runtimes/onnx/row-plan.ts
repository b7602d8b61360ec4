import { type Program, buildProgram } from '../../graph/program'
import { type Tensor, input, sizeOf } from '../../graph/tensor'
import { isElementwise, reductionOf, shownBy } from './row-loops'

/*
 * Programs whose inputs all have one row per observation, as the passes of EM, go through large arrays of rows once for every operator when
 * ONNX Runtime computes them. Here such a program is cut into stages: matrix products stay with ONNX Runtime, and all that is done between
 * them, element by element and with sums and maxima over the elements of a row or over the rows, becomes kernels that go over the rows once
 * (`row-kernel`). Where the products are so small that a call costs more than they do, kernels compute them too.
 */

export type Stage = { kind: 'session'; program: Program } | { kind: 'kernel'; nodes: Tensor[] }

export interface RowPlan {
  rows: number
  stages: Stage[]
  /** Results that one stage leaves to others: name and array, by tensor; those of `transposed` lie [inner, rows]. */
  crossing: ReadonlyMap<Tensor, string>
  transposed: ReadonlySet<Tensor>
  /** The outputs of the program among the nodes of the stages. */
  outputs: Readonly<Record<string, Tensor>>
  isRows(tensor: Tensor): boolean
  isSum(tensor: Tensor): boolean
}

/** Multiplications per row of a product up to which a kernel computes it; measured on passes of EM. */
const smallProduct = 64
const mostColumns = 8
/** More alternations than this are not a pass over rows but a network; ONNX Runtime keeps it whole. */
const mostSessions = 3

/** What a tensor has to do with the rows: one value for each, none at all, a sum over them, or something a kernel cannot tell. */
type Kind = 'rows' | 'fixed' | 'sum' | 'other'

interface Placed {
  kind: Kind
  /** Null for what is given and what is computed from parameters alone, wherever it is used. */
  place: 'session' | 'kernel' | null
  level: number
}

/**
 * Are all products of a program that takes exponentials or logarithms, and its quadratic features, small enough for kernels? Where there is
 * nothing else for a kernel to do, products stay with ONNX Runtime, which rounds once where a kernel rounds twice.
 */
export function isSmall(program: Program): boolean {
  if (!program.nodes.some(({ op }) => op === 'exp' || op === 'log')) return false
  return program.nodes.every((node) => {
    if (node.op === 'quadraticFeatures') return node.inputs[0]!.shape[1]! <= mostColumns
    return node.op !== 'matmul' || workPerRow(node) <= smallProduct
  })
}

function workPerRow({ inputs, attributes, shape }: Tensor): number {
  const [a] = inputs as [Tensor, Tensor]
  return attributes['transposeA'] === true ? sizeOf(shape) : sizeOf(shape) * (a.shape.at(-1)! / a.shape[0]!)
}

export function planRows(program: Program): RowPlan | null {
  const rows = program.inputs[0]?.shape[0] ?? 0
  const fits = program.inputs.every(({ shape, type }) => type === 'float64' && shape[0] === rows) && rows >= 2
  if (!fits || Object.keys(program.updates).length > 0 || program.nodes.some(({ shape }) => sizeOf(shape) === 0)) return null
  const nodes = withoutRepeats(program)
  const small = isSmall(program)
  const placed = new Map<Tensor, Placed>()
  for (const node of nodes.order) placed.set(node, place(node, placed, { rows, small }))
  const cut = cutIntoStages(program, nodes, placed, rows)
  if (!cut) return null
  const kernels = cut.stages.some(({ kind }) => kind === 'kernel')
  const sessions = cut.stages.filter(({ kind }) => kind === 'session').length
  if (!kernels || sessions > mostSessions) return null
  const isKind = (wanted: Kind) => (tensor: Tensor): boolean => placed.get(tensor)?.kind === wanted
  return { rows, ...cut, outputs: nodes.outputs, isRows: isKind('rows'), isSum: isKind('sum') }
}

interface Nodes {
  order: Tensor[]
  outputs: Record<string, Tensor>
}

/** The nodes of a program with equal ones computed once. */
function withoutRepeats(program: Program): Nodes {
  const kept = new Map<Tensor, Tensor>()
  const seen = new Map<string, Tensor>()
  const numbers = new Map<Tensor, number>()
  for (const node of program.nodes) {
    const inputs = node.inputs.map((source) => kept.get(source)!)
    const same = node.inputs.every((source, index) => source === inputs[index])
    const own = same ? node : { ...node, inputs }
    const key = inputs.length === 0 || node.rule ? `${numbers.size}` : `${node.op} ${inputs.map((source) => numbers.get(source)).join()} ${JSON.stringify(node.attributes)}`
    const representative = seen.get(key) ?? own
    if (representative === own) {
      seen.set(key, own)
      numbers.set(own, numbers.size)
    }
    kept.set(node, representative)
  }
  return {
    order: [...numbers.keys()],
    outputs: Object.fromEntries(Object.entries(program.outputs).map(([name, tensor]) => [name, kept.get(tensor)!])),
  }
}

function place(node: Tensor, placed: ReadonlyMap<Tensor, Placed>, of: { rows: number; small: boolean }): Placed {
  if (node.op === 'input') return { kind: 'rows', place: null, level: 0 }
  const inputs = node.inputs.map((source) => placed.get(source)!)
  if (inputs.every(({ kind }) => kind === 'fixed')) return { kind: 'fixed', place: null, level: 0 }
  const kind = kindOf(node, inputs, of.rows)
  const where = kind !== 'other' && fitsKernel(node, kind, placed, of.small) ? 'kernel' : 'session'
  const levels = inputs.map((source) => (source.place === null ? 0 : source.level + (source.place === where ? 0 : 1)))
  return { kind, place: where, level: Math.max(where === 'kernel' ? 1 : 0, ...levels) }
}

function kindOf(node: Tensor, inputs: readonly Placed[], rows: number): Kind {
  const { op, shape, attributes } = node
  const [first, second] = inputs
  if (op === 'matmul') {
    const flat = node.inputs.every((source) => source.shape.length === 2)
    if (!flat) return 'other'
    if (attributes['transposeA'] === true) {
      return first!.kind === 'rows' && second!.kind === 'rows' && attributes['transposeB'] !== true ? 'sum' : 'other'
    }
    return first!.kind === 'rows' && second!.kind === 'fixed' ? 'rows' : 'other'
  }
  if (op === 'reduceSum' || op === 'reduceMax') {
    if (first!.kind !== 'rows') return 'other'
    if (!(attributes['axes'] as number[]).includes(0)) return 'rows'
    return op === 'reduceSum' ? 'sum' : 'other'
  }
  if (op === 'reshape' || op === 'stopGradient') return first!.kind === 'sum' || (first!.kind === 'rows' && shape[0] === rows) ? first!.kind : 'other'
  if (op === 'quadraticFeatures') return first!.kind
  const aligned = node.inputs.every((source, index) => {
    if (inputs[index]!.kind === 'rows') return source.shape.length === shape.length
    return inputs[index]!.kind === 'fixed' && (source.shape.length < shape.length || source.shape[0] === 1)
  })
  return isElementwise(node) && shape[0] === rows && aligned ? 'rows' : 'other'
}

function fitsKernel(node: Tensor, kind: Kind, placed: ReadonlyMap<Tensor, Placed>, small: boolean): boolean {
  const readable = (source: Tensor): boolean => {
    const of = placed.get(source)!
    if (of.kind === 'fixed') return isFixedReadable(source)
    // A truth value is known only inside the kernel that finds it.
    return of.kind === 'rows' && (source.type === 'float64' || of.place === 'kernel')
  }
  // Shows what is there already.
  if (node.op === 'reshape' || node.op === 'stopGradient') return kind === 'rows' ? readable(node.inputs[0]!) : placed.get(node.inputs[0]!)!.place === 'kernel'
  if (node.op === 'matmul') return small && node.inputs.every(readable)
  if (node.op === 'quadraticFeatures') return small && readable(node.inputs[0]!)
  if (node.op === 'reduceSum' || node.op === 'reduceMax') return reductionOf(node) !== null && readable(node.inputs[0]!)
  return isElementwise(node) && node.inputs.every(readable)
}

/** Can a kernel read or compute what depends on parameters alone? */
const isFixedReadable = (tensor: Tensor): boolean =>
  tensor.op === 'parameter' || tensor.op === 'constant'
    ? tensor.type === 'float64'
    : (isElementwise(tensor) || tensor.op === 'reshape') && tensor.inputs.every(isFixedReadable)

function cutIntoStages(program: Program, nodes: Nodes, placed: ReadonlyMap<Tensor, Placed>, rows: number): Pick<RowPlan, 'stages' | 'crossing' | 'transposed'> | null {
  const whereOf = (tensor: Tensor): number | null => (placed.get(tensor)!.place === null ? null : placed.get(tensor)!.level)
  const consumers = new Map<Tensor, Tensor[]>()
  for (const node of nodes.order) for (const source of node.inputs) consumers.set(source, [...(consumers.get(source) ?? []), node])
  const outputs = new Set(Object.values(nodes.outputs))
  const crossing = new Map<Tensor, string>()
  for (const tensor of nodes.order) {
    const from = whereOf(tensor)
    if (from === null) continue
    const leaves = outputs.has(tensor) || (consumers.get(tensor) ?? []).some((use) => whereOf(use) !== from)
    if (!leaves) continue
    if (tensor.type !== 'float64') return null
    const carried = placed.get(tensor)!.place === 'kernel' ? shownBy(tensor) : tensor
    if (!crossing.has(carried)) crossing.set(carried, `crossing:${crossing.size}`)
  }
  const transposed = transposable(nodes, placed, crossing, consumers, outputs, rows)
  const stages: Stage[] = []
  const levels = Math.max(0, ...[...placed.values()].map(({ level }) => level))
  for (let level = 0; level <= levels; level += 1) {
    const here = nodes.order.filter((node) => whereOf(node) === level)
    if (level % 2 === 1) {
      if (here.some((node) => shownBy(node) === node)) stages.push({ kind: 'kernel', nodes: withFixed(here, nodes.order, placed) })
      continue
    }
    // What is given and leaves as it is passes through the first session.
    const plain = level === 0 ? Object.entries(nodes.outputs).filter(([, tensor]) => whereOf(tensor) === null) : []
    if (here.length === 0 && plain.length === 0) continue
    stages.push({ kind: 'session', program: sessionProgram(program, here, plain, { crossing, transposed, placed }) })
  }
  return { stages, crossing, transposed }
}

/** The nodes of a kernel with those that it computes from parameters alone. */
function withFixed(here: readonly Tensor[], order: readonly Tensor[], placed: ReadonlyMap<Tensor, Placed>): Tensor[] {
  const wanted = new Set(here)
  for (const node of [...order].reverse()) {
    if (!wanted.has(node)) continue
    for (const source of node.inputs) if (placed.get(source)!.kind === 'fixed' && source.inputs.length > 0) wanted.add(source)
  }
  return order.filter((node) => wanted.has(node))
}

/** Results of kernels that are only ever the transposed left side of products lie transposed: the product need not turn them. */
function transposable(
  nodes: Nodes,
  placed: ReadonlyMap<Tensor, Placed>,
  crossing: ReadonlyMap<Tensor, string>,
  consumers: ReadonlyMap<Tensor, Tensor[]>,
  outputs: ReadonlySet<Tensor>,
  rows: number,
): Set<Tensor> {
  const found = new Set<Tensor>()
  if (rows % 2 === 1) return found
  for (const tensor of crossing.keys()) {
    const { place: where, kind, level } = placed.get(tensor)!
    if (where !== 'kernel' || kind !== 'rows') continue
    const shown = nodes.order.filter((node) => placed.get(node)!.place !== null && shownBy(node) === tensor)
    const uses = shown.flatMap((view) => (consumers.get(view) ?? []).map((use) => ({ view, use })))
    const outside = uses.filter(({ use }) => placed.get(use)!.level !== level)
    const fits = ({ view, use }: { view: Tensor; use: Tensor }): boolean =>
      use.op === 'matmul' && use.attributes['transposeA'] === true && use.inputs[0] === view && use.inputs[1] !== view
    if (outside.length > 0 && outside.every(fits) && shown.every((view) => !outputs.has(view))) found.add(tensor)
  }
  return found
}

interface Cut {
  crossing: ReadonlyMap<Tensor, string>
  transposed: ReadonlySet<Tensor>
  placed: ReadonlyMap<Tensor, Placed>
}

/** A session's part: what other stages find comes in and what others need goes out, under the names of `crossing`. */
function sessionProgram(program: Program, here: readonly Tensor[], plain: [string, Tensor][], { crossing, transposed, placed }: Cut): Program {
  const inside = new Set(here)
  const entering = new Map<string, Tensor>()
  const made = new Map<Tensor, Tensor>()
  const entry = (tensor: Tensor, shape: readonly number[]): Tensor => {
    const carried = placed.get(tensor)!.place === 'kernel' ? shownBy(tensor) : tensor
    const name = `${crossing.get(carried)!}[${shape.join()}]`
    const known = entering.get(name) ?? input(name, shape, 'float64')
    entering.set(name, known)
    return known
  }
  const rebuilt = (tensor: Tensor): Tensor => {
    const known = made.get(tensor)
    if (known) return known
    const enters = placed.get(tensor)!.place !== null && !inside.has(tensor)
    const fresh = enters ? entry(tensor, tensor.shape) : { ...tensor, inputs: sourcesOf(tensor) }
    made.set(tensor, turned(tensor) ? { ...fresh, attributes: { ...fresh.attributes, transposeA: false } } : fresh)
    return made.get(tensor)!
  }
  const turned = ({ op, inputs: [left], attributes }: Tensor): boolean =>
    op === 'matmul' && attributes['transposeA'] === true && placed.get(left!)!.place === 'kernel' && transposed.has(shownBy(left!))
  const sourcesOf = (tensor: Tensor): Tensor[] =>
    tensor.inputs.map((source, index) => (index === 0 && turned(tensor) ? entry(source, [source.shape[1]!, source.shape[0]!]) : rebuilt(source)))
  const leaving = here.filter((node) => crossing.has(node))
  return buildProgram({
    name: program.name,
    outputs: {
      ...Object.fromEntries(leaving.map((node) => [crossing.get(node)!, rebuilt(node)])),
      ...Object.fromEntries(plain.map(([name, tensor]) => [name, rebuilt(tensor)])),
    },
  })
}
