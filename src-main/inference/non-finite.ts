import { multiply, reduceSum } from '../graph/ops'
import { type Program, buildProgram } from '../graph/program'
import type { Executable, Feed, Runtime } from '../graph/runtime'
import type { Tensor } from '../graph/tensor'

export interface NonFinite {
  /** What computes it and from which parameter or input, e.g. "exp after encoder/1/bias". */
  tensor: string
  /** Rows of the batch it happens in, from 0; empty where the tensor has no rows. */
  rows: number[]
}

/** Numbers of this tensor times 0, summed: 0 where all are finite, else not a number. */
const probe = (tensor: Tensor, axes?: number[]): Tensor => reduceSum(multiply(tensor, 0), axes)

/**
 * Goes over the values of a step again and finds the first one, in the order of computation, that is not finite.
 *
 * @param rows  length of the first axis of tensors that have a row for each row of the batch
 */
export async function firstNonFinite(
  runtime: Runtime,
  executable: Executable,
  feeds: Readonly<Record<string, Feed>>,
  rows: number,
): Promise<NonFinite | null> {
  const { program } = executable
  const state = await executable.read()
  const values = program.nodes.filter(({ type, op }) => (type === 'float32' || type === 'float64') && op !== 'constant')
  const outputs = Object.fromEntries(values.map((tensor, index) => [String(index), probe(tensor)]))
  const sums = await runOnce(runtime, buildProgram({ name: 'non-finite', outputs }), feeds, state)
  const first = values.find((_, index) => Number.isNaN(sums[String(index)]![0]))
  if (!first) return null
  const where = first.op === 'parameter' || first.op === 'input' ? first.name! : `${first.op} after ${nearestName(first)}`
  if (first.shape[0] !== rows || first.op === 'parameter') return { tensor: where, rows: [] }
  const others = first.shape.map((_, axis) => axis).slice(1)
  const perRow = buildProgram({ name: 'non-finite-rows', outputs: { rows: others.length > 0 ? probe(first, others) : multiply(first, 0) } })
  const found = (await runOnce(runtime, perRow, feeds, state))['rows']!
  return { tensor: where, rows: [...found.keys()].filter((row) => Number.isNaN(found[row])) }
}

async function runOnce(runtime: Runtime, program: Program, feeds: Readonly<Record<string, Feed>>, state: Awaited<ReturnType<Executable['read']>>) {
  const executable = await runtime.compile(program)
  executable.load(state)
  const needed = program.inputs.map(({ name }) => [name!, feeds[name!]!] as const)
  const outputs = await executable.run(Object.fromEntries(needed))
  const copies = Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]))
  await executable.dispose()
  return copies
}

/** The parameter or input that is fewest operators away. */
function nearestName(tensor: Tensor): string {
  let layer = [...tensor.inputs]
  while (layer.length > 0) {
    // Of several the last one, which is the innermost layer's bias rather than the data.
    const named = layer.filter(({ op }) => op === 'parameter').at(-1) ?? layer.find(({ op }) => op === 'input')
    if (named) return named.name!
    layer = layer.flatMap(({ inputs }) => inputs)
  }
  return 'constants'
}
