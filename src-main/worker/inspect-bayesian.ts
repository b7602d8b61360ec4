import type { Dataset } from '@shared/domain/dataset'
import { cholesky } from '@shared/math/cholesky'
import type { OpenedArrays } from '../files/dataset-arrays'
import { bayesianScores } from '../inference/bayesian-problem'
import { cutIntoChunks } from '../inference/chunks'
import { logScale, toStandard } from '../inference/standard-units'
import type { NormalWishartMixture } from '../models/bayesian/normal-wishart'
import { Draws } from '../models/draws'
import { gaussianViews } from './gaussian-view'
import { answering, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf, parametersOf, preparedFor } from './inspected-run'
import { largest } from './train-bayesian'

/** A Bayesian mixture: densities and samples are those of the posterior predictive. */
export function inspectBayesian(run: InspectedRun): InspectedModel {
  const tensors = parametersOf(run)
  const stored = (name: string): Float64Array => tensors[name]!.values
  const [components, columns] = tensors['means']!.shape as [number, number]
  const q: NormalWishartMixture = {
    components,
    columns,
    concentration: stored('concentration'),
    concentrationRest: tensors['concentrationRest']?.values ?? new Float64Array(0),
    meanPrecision: stored('meanPrecision'),
    degreesOfFreedom: stored('degreesOfFreedom'),
    means: stored('unit/means'),
    inverseScales: stored('unit/inverseScales'),
  }
  const units = { shift: stored('unit/shift'), scale: stored('unit/scale') }
  const weights = stored('weights')
  const data = preparedFor(run)
  const scores = (dataset: Dataset, arrays: OpenedArrays) =>
    bayesianScores(run.runtime, cutIntoChunks(toStandard(rowsFor(run, data, dataset, arrays), units), columns), q)

  const { views, ...mixtureAnswers } = gaussianViews({
    run,
    data,
    units,
    mixture: { covariance: 'full', components, columns, weights, means: q.means, covariances: inUnitsOfFit(q) },
    shares: async (rows) => (await bayesianScores(run.runtime, cutIntoChunks(rows, columns), q)).responsibilities,
  })

  return answering(run, {
    ...mixtureAnswers,
    own: views,
    params: () => ({ ...storedParams(run), featureNames: data.featureNames }),
    data,
    imageShape: data.imageShape,
    /** Components by their weights, then multivariate t: m_k + L_k·ε·√((β_k + 1)/(β_k χ²)), W_k⁻¹ = L_k L_kᵀ. */
    sample: (count, seed) => {
      const factors = Array.from({ length: components }, (_, k) => cholesky(q.inverseScales.subarray(k * columns ** 2, (k + 1) * columns ** 2), columns)!)
      const draws = new Draws({ seed, stream: 'sample' })
      const values = new Float64Array(count * columns)
      const noise = new Float64Array(columns)
      for (let row = 0; row < count; row += 1) {
        const k = draws.index(weights)
        const degrees = q.degreesOfFreedom[k]! + 1 - columns
        const stretch = Math.sqrt((q.meanPrecision[k]! + 1) / (q.meanPrecision[k]! * 2 * draws.gamma(degrees / 2)))
        for (let d = 0; d < columns; d += 1) noise[d] = draws.normal()
        for (let d = 0; d < columns; d += 1) {
          let along = 0
          for (let e = 0; e <= d; e += 1) along += factors[k]![d * columns + e]! * noise[e]!
          values[row * columns + d] = (q.means[k * columns + d]! + stretch * along) * units.scale[d]! + units.shift[d]!
        }
      }
      return matrixOf(data.featureNames, values)
    },
    apply: {
      responsibilities: async (...from) =>
        matrixOf(Array.from({ length: components }, (_, k) => `component ${k + 1}`), (await scores(...from)).responsibilities),
      assignments: async (...from) => {
        const { responsibilities } = await scores(...from)
        const rows = responsibilities.length / components
        return matrixOf(['component'], Float64Array.from({ length: rows }, (_, row) => largest(responsibilities, row * components, components)))
      },
      logDensity: async (...from) => matrixOf(['logDensity'], (await scores(...from)).logDensity.map((value) => value - logScale(units))),
    },
  })
}

/** (ν_k W_k)⁻¹, the inverse of the expected precision: [K, D, D]. */
const inUnitsOfFit = ({ columns, inverseScales, degreesOfFreedom }: NormalWishartMixture): Float64Array =>
  inverseScales.map((value, index) => value / degreesOfFreedom[Math.floor(index / columns ** 2)]!)
