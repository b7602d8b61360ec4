import { expect, it } from 'vitest'
import { gradientSpecSchema } from '@shared/domain/spec'
import { sentence } from '@shared/messages/messages'
import { AppError } from '@shared/rpc/errors'
import { differentiate } from '../graph/differentiate'
import * as g from '../graph/ops'
import { optimizerStep } from '../graph/optimizers'
import { buildProgram } from '../graph/program'
import { input, parameter } from '../graph/tensor'
import type { GradientModel } from '../models/gradient-model'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { createTrainer } from './gradient'

const inference = gradientSpecSchema.parse({ kind: 'gradient', optimizer: { sgd: { learningRate: 0.1, momentum: 0 } }, batchSize: 4, epochs: 3 })

/** √(x·w) summed: at 0 the objective is finite, and its slope is not. */
function rootModel(): GradientModel {
  const w = parameter('layer/weight', [2, 1], 'float32')
  return {
    weights: [{ tensor: w, bound: 0, centre: 1 }],
    type: 'float32',
    trainingStep: (rows: number) => {
      const objective = g.reduceSum(g.multiply(g.sqrt(g.reshape(g.matmul(input('x', [rows, 2], 'float32'), w), [rows])), input('weight', [rows], 'float32')))
      const { updates, gradientNorm } = optimizerStep([w], differentiate(g.negate(objective), [w]), inference.optimizer, { clip: 0 })
      return buildProgram({ name: 'root', outputs: { objective, gradientNorm }, updates })
    },
  } as unknown as GradientModel
}

const trainerOf = (features: number[]) =>
  createTrainer({
    runtime: createOnnxRuntime({ threads: 1 }),
    model: rootModel(),
    inference,
    seed: 1,
    state: null,
    source: { features: Float32Array.from(features), rows: features.length / 2, columns: 2, binarize: false },
  })
const control = { yield: async () => undefined, onStep: () => undefined }

it('a step whose gradient is not finite is not taken, though its objective is, and tensor and rows are named in both languages', async () => {
  const trainer = await trainerOf([1, 1, 2, 1, 0, 0, 1, 4])
  const before = Object.fromEntries(Object.entries(await trainer.state()).map(([name, values]) => [name, values.slice()]))
  const error = await trainer.epoch(1, control).catch((thrown: unknown) => thrown)
  if (!(error instanceof AppError)) throw error
  expect(error.code).toBe('vae/gradient-not-a-number')
  expect(error.details).toMatchObject({ step: 1, epoch: 1, rows: '2' })
  expect(await trainer.state()).toEqual(before)
  for (const language of ['en', 'zh'] as const) {
    const text = sentence('vae/gradient-not-a-number', error.details, language)
    for (const named of [String(error.details['tensor']), '2', language === 'en' ? 'half the learning rate and clipping' : '学习率减半并裁剪梯度']) expect(text).toContain(named)
  }
  await trainer.dispose()
})

it('a step whose gradient is finite is taken', async () => {
  const trainer = await trainerOf([1, 1, 2, 1, 1, 0, 1, 4])
  const before = (await trainer.state())['layer/weight']!.slice()
  await trainer.epoch(1, control)
  expect((await trainer.state())['layer/weight']).not.toEqual(before)
  await trainer.dispose()
})
