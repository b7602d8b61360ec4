import type { Notice } from '@shared/domain/run'
import { fillNormal, fillUniform } from '@shared/math/random'
import { notice } from '@shared/rpc/errors'
import { differentiate } from '../graph/differentiate'
import * as g from '../graph/ops'
import { adamRates, adamStep } from '../graph/optimizers'
import { type Program, buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type FloatType, type Tensor, input, parameter, sizeOf } from '../graph/tensor'

/*
 * Is a device to be trusted, and how fast is it? A few training steps of a small variational autoencoder are compared with those of the
 * CPU in float64: every output and all state. Then a step of the size that people train is timed.
 */

export interface SelfTest {
  passed: boolean
  /** Why it did not pass. */
  reason: Notice | null
  /** Median of the larger step; null where the test was not passed. */
  msPerStep: number | null
  /** Largest deviation, relative to values above 1. */
  largestError: number
}

interface Size {
  rows: number
  features: number
  hidden: number
  latent: number
  /** Whether the rows are also seen as pictures of 2×2 pixels by filters. */
  pictures: boolean
}
/** Rows and channels are multiples of three and not of four: a way of counting on GPUs that has gone wrong. */
const small: Size = { rows: 18, features: 24, hidden: 32, latent: 4, pictures: true }
const large: Size = { rows: 128, features: 784, hidden: 512, latent: 20, pictures: false }
const steps = 4
/** float32 rounds to 6e-8; sums over hundreds of terms and four steps of Adam leave well under this. */
const tolerance = 1e-4
/** Large against the rounding of a gradient near zero, whose sign Adam would otherwise blow up to a whole step. */
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-2 }
const timedSteps = 5
const timedMs = 2000

/** Matrix products, soft functions, reductions, slices, convolutions and Adam, as in a variational autoencoder with Bernoulli outputs. */
function trainingStep({ rows, features, hidden, latent, pictures }: Size, type: FloatType): Program {
  const weights: Tensor[] = []
  const dense = (name: string, x: Tensor, to: number): Tensor => {
    const matrix = parameter(`${name}/weight`, [x.shape[1]!, to], type)
    const bias = parameter(`${name}/bias`, [to], type)
    weights.push(matrix, bias)
    return g.add(g.matmul(x, matrix), bias)
  }
  const convolved = (seen: Tensor): Tensor => {
    const channels = features / 4
    const filters = parameter('filters/weight', [8, channels, 2, 2], type)
    const back = parameter('back/weight', [8, channels, 2, 2], type)
    weights.push(filters, back)
    const geometry = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 1, 1] } as const
    const results = g.relu(g.convolution(g.reshape(seen, [rows, channels, 2, 2]), filters, geometry))
    const grown = g.tanh(g.transposedConvolution(results, back, geometry, [2, 2]))
    return g.concatenate([seen, g.reshape(grown, [rows, features])], 1)
  }
  const x = input('x', [rows, features], type)
  const noise = input('noise', [rows, latent], type)
  const moments = dense('moments', g.relu(dense('encoder', pictures ? convolved(x) : x, hidden)), 2 * latent)
  const mean = g.slice(moments, 1, 0, latent)
  const logVariance = g.slice(moments, 1, latent, 2 * latent)
  const z = g.add(mean, g.multiply(g.exp(g.multiply(logVariance, 0.5)), noise))
  const logits = dense('pixels', g.tanh(dense('decoder', z, hidden)), features)
  const reconstruction = g.reduceMean(g.reduceSum(g.subtract(g.multiply(x, logits), g.softplus(logits)), [1]))
  const perDimension = g.subtract(g.add(g.square(mean), g.exp(logVariance)), g.add(logVariance, 1))
  const kl = g.multiply(g.reduceMean(g.reduceSum(perDimension, [1])), 0.5)
  const loss = g.subtract(kl, reconstruction)
  return buildProgram({
    name: 'self-test',
    outputs: { loss, reconstruction, kl },
    updates: adamStep(weights, differentiate(loss, weights), adam).updates,
  })
}

const array = (size: number, type: FloatType): NumericArray => (type === 'float32' ? new Float32Array(size) : new Float64Array(size))
/** float32 values in either type, so that both devices compute on the same numbers. */
const asType = (values: Float32Array, type: FloatType): NumericArray => (type === 'float32' ? values : Float64Array.from(values))

function startState(program: Program, type: FloatType): Record<string, NumericArray> {
  const draw = ({ name, shape }: Tensor): NumericArray => {
    if (name!.startsWith('adam/')) return array(sizeOf(shape), type)
    const values = new Float32Array(sizeOf(shape))
    fillUniform(values, { seed: 5, stream: name! })
    const bound = shape.length === 1 ? 0.1 : shape.length === 2 ? 1 / Math.sqrt(shape[0]!) : 0.5
    return asType(values.map((value) => bound * (2 * value - 1)), type)
  }
  return Object.fromEntries(program.parameters.map((tensor) => [tensor.name!, draw(tensor)]))
}

function feedsOf({ rows, features, latent }: Size, step: number, type: FloatType) {
  const x = new Float32Array(rows * features)
  const noise = new Float32Array(rows * latent)
  fillUniform(x, { seed: 6, stream: `x${step}` })
  fillNormal(noise, { seed: 7, stream: `noise${step}` })
  return { x: asType(x.map(Math.round), type), noise: asType(noise, type), ...adamRates(step, 0.01, adam) }
}

/** Outputs of every step and the state after the last, by name. */
async function figuresOf(runtime: Runtime, type: FloatType): Promise<Map<string, number[]>> {
  const program = trainingStep(small, type)
  const executable = await runtime.compile(program)
  const figures = new Map<string, number[]>()
  executable.load(startState(program, type))
  for (let step = 1; step <= steps; step += 1) {
    for (const [name, values] of Object.entries(await executable.run(feedsOf(small, step, type)))) figures.set(`${name} of step ${step}`, [...values])
  }
  for (const [name, values] of Object.entries(await executable.read())) figures.set(name, [...values])
  await executable.dispose()
  return figures
}

async function timeStep(runtime: Runtime): Promise<number> {
  const program = trainingStep(large, 'float32')
  const executable = await runtime.compile(program)
  executable.load(startState(program, 'float32'))
  const feeds = feedsOf(large, 1, 'float32')
  await executable.run(feeds)
  const times: number[] = []
  const end = performance.now() + timedMs
  while (times.length === 0 || (times.length < timedSteps && performance.now() < end)) {
    const start = performance.now()
    await executable.run(feeds)
    times.push(performance.now() - start)
  }
  await executable.dispose()
  return times.sort((one, other) => one - other)[times.length >> 1]!
}

/** @param reference  computes in float64 */
export async function selfTest(runtime: Runtime, reference: Runtime): Promise<SelfTest> {
  const wanted = await figuresOf(reference, 'float64')
  const got = await figuresOf(runtime, 'float32')
  let worst = { error: 0, what: '', got: 0, wanted: 0 }
  for (const [what, values] of wanted) {
    values.forEach((value, index) => {
      const own = got.get(what)?.[index] ?? NaN
      const error = Math.abs(own - value) / Math.max(1, Math.abs(value))
      // A value that is not a number is worse than any other.
      if (!(error <= worst.error) && !Number.isNaN(worst.error)) worst = { error, what, got: own, wanted: value }
    })
  }
  if (!(worst.error <= tolerance)) {
    const reason = notice('device/self-test-failed', { what: worst.what, got: String(worst.got), wanted: String(worst.wanted) })
    return { passed: false, reason, msPerStep: null, largestError: worst.error }
  }
  return { passed: true, reason: null, msPerStep: await timeStep(runtime), largestError: worst.error }
}
