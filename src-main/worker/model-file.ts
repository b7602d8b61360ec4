import type { RunFiles } from '../files/run-files'
import { readSafetensors, writeSafetensors } from '../files/safetensors'

/** The fitted parameters of a run by their names, as its best checkpoint keeps them. */
export type NamedArrays = Record<string, { shape: number[]; values: Float64Array }>

export const array = (values: Float64Array, ...shape: number[]): NamedArrays[string] => ({ shape, values })

export const saveModel = (files: RunFiles, kind: string, tensors: NamedArrays, metadata: Record<string, string> = {}): void =>
  writeSafetensors(files.checkpoint('best'), { tensors, metadata: { kind, ...metadata } })

export function loadModel(files: RunFiles): { tensors: NamedArrays; metadata: Record<string, string> } {
  const { tensors, metadata } = readSafetensors(files.checkpoint('best'))
  // saveModel writes float64 only
  return { tensors: tensors as NamedArrays, metadata }
}

/** [2, 3] of 6 values → [[a, b, c], [d, e, f]]; no shape → the number. */
export function nested({ shape, values }: NamedArrays[string]): unknown {
  if (shape.length === 0) return values[0]
  if (shape.length === 1) return [...values]
  const size = values.length / (shape[0] || 1)
  return Array.from({ length: shape[0]! }, (_, index) =>
    nested({ shape: shape.slice(1), values: values.subarray(index * size, (index + 1) * size) }),
  )
}
