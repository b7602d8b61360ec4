import { type CovarianceStructure } from '@shared/domain/models/mixtures'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { Mixture, MixtureFamily, Standardization } from '../models/mixtures/mixture-family'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { openDatasetArrays } from '../files/dataset-arrays'
import { storeDataset } from './training-fixture'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import { type Restart, bestRestart, fitRestarts } from '../inference/restarts'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { startsFor } from '../inference/starts'

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
  const startsOf = startsFor(problem, { features: own, columns }, 'auto', seed)
  const all = await fitRestarts({ problem, from: 0, restarts, startsOf, options: { tolerance: 1e-8, maxIterations: 1000 } })
  await problem.dispose()
  const best = bestRestart(all)!
  const logLikelihood = (best.logLikelihood! - logScale(units)) * rows
  return { restarts: all, best, units, logLikelihood, bic: 2 * logLikelihood - family.freeParameters * Math.log(rows) }
}

export const gaussians = (table: Table, structure: CovarianceStructure, components: number, regularization = 0) =>
  gaussianFamily({ structure, components, columns: table.columns, regularization })
