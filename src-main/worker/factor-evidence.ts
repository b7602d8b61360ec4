import { fillNormal } from '@shared/math/random'
import type { PreparedData } from '../datasets/prepare'
import { hasMissing } from '../inference/missing-gaussian'
import { toStandard } from '../inference/standard-units'
import { factorDensity } from '../models/factors/factor-density'
import type { FactorModel } from '../models/factors/factor-model'
import { type EvidenceRequest, type EvidenceSource, evidenceRows } from './evidence-source'
import { observedLogDensity } from './factor-rows'
import type { InspectedRun } from './inspected-run'

/** PPCA and factor analysis under the estimators of log p(x): the exact figure is known, so that they can be seen to err. */
export async function factorEvidence(
  run: InspectedRun,
  data: PreparedData,
  { model, units }: { model: FactorModel; units: { shift: Float64Array; scale: Float64Array } },
  request: EvidenceRequest,
): Promise<EvidenceSource> {
  const { part, rows, features } = evidenceRows(run, data, request)
  const own = Float64Array.from(features)
  return {
    part,
    rows,
    exact: () => observedLogDensity(run.runtime, own, units, model),
    discrete: null,
    continuous: hasMissing(own)
      ? null
      : {
          density: factorDensity(model),
          x: toStandard(own, units),
          shift: units.scale.reduce((sum, value) => sum + Math.log(value), 0),
          simulate: async (count, seed) => simulated(model, count, seed),
        },
  }
}

/** x = mean + Λz + noise, in the units of the fit. */
function simulated({ columns, latent, mean, loadings, noise }: FactorModel, count: number, seed: number) {
  const z = new Float64Array(count * latent)
  const x = new Float64Array(count * columns)
  fillNormal(z, { seed, stream: 'evidence/simulated/latent' })
  fillNormal(x, { seed, stream: 'evidence/simulated/noise' })
  for (let index = 0; index < x.length; index += 1) {
    const [row, d] = [Math.floor(index / columns), index % columns]
    x[index] = mean[d]! + Math.sqrt(noise[d]!) * x[index]!
    for (let a = 0; a < latent; a += 1) x[index]! += loadings[d * latent + a]! * z[row * latent + a]!
  }
  return { x, latent: z }
}
