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
          values: { rows, columns: { x: toStandard(own, units) } },
          shift: units.scale.reduce((sum, value) => sum + Math.log(value), 0),
        },
  }
}
