import type { Runtime } from '../graph/runtime'
import { cutIntoChunks } from '../inference/chunks'
import { factorScores } from '../inference/factor-problem'
import { asGaussian } from '../inference/missing-factors'
import { hasMissing, imputeGaussian, missingPosterior } from '../inference/missing-gaussian'
import { logScales, toStandard } from '../inference/standard-units'
import type { FactorModel } from '../models/factors/factor-model'

/* Rows under a fitted factor model, with entries absent or not. Features are in the units of the model, the model in standard units. */

interface Units {
  shift: Float64Array
  scale: Float64Array
}

/** log p of the observed columns of each row, in the units of the model. */
export async function observedLogDensity(runtime: Runtime, features: Float64Array, units: Units, model: FactorModel): Promise<Float64Array> {
  const standard = toStandard(features, units)
  const { columns } = model
  const { logDensity } = hasMissing(standard)
    ? await missingPosterior(runtime, standard, { structure: 'VVV', components: 1, columns, regularization: 0 }, asGaussian(model))
    : await factorScores(runtime, cutIntoChunks(standard, columns), model)
  const shifts = logScales(features, units)
  return logDensity.map((value, row) => value - shifts[row]!)
}

/** Absent entries by their expectations, and the standard deviation of what stands in each place; both in standard units. */
export function completeRows(features: Float64Array, units: Units, model: FactorModel): { values: Float64Array; deviations: Float64Array } {
  const standard = toStandard(features, units)
  return imputeGaussian(standard, asGaussian(model), new Float64Array(features.length / model.columns).fill(1))
}
