import { expect } from 'vitest'
import { fillNormal, fillUniform, permutation } from '@shared/math/random'
import type { Program } from '../graph/program'
import type { Executable, Feed, NumericArray, Runtime } from '../graph/runtime'
import { type FloatType, type Tensor, sizeOf } from '../graph/tensor'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { GradientModel } from './gradient-model'
import { initialValues } from './networks/weight'

/* For tests: programs of models run on made-up rows, and their gradients against differences of what they climb. */

export const runtime: Runtime = createOnnxRuntime({ threads: 1 })

const array = (size: number, type: string): NumericArray => (type === 'float64' ? new Float64Array(size) : new Float32Array(size))

/** Noise by the names of the inputs, weights of 1, and what is given. */
export function feedsOf(program: Program, given: Record<string, Feed>, seed = 1): Record<string, Feed> {
  return Object.fromEntries(program.inputs.map((tensor) => [tensor.name!, given[tensor.name!] ?? drawn(tensor, seed)]))
}

function drawn({ name, shape, type }: Tensor, seed: number): Feed {
  const kind = name!.split('/')[0]!
  const key = { seed, stream: name! }
  if (kind === 'permutation') {
    const columns = Array.from({ length: shape[1]! }, (_, column) => permutation(shape[0]!, { seed, stream: `${name} ${column}` }))
    return Int32Array.from({ length: sizeOf(shape) }, (_, index) =>
      columns[index % shape[1]!]![Math.floor(index / shape[1]!)]! * shape[1]! + (index % shape[1]!))
  }
  const values = array(sizeOf(shape), type)
  if (kind === 'noise') fillNormal(values, key)
  else if (kind === 'uniform') fillUniform(values, key)
  else if (kind === 'weight') values.fill(1)
  else if (kind === 'schedule') return 0.7
  else if (name!.endsWith('/rate')) return 1
  else if (kind === 'sgd') values.fill(0)
  else throw new Error(`nothing is known of the input ${name}`)
  return values
}

export async function once(program: Program, given: Record<string, Feed>, state: Record<string, NumericArray> = {}, seed = 1) {
  const executable = await runtime.compile(program)
  executable.load(state)
  const outputs = await executable.run(feedsOf(program, given, seed))
  const copies = Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Float64Array.from(values)]))
  await executable.dispose()
  return copies
}

/** Weights off their starting values, so that no gradient is zero by symmetry. */
export function weightsOf(model: GradientModel, rows: Float64Array | null = null, seed = 3): Record<string, NumericArray> {
  const values = initialValues(model.weights, { seed, stream: 'weights' }, model.type, (count) =>
    rows ? rows.slice(0, count * model.features) : new Float64Array(count * model.features),
  )
  for (const [name, own] of Object.entries(values)) {
    const shift = array(own.length, model.type)
    fillNormal(shift, { seed, stream: `shift/${name}` })
    for (let index = 0; index < own.length; index += 1) own[index]! += 0.1 * Math.abs(shift[index]!) * (name.endsWith('/variance') ? 1 : Math.sign(shift[index]!))
  }
  return values
}

/**
 * The step of plain gradient descent at rate 1 is the gradient: compared, tensor by tensor, with a central difference of the objective along a
 * random direction. `model` was built with {sgd: {momentum: 0}}.
 */
export async function expectGradients(
  model: GradientModel,
  x: NumericArray,
  options: { adversaryOf?: string[]; tolerance?: number; h?: number; given?: Record<string, Feed> } = {},
) {
  const { adversaryOf = [], tolerance = 1e-5, h = 1e-5, given = {} } = options
  const program = model.trainingStep(x.length / model.features)
  const executable = await runtime.compile(program)
  const start = weightsOf(model, Float64Array.from(x))
  const feeds = feedsOf(program, { x, ...given })
  const zeros = Object.fromEntries(program.parameters.filter(({ name }) => !(name! in start)).map(({ name, shape, type }) => [name!, array(sizeOf(shape), type)]))
  const at = async (moved: Record<string, NumericArray>): Promise<number> => {
    load(executable, { ...zeros, ...start, ...moved })
    return (await executable.run(feeds))['objective']![0]!
  }
  load(executable, { ...zeros, ...start })
  await executable.run(feeds)
  const after = structuredClone(await executable.read())
  const objective = await at({})
  expect(Number.isFinite(objective)).toBe(true)
  for (const { tensor, isStatistic } of model.weights) {
    const name = tensor.name!
    if (isStatistic || adversaryOf.some((prefix) => name.startsWith(prefix))) continue
    const own = start[name]!
    const direction = array(own.length, model.type as FloatType)
    fillNormal(direction, { seed: 9, stream: name })
    const moved = (sign: number): NumericArray => own.map((value, index) => value + sign * h * direction[index]!)
    const difference = ((await at({ [name]: moved(1) })) - (await at({ [name]: moved(-1) }))) / (2 * h)
    // A step climbs: weight after − weight before is the gradient of the objective.
    const gradient = Array.from(own).reduce((sum, value, index) => sum + (after[name]![index]! - value) * direction[index]!, 0)
    expect(Math.abs(gradient - difference), `${name}: ${gradient} instead of ${difference}`).toBeLessThan(tolerance * Math.max(1, Math.abs(difference)))
  }
  await executable.dispose()
}

/** What is loaded is taken over, so copies are given. */
const load = (executable: Executable, state: Record<string, NumericArray>): void =>
  executable.load(Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values.slice()])))
