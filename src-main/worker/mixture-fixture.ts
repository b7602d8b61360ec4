import { type CovarianceStructure } from '@shared/domain/models/mixtures'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { Mixture, MixtureFamily, Standardization } from '../models/mixtures/mixture-family'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { openDatasetArrays } from '../files/dataset-arrays'
import { storeDataset } from './training-fixture'
import { familyChunks, mixturePosterior, mixtureProblem } from '../inference/mixture-problem'
import { type Restart, bestRestart } from '../inference/restarts'
import { searchRestarts } from '../inference/search'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'

/** For tests: fits of any family to the rows of a bundled table, without a worker. */

export interface Table {
  features: Float64Array
  columns: number
}

export async function bundledTable(path: string, label?: string): Promise<Table> {
  const { dataset, folder } = await storeDataset(path, label === undefined ? {} : { label })
  return { features: openDatasetArrays(folder, dataset).features as Float64Array, columns: dataset.shape[1]! }
}

export const runtime = createOnnxRuntime({ threads: 1 })

export interface Fitted<P> {
  restarts: Restart<P>[]
  best: Restart<P>
  units: Standardization
  /** Total, nats, in the units of the table. */
  logLikelihood: number
  bic: number
}

export async function fitFamily<P extends Mixture>(table: Table, family: MixtureFamily<P>, restarts = 10, seed = 1): Promise<Fitted<P>> {
  const { features, columns } = table
  const rows = features.length / columns
  const units = standardUnits(features, Array.from({ length: columns }, (_, column) => `column ${column}`), family.units, 'refuse')
  const own = toStandard(features, units)
  const problem = await mixtureProblem(runtime, familyChunks(own, family), family)
  const all = await searchRestarts({
    problem,
    rows: { features: own, columns },
    seed,
    initialization: 'auto',
    restarts,
    responsibilities: async (mixture) => (await mixturePosterior({ runtime, features: own, family, mixture })).responsibilities,
    options: { tolerance: 1e-8, maxIterations: 1000 },
  })
  await problem.dispose()
  const best = bestRestart(all)!
  const logLikelihood = (best.logLikelihood! - logScale(units)) * rows
  return { restarts: all, best, units, logLikelihood, bic: 2 * logLikelihood - family.freeParameters * Math.log(rows) }
}

export const gaussians = (table: Table, structure: CovarianceStructure, components: number, regularization = 0) =>
  gaussianFamily({ structure, components, columns: table.columns, regularization })
