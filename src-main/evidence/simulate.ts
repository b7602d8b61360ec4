import type { RandomKey } from '@shared/math/random'
import { buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { NoiseFiller } from '../inference/batches'
import type { LatentDensity } from '../models/latent-density'
import { noiseInputs } from '../models/noise'
import { type RowValues, ownState } from './rows'

/** Rows drawn from the model with the latents they come from: exact samples of their posteriors. Null where the model cannot draw rows. */
export async function simulateRows(runtime: Runtime, model: LatentDensity, count: number, key: RandomKey): Promise<{ values: RowValues; latent: NumericArray } | null> {
  if (!model.simulate) return null
  const { rows, latent } = model.simulate(count, noiseInputs)
  const executable = await runtime.compile(buildProgram({ name: 'evidence-simulation', outputs: { ...rows, 'simulated/latent': latent } }))
  executable.load(ownState(executable.program, model))
  const outputs = await executable.run(new NoiseFiller(executable.program, key).fill(0))
  const columns = Object.fromEntries(Object.keys(rows).map((name) => [name, outputs[name]!.slice() as NumericArray]))
  const drawn = outputs['simulated/latent']!.slice()
  await executable.dispose()
  return { values: { rows: count, columns }, latent: drawn }
}
