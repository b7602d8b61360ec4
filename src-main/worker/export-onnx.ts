import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { writeFileAtomic } from '../files/atomic-write'
import type { Program } from '../graph/program'
import type { NumericArray } from '../graph/runtime'
import { exportProgram } from '../runtimes/onnx/lowering'
import type { InspectedRun } from './inspected-run'

export interface ExportedPart {
  name: 'encoder' | 'decoder' | 'density'
  /** Built for `openRows` rows. */
  program: Program
  state: Readonly<Record<string, NumericArray>>
}

/**
 * Writes each part as an ONNX file. Into a folder as encoder.onnx, decoder.onnx or density.onnx; for a path that ends in .onnx a single part
 * takes that name, several put their own before the ending.
 */
export function writeOnnx({ runId, spec, dataset }: InspectedRun, parts: readonly ExportedPart[], out: string): { out: string[] } {
  const path = resolve(out)
  const isFile = path.endsWith('.onnx')
  const paths = parts.map(({ name, program, state }) => {
    const own = parts.length === 1 ? path : `${path.slice(0, -'.onnx'.length)}-${name}.onnx`
    const target = isFile ? own : join(path, `${name}.onnx`)
    mkdirSync(dirname(target), { recursive: true })
    const units = 'inputs and outputs are in the units the model saw, after preprocessing'
    writeFileAtomic(target, exportProgram(program, state, { run: runId, dataset: dataset.name, spec: JSON.stringify(spec), units }))
    return target
  })
  return { out: paths }
}
