import type { EmFrame, Matrix, ModelData } from '@shared/domain/run'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import { cholesky } from '@shared/math/cholesky'
import { fillNormal, fillUniform } from '@shared/math/random'
import { type PreparedData, prepareData, transformRows } from '../datasets/prepare'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { cutIntoChunks } from '../inference/chunks'
import { mixturePosterior } from '../inference/gaussian-mixture'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { type GaussianMixture, type Standardization, covarianceOf, toStandardUnits } from '../models/mixtures/gaussian-parameters'
import { type InspectedModel, type InspectedRun, matrixOf, misfit, requireColumns } from './inspected-run'
import { type KeptRestart, type MixtureTrace, loadMixture, loadTrace } from './mixture-files'
import { assignments, constantColumns } from './train-mixture'

const nested = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) => Array.from({ length: width }, (_unused, column) => values[row * width + column]!))

/** A fitted mixture with its data and iterations, kept warm for the iteration slider. */
export class InspectedMixture implements InspectedModel {
  readonly #mixture: GaussianMixture
  readonly #trace: MixtureTrace
  readonly #data: PreparedData
  readonly #units: Standardization

  constructor(readonly run: InspectedRun) {
    this.#mixture = loadMixture(run.files)
    this.#trace = loadTrace(run.files)
    this.#data = prepareData(run.dataset, run.arrays, run.spec, 'float64')
    this.#units = standardUnits(
      this.#data.train.features as Float64Array,
      this.#data.featureNames,
      this.#mixture.covariance,
      constantColumns(run),
    )
  }

  async answer(operation: InspectOperation): Promise<unknown> {
    switch (operation.kind) {
      case 'params':
        return this.params()
      case 'data':
        return this.data()
      case 'emFrame':
        return this.emFrame(operation.iteration)
      case 'restarts':
        return this.restarts()
      case 'sample':
        return { rows: this.sample(operation.count, operation.seed), imageShape: null }
      case 'apply':
        if (operation.output === 'encode' || operation.output === 'reconstruct') throw misfit(operation, this.run)
        return this.apply(operation.output, operation.dataset, openDatasetArrays(operation.datasetFolder, operation.dataset))
      default:
        throw misfit(operation, this.run)
    }
  }

  async #posterior(mixture: GaussianMixture, features: Float64Array) {
    const chunks = cutIntoChunks(toStandard(features, this.#units), mixture.columns)
    const { responsibilities, logDensity } = await mixturePosterior(this.run.runtime, chunks, toStandardUnits(mixture, this.#units))
    const shift = logScale(this.#units)
    return { responsibilities, logDensity: logDensity.map((value) => value - shift) }
  }

  params(): Record<string, unknown> {
    const { columns, components, weights, means } = this.#mixture
    return {
      weights: [...weights],
      means: nested(means, columns),
      covariances: Array.from({ length: components }, (_, component) => nested(covarianceOf(this.#mixture, component), columns)),
      featureNames: this.#data.featureNames,
    }
  }

  data(): ModelData {
    const { train, featureNames, classes } = this.#data
    return { featureNames, rowIndex: train.rowIndex, features: Float32Array.from(train.features), labels: train.labels, classes }
  }

  /** The kept iteration nearest to the one asked for. */
  async emFrame(iteration: number): Promise<EmFrame> {
    const { kept, logLikelihoods } = this.#trace
    const index = kept.reduce(
      (best, candidate, at) => (Math.abs(candidate.iteration - iteration) < Math.abs(kept[best]!.iteration - iteration) ? at : best),
      0,
    )
    const { parameters, iteration: shown, bound, logLikelihood } = kept[index]!
    const { responsibilities } = await this.#posterior(parameters, this.#data.train.features as Float64Array)
    return {
      iteration: shown,
      iterations: logLikelihoods.length - 1,
      weights: [...parameters.weights],
      means: nested(parameters.means, parameters.columns),
      covariances: Array.from({ length: parameters.components }, (_, k) => nested(covarianceOf(parameters, k), parameters.columns)),
      responsibilities: Float32Array.from(responsibilities),
      bound: bound && { ...bound, logLikelihood, logLikelihoodBefore: logLikelihoods[shown - 1]! },
    }
  }

  restarts(): (KeptRestart & { chosen: boolean })[] {
    return this.#trace.restarts.map((restart) => ({ ...restart, chosen: restart.index === this.#trace.chosen }))
  }

  /** Components by their weights, then means_k + L_k·ε with Σ_k = L_k L_kᵀ. */
  sample(count: number, seed: number): Matrix {
    const { columns, components, weights, means } = this.#mixture
    const factors = Array.from({ length: components }, (_, component) => cholesky(covarianceOf(this.#mixture, component), columns)!)
    const uniform = new Float64Array(count)
    const noise = new Float64Array(count * columns)
    fillUniform(uniform, { seed, stream: 'sample/component' })
    fillNormal(noise, { seed, stream: 'sample/noise' })
    const values = new Float64Array(count * columns)
    for (let row = 0; row < count; row += 1) {
      let component = 0
      for (let rest = uniform[row]! - weights[0]!; rest >= 0 && component < components - 1; ) rest -= weights[(component += 1)]!
      for (let column = 0; column < columns; column += 1) {
        let value = means[component * columns + column]!
        for (let k = 0; k <= column; k += 1) value += factors[component]![column * columns + k]! * noise[row * columns + k]!
        values[row * columns + column] = value
      }
    }
    return matrixOf(this.#data.featureNames, values)
  }

  async apply(output: 'responsibilities' | 'assignments' | 'logDensity', dataset: InspectedRun['dataset'], arrays: OpenedArrays): Promise<Matrix> {
    const { columns, components } = this.#mixture
    requireColumns(this.run, columns, dataset)
    const features = transformRows(this.#data.transform, arrays.features, dataset.rows, columns, 'float64') as Float64Array
    const { responsibilities, logDensity } = await this.#posterior(this.#mixture, features)
    if (output === 'logDensity') return matrixOf(['logDensity'], logDensity)
    if (output === 'assignments') return matrixOf(['component'], assignments(responsibilities, components))
    return matrixOf(Array.from({ length: components }, (_, component) => `component ${component + 1}`), responsibilities)
  }
}
