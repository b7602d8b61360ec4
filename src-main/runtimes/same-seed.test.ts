import { expect, it } from 'vitest'
import { fillUniform } from '@shared/math/random'
import { gradientSpecSchema, vaeSpecSchema } from '@shared/domain/spec'
import type { Runtime } from '../graph/runtime'
import { createTrainer } from '../inference/gradient'
import { vaePrograms } from '../models/vae/vae-programs'
import { createOnnxRuntime } from './onnx/onnx-runtime'
import { createPlainTensorFlow } from './tensorflow/load'

const features = new Float32Array(96 * 36)
fillUniform(features, { seed: 3, stream: 'pixels' })

async function train(runtime: Runtime, spec: object, epochs: number) {
  const inference = gradientSpecSchema.parse({ kind: 'gradient', batchSize: 32, epochs })
  const model = vaePrograms(vaeSpecSchema.parse({ kind: 'vae', latent: 3, ...spec }), inference, { features: 36, imageShape: [6, 6, 1] })
  const source = { features, rows: 96, columns: 36, binarize: true }
  const trainer = await createTrainer({ runtime, model, source, inference, seed: 5, state: null })
  const figures = []
  for (let epoch = 1; epoch <= epochs; epoch += 1) figures.push(await trainer.epoch(epoch, { yield: async () => {}, onStep: () => {} }))
  const state = structuredClone(await trainer.state())
  await trainer.dispose()
  return { figures, state }
}

const networks = [{ encoder: { mlp: [40] }, decoder: { mlp: [40] } }, { encoder: { channels: [4], mlp: [16] }, decoder: { channels: [4], mlp: [16] } }]

it.each(networks)('the same seed takes the same first steps on ONNX Runtime and on TensorFlow.js: %j', async (network) => {
  const [onnx, tensorflow] = [await train(createOnnxRuntime({ threads: 1 }), network, 2), await train(await createPlainTensorFlow(), network, 2)]
  onnx.figures.forEach(({ elbo, kl }, index) => {
    expect(elbo).toBeCloseTo(tensorflow.figures[index]!['elbo']!, 4)
    expect(kl).toBeCloseTo(tensorflow.figures[index]!['kl']!, 4)
  })
  for (const [name, values] of Object.entries(onnx.state)) {
    values.forEach((value, index) => expect(Math.abs(value - tensorflow.state[name]![index]!), name).toBeLessThan(2e-4 * Math.max(1, Math.abs(value))))
  }
})

it('the same seed and thread count give the same bits', async () => {
  const [first, second] = [await train(createOnnxRuntime({ threads: 2 }), networks[0]!, 3), await train(createOnnxRuntime({ threads: 2 }), networks[0]!, 3)]
  expect(second).toEqual(first)
})
