import type { EmFrame } from '@shared/domain/run'
import type { RunFiles } from '../files/run-files'
import { readSafetensors, writeSafetensors } from '../files/safetensors'
import type { EmIteration } from '../inference/em'
import type { NamedArrays } from './model-file'

/** How a run of any model that is fitted iteration by iteration keeps them: what its checkpoint holds, once for each. */

export interface KeptIteration {
  iteration: number
  bound: EmFrame['bound']
}

/** The kept iterations, ascending, and the parameters of each. */
export interface IterationFile {
  kept: KeptIteration[]
  /** Of the last one kept that is not later. */
  tensorsAt(iteration: number): NamedArrays
}

const name = 'iterations'

export interface IterationsToSave<Parameters> {
  iterations: readonly EmIteration<Parameters>[]
  /** Mean log-likelihood per row after every iteration, nats; `shift` is what each loses in the units of the model. */
  trace: readonly number[]
  shift: number
}

/** @param describe  what the checkpoint would hold of these parameters, in the order that the fit ended with */
export function saveIterations<Parameters>(
  files: RunFiles,
  { iterations, trace, shift }: IterationsToSave<Parameters>,
  describe: (parameters: Parameters, place: number) => NamedArrays,
): void {
  const told = iterations.map(({ parameters }, place) => describe(parameters, place))
  const tensors = Object.fromEntries(
    Object.entries(told[0]!).map(([key, { shape, values }]) => {
      const all = new Float64Array(told.length * values.length)
      told.forEach((arrays, place) => all.set(arrays[key]!.values, place * values.length))
      return [key, { shape: [told.length, ...shape], values: all }]
    }),
  )
  const kept = iterations.map(({ iteration, bound }): KeptIteration => {
    if (!bound) return { iteration, bound: null }
    const [logLikelihoodBefore, logLikelihood] = [trace[iteration - 1]! - shift, trace[iteration]! - shift]
    return { iteration, bound: { logLikelihoodBefore, lowerBound: bound.lowerBound - shift, kl: bound.kl, logLikelihood } }
  })
  writeSafetensors(files.artifact(name), { tensors, metadata: { kept: JSON.stringify(kept) } })
}

/** Null where there is none: of closed forms, and of runs of an earlier version. */
export function loadIterations(files: RunFiles): IterationFile | null {
  if (!files.hasArtifact(name)) return null
  const { tensors, metadata } = readSafetensors(files.artifact(name))
  const kept = JSON.parse(metadata['kept']!) as KeptIteration[]
  return {
    kept,
    tensorsAt(iteration) {
      const place = Math.max(0, kept.findLastIndex((one) => one.iteration <= iteration))
      return Object.fromEntries(
        Object.entries(tensors as NamedArrays).map(([key, { shape, values }]) => {
          const size = values.length / kept.length
          return [key, { shape: shape.slice(1), values: values.slice(place * size, (place + 1) * size) }]
        }),
      )
    },
  }
}
