import { existsSync } from 'node:fs'
import type { ImageShape, Pictures } from '@shared/domain/run'
import { runFiles } from './run-files'
import { readSafetensors } from './safetensors'

/** One set of pictures as the worker stored it; null where its file is gone. */
export function readPictures(runFolder: string, name: string, step: number): Pictures | null {
  const path = runFiles(runFolder).artifact(name)
  if (!existsSync(path)) return null
  const { tensors, metadata } = readSafetensors(path)
  const floats = (tensor: string): Float32Array => {
    const values = tensors[tensor]?.values
    if (!(values instanceof Float32Array)) throw new Error(`${path} has no tensor ${tensor} of float32`)
    return values
  }
  return {
    step,
    imageShape: JSON.parse(metadata['imageShape'] ?? 'null') as ImageShape | null,
    features: Number(metadata['features']),
    inputs: floats('inputs'),
    reconstructions: floats('reconstructions'),
    samples: floats('samples'),
  }
}
