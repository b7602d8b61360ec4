import * as ort from 'onnxruntime-node'
import type { Program } from '../../graph/program'
import type { Feed, NumericArray, Runtime } from '../../graph/runtime'
import { type Tensor, sizeOf } from '../../graph/tensor'
import { planTail } from './elementwise-tail'
import { FeatureExecutable, planFeatures } from './feature-kernel'
import { Lanes, isWorthLanes } from './lanes'
import { lowerProgram, updateName } from './lowering'
import { MomentExecutable } from './moment-executable'
import { wrapTensor } from './ort-tensor'
import { RowExecutable } from './row-executable'
import { type RowPlan, isSmall, planRows } from './row-plan'
import { softAssignment } from './soft-assignment'
import { type HeadExecutable, TailExecutable } from './tail-executable'

const allocate = (tensor: Tensor): NumericArray => {
  if (tensor.type === 'float32') return new Float32Array(sizeOf(tensor.shape))
  if (tensor.type === 'float64') return new Float64Array(sizeOf(tensor.shape))
  throw new Error(`${tensor.name ?? tensor.op}: values of type ${tensor.type} do not cross the border of a program`)
}

class OnnxExecutable implements HeadExecutable {
  #state = new Map<string, ort.Tensor>()
  /** Where the next values of state are written; exchanged with the present ones after a step that is kept. */
  #spare = new Map<string, ort.Tensor>()
  #outputs: Record<string, ort.Tensor> = {}
  #inputs = new Map<string, Tensor>()
  #scalars = new Map<string, ort.Tensor>()
  /** What the last run was fed with and gave; kept, for a run of small products takes no longer than making these anew. */
  #feeds: Record<string, ort.Tensor> = {}
  #results: Record<string, NumericArray> = {}

  constructor(
    readonly program: Program,
    readonly session: ort.InferenceSession,
  ) {
    for (const tensor of program.inputs) {
      this.#inputs.set(tensor.name!, tensor)
      if (tensor.shape.length === 0) this.#scalars.set(tensor.name!, wrapTensor(program, tensor, allocate(tensor)))
    }
    for (const [name, tensor] of Object.entries(program.outputs)) this.#outputs[name] = wrapTensor(program, tensor, allocate(tensor))
    for (const [name, tensor] of Object.entries(program.updates)) this.#spare.set(name, wrapTensor(program, tensor, allocate(tensor)))
    this.#collectResults()
    keepAtHand([...Object.values(this.#outputs), ...this.#spare.values()].reduce((sum, { data }) => sum + (data as NumericArray).byteLength, 0))
  }

  #collectResults(): void {
    this.#results = Object.fromEntries(Object.entries(this.#outputs).map(([name, tensor]) => [name, tensor.data as NumericArray]))
  }

  place(arrays: ReadonlyMap<string, NumericArray>): void {
    for (const [name, tensor] of Object.entries(this.program.outputs)) {
      const array = arrays.get(name)
      if (array) this.#outputs[name] = wrapTensor(this.program, tensor, array)
    }
    for (const tensor of this.program.parameters) {
      const array = arrays.get(tensor.name!)
      if (array) this.#state.set(tensor.name!, wrapTensor(this.program, tensor, array))
    }
    this.#collectResults()
  }

  load(state: Readonly<Record<string, NumericArray>>): void {
    for (const tensor of this.program.parameters) {
      const values = state[tensor.name!]
      if (!values) continue
      this.#state.set(tensor.name!, wrapTensor(this.program, tensor, values))
    }
  }

  async read(): Promise<Record<string, NumericArray>> {
    return Object.fromEntries([...this.#state].map(([name, tensor]) => [name, tensor.data as NumericArray]))
  }

  #feed(name: string, value: Feed | undefined): ort.Tensor {
    const tensor = this.#inputs.get(name)!
    if (value === undefined) throw new Error(`${this.program.name}: input ${name} was not fed`)
    if (typeof value === 'number') {
      const held = this.#scalars.get(name)
      if (!held) throw new Error(`${this.program.name}: ${name} is not a scalar`)
      ;(held.data as NumericArray)[0] = value
      return held
    }
    const last = this.#feeds[name]
    return last?.data === value && last.size === value.length ? last : wrapTensor(this.program, tensor, value)
  }

  async run(
    feeds: Readonly<Record<string, Feed>>,
    keep?: (outputs: Record<string, NumericArray>) => boolean,
  ): Promise<Record<string, NumericArray>> {
    const all = this.#feeds
    for (const name of this.#inputs.keys()) all[name] = this.#feed(name, feeds[name])
    for (const { name } of this.program.parameters) {
      const held = this.#state.get(name!)
      if (!held) throw new Error(`${this.program.name}: parameter ${name} was not loaded`)
      all[name!] = held
    }
    const fetches: Record<string, ort.Tensor> = this.#spare.size === 0 ? this.#outputs : { ...this.#outputs }
    for (const [name, tensor] of this.#spare) fetches[updateName(name)] = tensor
    giveBack(await this.session.run(all, fetches), fetches)
    const outputs = this.#results
    if (!keep || keep(outputs)) {
      for (const [name, next] of this.#spare) {
        this.#spare.set(name, this.#state.get(name)!)
        this.#state.set(name, next)
      }
    }
    return outputs
  }

  async dispose(): Promise<void> {
    await this.session.release()
  }
}

/**
 * The binding copies what was written into given arrays once more, into new ones. Their memory, given back at once, serves the next run. Left to the
 * garbage collector it gathers, over a pass, to as much as all blocks together, and collecting keeps busy a core that products could use.
 */
function giveBack(copies: Readonly<Record<string, ort.OnnxValue>>, given: Readonly<Record<string, ort.Tensor>>): void {
  for (const name in copies) {
    const { buffer } = (copies[name] as ort.Tensor).data as NumericArray
    if (buffer !== (given[name]!.data as NumericArray).buffer) (buffer as ArrayBuffer).transfer(0)
  }
}

/**
 * glibc returns free memory at the end of the heap to the system, and it would be asked for again with every run. From the largest piece that it
 * has seen go it learns what to keep: twice as much. Pieces from 32 MB on always go.
 */
function keepAtHand(bytes: number): void {
  new ArrayBuffer(Math.min(bytes, 31 * 2 ** 20)).transfer(0)
}

export interface OnnxOptions {
  threads: number
  /** The file that lanes run (`entries/lane`); without it, threads are used inside products only. */
  laneEntry?: string | undefined
  /** Compute quadratic features and the elementwise end of a step by kernels of our own; false leaves all to ONNX Runtime. */
  kernels?: boolean
  /** An execution provider other than the CPU; float32 only. State crosses to the device and back with every step. */
  provider?: 'cuda' | 'dml' | 'coreml'
}

/** ONNX Runtime on the CPU, float32 and float64; with a provider on its device, float32. */
export function createOnnxRuntime(options: OnnxOptions): Runtime {
  const { provider, laneEntry, threads, kernels } = options
  const lanes = laneEntry !== undefined && threads > 1 && !provider && kernels !== false ? new Lanes(laneEntry, threads) : null
  return {
    name: 'onnx',
    device: provider ?? 'cpu',
    threads: options.threads,
    environment: { 'onnxruntime-node': ort.env.versions.node ?? ort.env.versions.common, threads: String(options.threads) },
    async compile(program) {
      const float64 = provider && program.nodes.some(({ type }) => type === 'float64')
      if (float64) throw new Error(`${program.name} computes in float64, which ${provider} does not`)
      if (options.kernels === false || provider) return compileHead(program, options)
      const small = isSmall(program)
      const withMoments = small ? null : planFeatures(program, true)
      if (withMoments?.moments) {
        const { rest, moments } = withMoments
        const passes = planRows(rest)
        if (passes) return new MomentExecutable(program, await compileRows(rest, passes, threads), await compileHead(moments.product, { threads }), { ...withMoments, moments })
      }
      const features = small ? null : planFeatures(program)
      const passes = planRows(features?.rest ?? program)
      if (passes) {
        const rows = await compileRows(features?.rest ?? program, passes, threads)
        return features ? new FeatureExecutable(program, rows, features) : rows
      }
      const plan = planTail(features?.rest ?? program)
      const head = await compileHead(plan.head, { threads })
      const rest = plan.groups.length > 0 ? new TailExecutable(features?.rest ?? program, head, plan) : head
      return features ? new FeatureExecutable(program, rest, features) : rest
    },
    ...(kernels !== false && !provider && { softAssignment }),
    ...(lanes && { sumOverBlocks: async (program, blocks) => (isWorthLanes(program, blocks) ? lanes.sumOverBlocks(program, blocks) : null) }),
  }
}

async function compileRows(program: Program, plan: RowPlan, threads: number): Promise<RowExecutable> {
  const sessions = []
  for (const stage of plan.stages) if (stage.kind === 'session') sessions.push(await compileHead(stage.program, { threads }))
  return new RowExecutable(program, plan, sessions)
}

/** Multiplications of a product below which sharing it costs more than it saves, measured on two cores for passes of EM. */
const smallProduct = 1e7

/** Threads share the work inside an operator; a program of many small products is faster on one. */
function worthwhileThreads(program: Program, threads: number): number {
  const largest = program.nodes.reduce((most, { op, shape, inputs, attributes }) => {
    if (op === 'convolution' || op === 'transposedConvolution' || op === 'filterGradient') return Infinity
    if (op !== 'matmul') return most
    const inner = inputs[0]!.shape.at(attributes['transposeA'] === true ? -2 : -1)!
    return Math.max(most, sizeOf(shape) * inner)
  }, 0)
  return largest < smallProduct ? 1 : threads
}

async function compileHead(program: Program, { threads, provider: device }: Pick<OnnxOptions, 'threads' | 'provider'>): Promise<OnnxExecutable> {
  const provider = device ?? 'cpu'
  const session = await ort.InferenceSession.create(lowerProgram(program, { convolutions: provider === 'cpu' ? 'matrices' : 'plain' }), {
    executionProviders: [provider],
    intraOpNumThreads: worthwhileThreads(program, threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // DirectML plans its memory itself
    enableMemPattern: provider !== 'dml',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  return new OnnxExecutable(program, session)
}
