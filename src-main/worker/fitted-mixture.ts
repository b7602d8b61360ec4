import type { Dataset } from '@shared/domain/dataset'
import type { Parts, PreparedPart } from '../datasets/prepare'
import type { Mixture, Standardization } from '../models/mixtures/mixture-family'
import type { InspectedRun } from './inspected-run'
import type { AnyFamily } from './mixture-families'

/** A fitted mixture as what is told of it needs it. Rows and parameters are in the units the model saw. */
export interface FittedMixture {
  run: InspectedRun
  family: AnyFamily
  mixture: Mixture
  units: Standardization
  /** Training rows: all, or a sample of those that stay on disk. */
  data: Parts<PreparedPart>
  /** Responsibilities [rows, K] and log-densities [rows] of the entries that are there, by this mixture or another of its family. */
  /** Rows of any dataset with such columns, in the units of this model, with this model's codes: [rows, columns]. */
  rowsAt(dataset: Dataset, folder: string, rowIndex: Int32Array): Float64Array
  posterior(features: Float64Array, mixture?: Mixture): Promise<{ responsibilities: Float64Array; logDensity: Float64Array }>
}
