import type { GradientSpec, ModelSpec } from '@shared/domain/spec'
import { type PlannedData, modelPlan } from '@shared/math/network-plan'
import { AppError } from '@shared/rpc/errors'

const floatBytes = 4
/** What is held of every layer between its computation and its gradient: before and after the activation, and a gradient. */
const copies = 3

/** Bytes that the decoder's layers take for one row and one draw of z. */
export function bytesPerSample(model: Extract<ModelSpec, { kind: 'vae' }>, data: PlannedData): number {
  const { decoder } = modelPlan(model, data)
  return copies * floatBytes * decoder.layers.reduce((sum, { shape }) => sum + shape.reduce((all, length) => all * length, 1), 0)
}

/** Says how much the samples of a step would take, and how many fit, before memory runs out. */
export function requireRoomForSamples(model: ModelSpec, inference: GradientSpec, batchSize: number, data: PlannedData, memory: number): void {
  if (model.kind !== 'vae') return
  const { samples } = Object.values(inference.objective)[0] as { samples: number }
  const perSample = batchSize * bytesPerSample(model, data)
  if (samples * perSample <= memory) return
  const fitting = Math.floor(memory / perSample)
  const gigabytes = ((samples * perSample) / 2 ** 30).toPrecision(3)
  const room = (memory / 2 ** 30).toPrecision(3)
  throw fitting >= 1
    ? new AppError('vae/samples-too-many', { samples, gigabytes, room, fitting, batchSize })
    : new AppError('vae/batch-too-large', { batchSize, gigabytes, room, fitting: Math.max(1, Math.floor((batchSize * memory) / perSample)) })
}
