import { totalmem } from 'node:os'
import type { GradientSpec, ModelSpec } from '@shared/domain/spec'
import { planOfModel } from '@shared/math/model-plan'
import type { PlannedData } from '@shared/math/network-plan'
import { AppError } from '@shared/rpc/errors'

const floatBytes = 4
/** What is held of every layer between its computation and its gradient: before and after the activation, and a gradient. */
const copies = 3

/** Bytes that the decoder's layers take for one row and one draw of z. */
export function bytesPerSample(model: ModelSpec, data: PlannedData): number {
  const { layers } = planOfModel(model, data)!.decoder
  return copies * floatBytes * layers.reduce((sum, { shape }) => sum + shape.reduce((all, length) => all * length, 1), 0)
}

/** How often a row goes through the decoder in a step, and whether that is a number of draws that may be lowered. */
function passes(model: ModelSpec, { objective }: GradientSpec, classes: number): { times: number; areDraws: boolean } {
  if (model.kind === 'categorical-vae') {
    const { estimator } = model
    if (typeof estimator === 'string') return { times: model.categories ** model.variables, areDraws: false }
    return { times: Object.values(estimator)[0]!.samples, areDraws: true }
  }
  if (model.kind === 'semi-supervised-vae') return { times: model.below && model.below !== 'none' ? 1 : classes + 1, areDraws: false }
  if (model.kind !== 'vae') return { times: 1, areDraws: false }
  return { times: (Object.values(objective)[0] as { samples: number }).samples, areDraws: true }
}

/** Bytes that are free on this machine, or may be had from its caches. */
export const memoryHere = (): number => Math.min(totalmem(), process.availableMemory())

/** Says how much the samples of a step would take, and how many fit, before memory runs out. */
export function requireRoomForSamples(model: ModelSpec, inference: GradientSpec, batchSize: number, data: PlannedData, memory: number): void {
  const { times: samples, areDraws } = passes(model, inference, data.classes ?? 0)
  const perSample = batchSize * bytesPerSample(model, data)
  if (samples * perSample <= memory) return
  const fitting = Math.floor(memory / perSample)
  const gigabytes = ((samples * perSample) / 2 ** 30).toPrecision(3)
  const room = (memory / 2 ** 30).toPrecision(3)
  throw fitting >= 1 && areDraws
    ? new AppError('vae/samples-too-many', { samples, gigabytes, room, fitting, batchSize })
    : new AppError('vae/batch-too-large', { batchSize, gigabytes, room, fitting: Math.max(1, Math.floor((batchSize * memory) / (samples * perSample))) })
}
