import type { Program } from '../graph/program'
import type { NumericArray } from '../graph/runtime'
import type { LatentDensity } from '../models/latent-density'

/** The model's parameters that a program uses. */
export function ownState(program: Program, { state }: LatentDensity): Record<string, NumericArray> {
  return Object.fromEntries(program.parameters.flatMap(({ name }) => (state[name!] ? [[name!, state[name!]!]] : [])))
}
