import { fillBernoulli } from '@shared/math/random'
import { expect, describe, it } from 'vitest'
import { gradientSpecSchema, networkSchema, vaeSpecSchema } from '@shared/domain/spec'
import { learningRateOf } from '../graph/optimizers'
import type { NumericArray } from '../graph/runtime'
import { vaePrograms } from '../models/vae/vae-programs'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { type Trainer, createTrainer } from './gradient'

/* Every optimizer under every schedule, from the specification to the weights: a small VAE on 90 rows in batches of 32. */

const [rows, columns, epochs] = [90, 12, 6]
const features = (() => {
  const values = new Float32Array(rows * columns)
  const chances = Float32Array.from(values, (_, at) => (Math.floor(at / columns) % 3 === at % 3 ? 0.9 : 0.1))
  fillBernoulli(values, chances, { seed: 1, stream: 'rows' })
  return values
})()
const source = { features, rows, columns, binarize: false }
const runtime = createOnnxRuntime({ threads: 1 })

const optimizers = {
  'SGD with momentum': { sgd: { learningRate: 0.01, momentum: 0.8 } },
  Adam: { adam: { learningRate: 0.01 } },
  AdamW: { adamw: { learningRate: 0.01, weightDecay: 0.1 } },
  RMSProp: { rmsprop: { learningRate: 0.01, decay: 0.9 } },
}

/** Schedules, and by what they multiply the rate `t` epochs after the start, of six. */
const schedules = {
  'a constant rate': { schedule: 'constant', factor: () => 1 },
  'a cosine': { schedule: { cosine: { final: 0.1 } }, factor: (t: number, warmup: number) => 0.1 + 0.45 * (1 + Math.cos((Math.PI * Math.max(0, t - warmup)) / (epochs - warmup))) },
  steps: { schedule: { step: { every: 2, factor: 0.5 } }, factor: (t: number) => [1, 0.5, 0.25][Math.floor(t / 2)]! },
}

const cases = Object.entries(optimizers).flatMap(([optimizer, spec]) =>
  Object.entries(schedules).flatMap(([name, schedule]) => [0, 1.5].map((warmup) => ({ optimizer, spec, name, ...schedule, warmup }))),
)
type Case = (typeof cases)[number]

async function trainer(more: object, state: Record<string, NumericArray> | null = null): Promise<{ trainer: Trainer; rate: number }> {
  const inference = gradientSpecSchema.parse({ kind: 'gradient', batchSize: 32, epochs, ...more })
  const network = networkSchema.parse({ mlp: [16] })
  const model = vaePrograms(vaeSpecSchema.parse({ kind: 'vae', latent: 2, encoder: network, decoder: network }), inference, { features: columns, imageShape: null })
  return { trainer: await createTrainer({ runtime, model, source, inference, seed: 1, state }), rate: learningRateOf(inference.optimizer) }
}

const copied = async (from: Trainer): Promise<Record<string, NumericArray>> =>
  Object.fromEntries(Object.entries(await from.state()).map(([name, values]) => [name, values.slice()]))

/** State after every epoch from `first` on, and the bound of each. */
async function run({ spec, schedule, warmup }: Case, first = 1, state: Record<string, NumericArray> | null = null) {
  const { trainer: own } = await trainer({ optimizer: spec, schedule, warmup }, state)
  const states = []
  const bounds = []
  for (let epoch = first; epoch <= epochs; epoch += 1) {
    const { elbo } = await own.epoch(epoch, { yield: async () => {}, onStep: () => {} })
    bounds.push(elbo!)
    states.push(await copied(own))
  }
  await own.dispose()
  return { states, bounds }
}

describe.each(cases)('$optimizer under $name, warm-up of $warmup epochs', (of) => {
  it('climbs, by the steps that the rates of the schedule give one by one', async () => {
    const { states, bounds } = await run(of)
    expect(bounds.at(-1)).toBeGreaterThan(bounds[0]!)
    const { trainer: plain, rate } = await trainer({ optimizer: of.spec })
    for (let step = 1; step <= epochs * plain.steps; step += 1) {
      const rising = of.warmup === 0 ? 1 : Math.min(1, step / (of.warmup * plain.steps))
      await plain.step(step, rate * (rising * of.factor((step - 1) / plain.steps, of.warmup)))
    }
    const stepped = await copied(plain)
    await plain.dispose()
    for (const [name, values] of Object.entries(stepped)) values.forEach((value, at) => expect(states.at(-1)![name]![at], `${name}[${at}]`).toBeCloseTo(value, 6))
  })

  it('goes on from three cut points as if there had been none, bitwise', async () => {
    const whole = await run(of)
    for (const cut of [1, 3, 5]) {
      const resumed = await run(of, cut + 1, whole.states[cut - 1]!)
      expect(resumed.bounds).toEqual(whole.bounds.slice(cut))
      expect(resumed.states.at(-1)).toEqual(whole.states.at(-1))
    }
  })
})
