import * as ort from 'onnxruntime-node'
import { type Program, buildProgram } from '../../graph/program'
import type { Executable, Feed, NumericArray, Runtime } from '../../graph/runtime'
import type { Tensor } from '../../graph/tensor'
import { stopGradient } from '../../graph/ops'
import { lowerProgram, updateName } from './lowering'
import { wrapTensor } from './ort-tensor'

/*
 * ONNX Runtime on a GPU of any vendor through WebGPU (Direct3D 12, Metal, Vulkan), float32. The state of a program stays on the device from
 * step to step; outputs, which are small, come back.
 */

const sessionOptions = { executionProviders: ['webgpu' as const], logSeverityLevel: 3 as const }

class WebGpuExecutable implements Executable {
  #state = new Map<string, ort.Tensor>()
  /** Copies state back: reading a tensor on the device directly ends the process in ONNX Runtime 1.30. */
  #reader: Promise<ort.InferenceSession> | null = null

  constructor(
    readonly program: Program,
    readonly session: ort.InferenceSession,
  ) {}

  load(state: Readonly<Record<string, NumericArray>>): void {
    for (const tensor of this.program.parameters) {
      const values = state[tensor.name!]
      if (!values) continue
      this.#state.get(tensor.name!)?.dispose()
      this.#state.set(tensor.name!, wrapTensor(this.program, tensor, Float32Array.from(values)))
    }
  }

  async read(): Promise<Record<string, NumericArray>> {
    const onDevice = this.program.parameters.filter(({ name }) => this.#state.get(name!)?.location === 'gpu-buffer')
    const values: Record<string, NumericArray> = {}
    for (const [name, tensor] of this.#state) if (tensor.location === 'cpu') values[name] = tensor.data as Float32Array
    if (onDevice.length === 0) return values
    this.#reader ??= ort.InferenceSession.create(lowerProgram(copies(this.program)), sessionOptions)
    const session = await this.#reader
    const feeds = Object.fromEntries(session.inputNames.map((name) => [name, this.#state.get(name)!]))
    const results = await session.run(feeds)
    for (const { name } of onDevice) values[name!] = results[`copy:${name}`]!.data as Float32Array
    return values
  }

  #feed(tensor: Tensor, value: Feed | undefined): ort.Tensor {
    if (value === undefined) throw new Error(`${this.program.name}: input ${tensor.name} was not fed`)
    const values = typeof value === 'number' ? Float32Array.of(value) : value instanceof Float64Array ? Float32Array.from(value) : value
    return wrapTensor(this.program, tensor, values)
  }

  async run(
    feeds: Readonly<Record<string, Feed>>,
    keep?: (outputs: Record<string, NumericArray>) => boolean,
  ): Promise<Record<string, NumericArray>> {
    const all: Record<string, ort.Tensor> = {}
    for (const tensor of this.program.inputs) all[tensor.name!] = this.#feed(tensor, feeds[tensor.name!])
    for (const { name } of this.program.parameters) {
      const held = this.#state.get(name!)
      if (!held) throw new Error(`${this.program.name}: parameter ${name} was not loaded`)
      all[name!] = held
    }
    const results = await this.session.run(all)
    const outputs = Object.fromEntries(Object.keys(this.program.outputs).map((name) => [name, results[name]!.data as NumericArray]))
    const kept = !keep || keep(outputs)
    for (const name of Object.keys(this.program.updates)) {
      const next = results[updateName(name)]!
      const dropped = kept ? this.#state.get(name) : next
      if (kept) this.#state.set(name, next)
      if (dropped?.location === 'gpu-buffer') dropped.dispose()
    }
    return outputs
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#state.values()) if (tensor.location === 'gpu-buffer') tensor.dispose()
    this.#state.clear()
    await this.session.release()
    if (this.#reader) await (await this.#reader).release()
  }
}

/** A program that gives back the parameters that another one changes. */
const copies = (program: Program): Program =>
  buildProgram({
    name: `${program.name}-state`,
    outputs: Object.fromEntries(
      program.parameters.filter(({ name }) => name! in program.updates).map((tensor) => [`copy:${tensor.name}`, stopGradient(tensor)]),
    ),
  })

/** Throws where there is no adapter. */
export async function createWebGpuRuntime(): Promise<Runtime> {
  const runtime: Runtime = {
    name: 'onnx',
    device: 'webgpu',
    threads: 0,
    environment: { 'onnxruntime-node': ort.env.versions.node ?? ort.env.versions.common, device: 'webgpu' },
    async compile(program) {
      const float64 = program.nodes.find(({ type }) => type === 'float64')
      if (float64) throw new Error(`${program.name} computes in float64, which WebGPU does not have`)
      const stays = Object.fromEntries(Object.keys(program.updates).map((name) => [updateName(name), 'gpu-buffer' as const]))
      const options = { ...sessionOptions, ...(Object.keys(stays).length > 0 ? { preferredOutputLocation: stays } : {}) }
      return new WebGpuExecutable(program, await ort.InferenceSession.create(lowerProgram(program, { convolutions: 'padded' }), options))
    },
  }
  return runtime
}

