import type { HeldOut } from '@shared/domain/held-out'
import type { Pictures } from '@shared/domain/run'
import type { RunFiles } from '../files/run-files'
import { readSafetensors, writeSafetensors } from '../files/safetensors'
import type { NumericArray } from '../graph/runtime'

/** What a checkpoint of gradient training holds: a consistent set of weights and moments, and where training stood. */
export interface VaeCheckpoint {
  epoch: number
  bestEpoch: number
  /** Of the figure that the best checkpoint follows. */
  bestFigure: number
  state: Record<string, Float32Array>
  /** The figures told at the best epoch so far. */
  bestMetrics: Record<string, number>
  /** What is known of those of held-out rows; not kept by earlier versions. */
  bestHeldOut?: Record<string, HeldOut>
}

export function saveCheckpoint(files: RunFiles, which: 'best' | 'last', checkpoint: Omit<VaeCheckpoint, 'state'>, state: Record<string, NumericArray>): void {
  writeSafetensors(files.checkpoint(which), {
    metadata: { kind: 'vae', progress: JSON.stringify({ ...checkpoint, bestFigure: Number.isFinite(checkpoint.bestFigure) ? checkpoint.bestFigure : null }) },
    tensors: Object.fromEntries(Object.entries(state).map(([name, values]) => [name, { shape: [values.length], values }])),
  })
}

export function loadCheckpoint(files: RunFiles, which: 'best' | 'last'): VaeCheckpoint {
  const { tensors, metadata } = readSafetensors(files.checkpoint(which))
  const progress = JSON.parse(metadata['progress']!) as Omit<VaeCheckpoint, 'state' | 'bestFigure'> & {
    bestFigure?: number | null
    /** Its name before there were models without a bound. */
    bestElbo?: number | null
  }
  return {
    ...progress,
    bestFigure: progress.bestFigure ?? progress.bestElbo ?? -Infinity,
    state: Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values as Float32Array])),
  }
}

export function savePictures(files: RunFiles, name: string, pictures: Pictures): number {
  const { inputs, reconstructions, samples, features } = pictures
  const tensor = (values: Float32Array) => ({ shape: [values.length / features, features], values })
  writeSafetensors(files.artifact(name), {
    metadata: { step: String(pictures.step), imageShape: JSON.stringify(pictures.imageShape), features: String(features) },
    tensors: { inputs: tensor(inputs), reconstructions: tensor(reconstructions), samples: tensor(samples) },
  })
  return inputs.byteLength + reconstructions.byteLength + samples.byteLength
}
