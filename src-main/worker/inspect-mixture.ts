import { structureOf } from '@shared/domain/models/mixtures'
import type { BoundCurve, Completion, Direction, Imputation } from '@shared/domain/inside'
import type { EmFrame, Matrix, ModelData } from '@shared/domain/run'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import { hasNoise } from '@shared/domain/models/mixtures'
import { withoutWeights } from '@shared/domain/weight-column'
import { fillUniform } from '@shared/math/random'
import { atOnce, gathered } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import { type Parts, type PreparedPart, prepareData, transformedBlocks } from '../datasets/prepare'
import { datasetRowsOnDisk } from '../files/dataset-arrays'
import type { MixtureProblem } from '../inference/mixture-problem'
import type { KnownClasses } from '../inference/known-classes'
import { logScales, toStandard } from '../inference/standard-units'
import type { Mixture, Standardization } from '../models/mixtures/mixture-family'
import { posteriorPass } from '../models/mixtures/mixture-pass'
import { nested } from '../models/mixtures/nested'
import { boundCurve } from './bound-curve'
import { alignedRestarts } from './alignment-answers'
import { conditionOf, conditionalRows } from './conditional-answers'
import { conditionalPicture } from './conditional-picture'
import { componentNames } from './component-names'
import { type ExportedPart, writeOnnx } from './export-onnx'
import { type Filled, besideEachOther, columnMeans, completed, imputed, requireRowsOf } from './imputation'
import type { FittedMixture } from './fitted-mixture'
import { type InspectedModel, type InspectedRun, matrixOf, misfit, requireColumns, wayBackTo } from './inspected-run'
import { openRows } from '../runtimes/onnx/lowering'
import { staysOnDisk } from './memory-budget'
import { mergesOf } from './merge-answers'
import { namedParameters, recoded } from './mixed-answers'
import { assignments } from './mixture-figures'
import { type KeptRestart, type MixtureTrace, loadMixture, loadTrace } from './mixture-files'
import type { AnyFamily } from './mixture-families'
import { type ModelRows, impute, modelPosterior, modelProblem } from './mixture-posterior'
import { familyAndUnits, knownClasses } from './mixture-setting'
import { type SampledData, allRows, rowsOf, sampledData } from './mixture-stream'
import { readWeights, splitWeights, weightsAt } from './weighted-rows'

/** A fitted mixture with its data and iterations, kept warm for the iteration slider. */
export class InspectedMixture implements InspectedModel {
  readonly #family: AnyFamily
  readonly #mixture: Mixture
  readonly #trace: MixtureTrace
  readonly #data: Parts<PreparedPart>
  readonly #units: Standardization
  /** Training rows there are; `#data` has a sample of those that stay on disk. */
  readonly #total: number
  #held: { problem: MixtureProblem<Mixture>; shift: number } | null = null

  constructor(readonly run: InspectedRun) {
    const { data, total, family, units } = staysOnDisk(run.dataset) ? sampledData(run) : heldData(run)
    this.#data = data
    this.#total = total
    this.#family = family
    this.#units = units
    this.#mixture = loadMixture(run.files, this.#family)
    this.#trace = loadTrace(run.files, this.#family)
  }

  async answer(operation: InspectOperation): Promise<unknown> {
    switch (operation.kind) {
      case 'params':
        return { ...namedParameters(this.run.spec.model, withoutWeights(this.run.spec.model, this.run.dataset), this.#data.featureNames, this.#family.describe(this.#mixture)), featureNames: this.#data.featureNames, componentNames: this.#names() }
      case 'data':
        return this.data()
      case 'wayBack':
        return wayBackTo(this.run, this.#data)
      case 'emFrame':
        return this.emFrame(operation.iteration)
      case 'restarts':
        return this.restarts()
      case 'givenUp':
        return this.#trace.givenUp
      case 'boundCurve':
        this.#refuseNoise()
        if (this.#isLimit()) throw misfit(operation, this.run)
        return this.boundCurve(operation.iteration, operation.direction)
      case 'imputation':
        this.#requireImputable(operation)
        return this.imputation()
      case 'completion':
        this.#requireImputable(operation)
        return this.completion(operation.rows, operation.hidden)
      case 'sample':
        return { rows: this.sample(operation.count, operation.seed), imageShape: this.#data.imageShape }
      case 'conditional':
        this.#requireImputable(operation)
        return conditionalPicture(this.fitted(), operation)
      case 'merges':
        if (this.#isLimit()) throw misfit(operation, this.run)
        return mergesOf(this.fitted(), this.#total)
      case 'alignedRestarts':
        return alignedRestarts(this.fitted(), this.#trace.chosen, (index) => this.#trace.restarts.find((one) => one.index === index)?.logLikelihood ?? null)
      case 'apply':
        if (operation.output === 'encode' || operation.output === 'reconstruct' || operation.output === 'imputations') throw misfit(operation, this.run)
        if (operation.output === 'conditional') {
          this.#requireImputable(operation)
          return this.#conditional(operation)
        }
        if (operation.output === 'impute') this.#requireImputable(operation)
        return this.apply(operation.output, operation.dataset, operation.datasetFolder)
      case 'export':
        if (this.#isLimit()) throw misfit(operation, this.run)
        return writeOnnx(this.run, [this.density()], operation.out)
      default:
        throw misfit(operation, this.run)
    }
  }

  /** x → responsibilities, logDensity, in float64. */
  density(): ExportedPart {
    const family = this.#family.careful?.family ?? this.#family
    return { name: 'density', program: posteriorPass(family, openRows), state: family.state([this.#mixture]) }
  }

  #names(): string[] {
    return componentNames(this.run.spec.model, this.#data.classes, this.#mixture.components)
  }

  /** @param known  classes of these rows, where labels count */
  async #posterior(mixture: Mixture, features: Float64Array, known: KnownClasses | null = null) {
    const own = this.#family.toStandardUnits(mixture, this.#units)
    const rows = toStandard(features, this.#units)
    const posterior = this.#isLimit() ? 'hard' : 'plain'
    const { responsibilities, logDensity } = await modelPosterior({ ...this.#model(rows), mixture: own, posterior, known })
    const shifts = logScales(features, this.#units)
    return { responsibilities, logDensity: logDensity.map((value, row) => value - shifts[row]!) }
  }

  #model(features: Float64Array): ModelRows {
    return { runtime: this.run.runtime, model: this.run.spec.model, family: this.#family, features }
  }

  /** Absent entries by their expectations, and the standard deviation of each entry. */
  async #impute(features: Float64Array): Promise<Filled> {
    const { shift, scale } = this.#units
    const columns = this.#family.columns
    const own = this.#family.toStandardUnits(this.#mixture, this.#units)
    const { values, deviations } = await impute({ ...this.#model(toStandard(features, this.#units)), mixture: own })
    return {
      values: values.map((value, index) => (Number.isNaN(features[index]!) ? value * scale[index % columns]! + shift[index % columns]! : features[index]!)),
      deviations: deviations.map((deviation, index) => deviation * scale[index % columns]!),
    }
  }

  fitted(): FittedMixture {
    const { transform } = this.#data
    return {
      run: this.run,
      family: this.#family,
      mixture: this.#mixture,
      units: this.#units,
      data: this.#data,
      rowsAt: (dataset, folder, rowIndex) => {
        const raw = rowsOf(this.run.spec.model, dataset, folder)
        return atOnce(gathered(recoded(transformedBlocks(transform, raw, rowIndex), dataset, this.run)))
      },
      posterior: (features, mixture = this.#mixture) => this.#posterior(mixture, features),
    }
  }

  mixture(): { fitted: FittedMixture; total: number } {
    return { fitted: this.fitted(), total: this.#total }
  }

  #conditional({ dataset, datasetFolder, given = [], target }: Extract<InspectOperation, { kind: 'apply' }>): Promise<Matrix> {
    requireColumns(this.run, dataset)
    const fitted = this.fitted()
    const rows = recoded(allRows(this.#data.transform, this.run.spec.model, dataset, datasetFolder), dataset, this.run)
    return conditionalRows(fitted, rows.walk(rowsAtOnce), dataset, conditionOf(fitted, given, target))
  }

  #requireImputable(operation: InspectOperation): void {
    if (!canImpute.has(this.run.spec.model.kind)) throw misfit(operation, this.run)
    this.#refuseNoise()
  }

  /** Lines between parameters, and what some columns tell of others, are those of Gaussians. */
  #refuseNoise(): void {
    if (hasNoise(this.run.spec.model)) throw new AppError('mixture/noise-not-for-this')
  }

  imputation(): Promise<Imputation> {
    const { dataset, datasetFolder } = this.run
    const { featureNames, transform } = this.#data
    const codes = featureNames.map((_, column) => Boolean(this.#family.codeProbabilities?.(this.#mixture, 0, column)))
    const rows = allRows(transform, this.run.spec.model, dataset, datasetFolder).walk(rowsAtOnce)
    return imputed(rows, { featureNames, way: wayBackTo(this.run, this.#data), codes }, (given) => this.#impute(given))
  }

  completion(rows: readonly number[], hidden: readonly number[]): Promise<Completion> {
    const { dataset, datasetFolder } = this.run
    requireRowsOf(rows, dataset.rows)
    const raw = rowsOf(this.run.spec.model, dataset, datasetFolder)
    const original = atOnce(gathered(transformedBlocks(this.#data.transform, raw, Int32Array.from(rows))))
    const { featureNames, imageShape, train } = this.#data
    const means = columnMeans(train.features, featureNames.length)
    return completed({ rows, hidden, original, featureNames, imageShape, means }, (given) => this.#impute(given))
  }

  #isLimit(): boolean {
    const { model } = this.run.spec
    return model.kind === 'k-means' && model.softness === 0
  }

  data(): ModelData {
    const { train, featureNames, classes } = this.#data
    const { rowIndex, features, labels } = train
    return { featureNames, rowIndex, features: Float32Array.from(features), labels, classes, total: this.#total }
  }

  /** The kept iteration nearest to the one asked for. */
  #nearestKept(iteration: number): number {
    const { kept } = this.#trace
    return kept.reduce(
      (best, candidate, at) => (Math.abs(candidate.iteration - iteration) < Math.abs(kept[best]!.iteration - iteration) ? at : best),
      0,
    )
  }

  /** The rows that are shown, ready for E-steps, and what log p per row loses when it is told in the units of the model. */
  async #problem(): Promise<{ problem: MixtureProblem<Mixture>; shift: number }> {
    const { spec, dataset, datasetFolder } = this.run
    const { features, rowIndex } = this.#data.train
    const weights = weightsAt(readWeights(spec.model, dataset, datasetRowsOnDisk(datasetFolder, dataset)), rowIndex)
    const problem = await modelProblem({ ...this.#model(toStandard(features as Float64Array, this.#units)), weights }, {})
    const shifts = logScales(features as Float64Array, this.#units)
    return { problem, shift: shifts.reduce((sum, value, row) => sum + value * (weights?.[row] ?? 1), 0) / problem.weight }
  }

  async boundCurve(iteration: number, direction: Direction): Promise<BoundCurve> {
    const { kept } = this.#trace
    const index = this.#nearestKept(iteration)
    this.#held ??= await this.#problem()
    const { model } = this.run.spec
    return await boundCurve({
      ...this.#held,
      family: this.#family,
      structure: model.kind === 'gaussian-mixture' ? structureOf(model.covariance) : null,
      direction,
      columnNames: this.#data.featureNames,
      here: kept[index]!.parameters,
      before: kept.slice(Math.max(0, index - stepsLookedAt), index).map(({ parameters }) => parameters),
      iteration: kept[index]!.iteration,
      toFit: (mixture) => this.#family.toStandardUnits(mixture, this.#units),
      toModel: (mixture) => this.#family.toModelUnits(mixture, this.#units),
    })
  }

  async emFrame(iteration: number): Promise<EmFrame> {
    const { kept, logLikelihoods } = this.#trace
    const index = this.#nearestKept(iteration)
    const { parameters, iteration: shown, bound, logLikelihood } = kept[index]!
    const { train } = this.#data
    const known = knownClasses(this.run.spec, this.run.dataset, train.labels)
    const { responsibilities } = await this.#posterior(parameters, train.features as Float64Array, known)
    const moments = Array.from({ length: parameters.components }, (_, component) => this.#family.moments(parameters, component))
    return {
      iteration: shown,
      iterations: logLikelihoods.length - 1,
      weights: [...parameters.weights],
      means: moments.map(({ mean }) => [...mean]),
      covariances: moments.map(({ covariance }) => nested(covariance, parameters.columns)),
      responsibilities: Float32Array.from(responsibilities),
      bound: bound && { ...bound, logLikelihood, logLikelihoodBefore: logLikelihoods[shown - 1]! },
    }
  }

  restarts(): (KeptRestart & { chosen: boolean })[] {
    return this.#trace.restarts.map((restart) => ({ ...restart, chosen: restart.index === this.#trace.chosen }))
  }

  /** Components by their weights, then rows of each. */
  sample(count: number, seed: number): Matrix {
    const { components, weights } = this.#mixture
    const uniform = new Float64Array(count)
    fillUniform(uniform, { seed, stream: 'sample/component' })
    const which = Int32Array.from(uniform, (value) => {
      let component = 0
      for (let rest = value - weights[0]!; rest >= 0 && component < components - 1; ) rest -= weights[(component += 1)]!
      return component
    })
    return matrixOf(this.#data.featureNames, this.#family.sample(this.#mixture, which, { seed, stream: 'sample/noise' }))
  }

  /** Rows are read a block at a time; only what is told of them is held. */
  async apply(output: 'responsibilities' | 'assignments' | 'logDensity' | 'impute', dataset: InspectedRun['dataset'], folder: string): Promise<Matrix> {
    const { columns } = this.#mixture
    if (output === 'logDensity' && this.#isLimit()) throw new AppError('mixture/not-defined-in-the-limit')
    requireColumns(this.run, dataset)
    const names = this.#columnsOf(output)
    const values = new Float64Array(dataset.rows * names.length)
    let at = 0
    for (const block of recoded(allRows(this.#data.transform, this.run.spec.model, dataset, folder), dataset, this.run).walk(rowsAtOnce)) {
      const told = output === 'impute' ? besideEachOther(await this.#impute(block), columns) : await this.#tell(output, block)
      values.set(told, at)
      at += told.length
    }
    return { columns: names, rows: dataset.rows, values }
  }

  #columnsOf(output: 'responsibilities' | 'assignments' | 'logDensity' | 'impute'): string[] {
    if (output === 'logDensity') return ['logDensity']
    if (output === 'assignments') return ['component']
    const names = this.#data.featureNames
    if (output === 'impute') return [...names, ...names.map((name, at) => (this.#family.codeProbabilities?.(this.#mixture, 0, at) ? `error ${name}` : `sd ${name}`))]
    return this.#names()
  }

  async #tell(output: 'responsibilities' | 'assignments' | 'logDensity', rows: Float64Array): Promise<ArrayLike<number>> {
    const { responsibilities, logDensity } = await this.#posterior(this.#mixture, rows)
    if (output === 'logDensity') return logDensity
    return output === 'assignments' ? assignments(responsibilities, this.#mixture.components) : responsibilities
  }
}

/** Families whose density of some columns given others is known. */
const canImpute = new Set(['gaussian-mixture', 'bernoulli-mixture', 'categorical-mixture', 'poisson-mixture', 'mixed-mixture'])

/** Steps of EM before the one that is shown, of which the direction of most change is taken. */
const stepsLookedAt = 10

/** Rows that are asked about together. */
const rowsAtOnce = 1 << 16

function heldData(run: InspectedRun): SampledData {
  const { model } = run.spec
  const { arrays, weights } = splitWeights(model, run.dataset, run.arrays)
  const data = prepareData(withoutWeights(model, run.dataset), arrays, run.spec, 'float64')
  return { data, total: data.train.rows, ...familyAndUnits(run, data, weightsAt(weights, data.train.rowIndex)) }
}
