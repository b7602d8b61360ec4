import { describe, expect, it } from 'vitest'
import { type VaeSpec, vaeSpecSchema } from '@shared/domain/models/vae'
import { type GradientSpec, gradientSpecSchema } from '@shared/domain/models/gradient'
import { optimizerFeeds } from '../../graph/optimizers'
import type { NumericArray } from '../../graph/runtime'
import { sizeOf } from '../../graph/tensor'
import { createOnnxRuntime } from '../../runtimes/onnx/onnx-runtime'
import { vaePrograms } from '../vae/vae-programs'
import { weightGroups } from './weight-groups'

const network = { channels: [4], mlp: [8] }
const spec: VaeSpec = vaeSpecSchema.parse({ kind: 'vae', latent: 2, encoder: network, decoder: network, likelihood: { gaussian: {} } })

/** Weights before and after one step. */
async function oneStep(inference: GradientSpec): Promise<Record<string, { before: NumericArray; after: NumericArray }>> {
  const rows = 3
  const model = vaePrograms(spec, inference, { features: 64, imageShape: [8, 8, 1] })
  const program = model.trainingStep(rows)
  const executable = await createOnnxRuntime({ threads: 1 }).compile(program)
  const isWeight = (name: string): boolean => !name.startsWith('adam/')
  const state = Object.fromEntries(
    program.parameters.map(({ name, shape }) => [name!, new Float32Array(sizeOf(shape)).map((_, index) => (isWeight(name!) ? 0.1 + 0.01 * (index % 7) : 0))]),
  )
  const before = structuredClone(state)
  executable.load(state)
  const feeds = Object.fromEntries(program.inputs.map(({ name, shape }) => [name!, new Float32Array(sizeOf(shape)).map((_, index) => Math.sin(index))]))
  await executable.run({ ...feeds, weight: new Float32Array(rows).fill(1), ...optimizerFeeds(inference.optimizer, 1, 0.01) })
  const after = structuredClone(await executable.read())
  await executable.dispose()
  return Object.fromEntries(Object.keys(before).filter(isWeight).map((name) => [name, { before: before[name]!, after: after[name]! }]))
}

const parse = (more: object): GradientSpec => gradientSpecSchema.parse({ kind: 'gradient', ...more })

describe('parts of a model', () => {
  it('learn at rates of their own, and not at all at 0', async () => {
    const plain = await oneStep(parse({}))
    const scaled = await oneStep(parse({ rates: { encoder: 0, decoder: 0.5 } }))
    expect(Object.keys(plain).some((name) => name.startsWith('encoder/'))).toBe(true)
    for (const [name, { before, after }] of Object.entries(plain)) {
      const factor = name.startsWith('encoder/') ? 0 : name.startsWith('decoder/') ? 0.5 : 1
      after.forEach((value, index) => expect(scaled[name]!.after[index]! - before[index]!).toBeCloseTo(factor * (value - before[index]!), 6))
    }
  })

  it('decay where they are matrices or filters; biases, of convolutions too, do not', async () => {
    const adamw = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    const plain = await oneStep(parse({ optimizer: { adam: adamw } }))
    const decayed = await oneStep(parse({ optimizer: { adamw: { ...adamw, weightDecay: 5 } } }))
    const changed = Object.keys(plain).filter((name) => plain[name]!.after.some((value, index) => Math.abs(value - decayed[name]!.after[index]!) > 1e-6))
    expect(changed.length).toBeGreaterThan(4)
    expect(changed.sort()).toEqual(Object.keys(plain).filter((name) => /(weight|filters)$/.test(name)).sort())
    expect(weightGroups(parse({}))({ name: 'encoder/convolution/0/bias' } as never).decays).toBe(false)
  })
})
