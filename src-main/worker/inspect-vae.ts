import { columnFamiliesOf } from '@shared/domain/models/mixed'
import type { CodeDensityFigures, LatentItem, LatentSummary, Matrix, Neighbours, ReconstructionErrors } from '@shared/domain/run'
import type { ConditionAsked, InspectOperation } from '@shared/domain/worker-protocol'
import { fillNormal } from '@shared/math/random'
import { nearestRows } from '@shared/math/nearest-rows'
import { AppError } from '@shared/rpc/errors'
import { prepareData, transformRows } from '../datasets/prepare'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import type { Executable, NumericArray } from '../graph/runtime'
import { mixedColumnsOf } from '../datasets/check-likelihood'
import { NoiseFiller } from '../inference/batches'
import { logSumExpOf } from '../evidence/log-weights'
import { openRows } from '../runtimes/onnx/lowering'
import type { GradientModel } from '../models/gradient-model'
import { gradientModel } from '../models/gradient-models'
import { type EvidenceRequest, type EvidenceSource, evidenceRows } from './evidence-source'
import { type CodeDensity, codeDensity } from './code-density'
import { type SeenData, classCondition, conditionsToDraw, seenData, shapeOf, usualCondition } from './condition'
import { classProbabilitiesOf } from './labelled-rows'
import { assignments } from './mixture-figures'
import { besideEachOther } from './imputation'
import { fillingIn } from './inspect-answers'
import { type CompletedRows, completeRows } from './vae-completion'
import { type ExportedPart, writeOnnx } from './export-onnx'
import { type InspectedModel, type InspectedRun, matrixOf, misfit, requireColumns, wayBackTo } from './inspected-run'
import { modelRowsOf, named, rowOf, squaredErrors } from './latent-rows'
import { codeFigures, codeNames } from './latent-summary'
import { RowReader, type SeenRows, feedsOf, oneOf } from './seen-rows'
import { type VaeCheckpoint, loadCheckpoint } from './vae-files'

/** Draws of z for each row that lacks entries, and the completed copies that are told of it. */
const completionSamples = 2000
const imputationCopies = 10
/** Rows times codes of one call. */
const enumeratedAtOnce = 8192

type FittedCodes = CodeDensity & { figures: CodeDensityFigures }

/** A trained VAE with its weights loaded, kept warm so that a slider is answered at once. */
export class InspectedVae implements InspectedModel {
  readonly #programs = new Map<string, Promise<Executable>>()
  readonly #model: GradientModel
  readonly #data: SeenData
  readonly #checkpoint: VaeCheckpoint
  readonly #which: 'best' | 'last'
  readonly #reader: RowReader
  #rows: SeenRows | null = null
  readonly #densities = new Map<number, Promise<FittedCodes>>()

  constructor(readonly run: InspectedRun) {
    const { spec, dataset, files, arrays } = run
    if (spec.inference.kind !== 'gradient') throw new Error(`${spec.model.kind} is not fitted by ${spec.inference.kind}`)
    this.#which = files.hasCheckpoint('best') ? 'best' : 'last'
    this.#checkpoint = loadCheckpoint(files, this.#which)
    const prepared = prepareData(dataset, arrays, spec, 'float32')
    this.#data = seenData(spec.model, prepared, dataset.columns)
    this.#model = gradientModel(spec.model, spec.inference, shapeOf(spec.model, this.#data, dataset))
    this.#reader = new RowReader(prepared, this.#data, this.#model, this.#checkpoint.state)
  }

  async answer(operation: InspectOperation): Promise<unknown> {
    switch (operation.kind) {
      case 'params':
        return this.params()
      case 'wayBack':
        return wayBackTo(this.run, this.#data)
      case 'latents':
        return this.latents()
      case 'item':
        return this.item(operation.row)
      case 'modelRows':
        return modelRowsOf(this.#x(), this.#model.features, this.imageShape, operation.rows)
      case 'neighbours':
        return this.neighbours(operation)
      case 'reconstructionErrors':
        return this.reconstructionErrors()
      case 'decode':
        return { rows: await this.decodeRows(operation.latent, operation.condition), imageShape: this.imageShape }
      case 'sample':
        return { ...(await this.sample(operation)), imageShape: this.imageShape }
      case 'apply':
        if (operation.output === 'impute' || operation.output === 'imputations') {
          return this.impute(operation, openDatasetArrays(operation.datasetFolder, operation.dataset))
        }
        if (operation.output === 'responsibilities' || operation.output === 'assignments') {
          return this.classify(operation, openDatasetArrays(operation.datasetFolder, operation.dataset))
        }
        if (operation.output !== 'encode' && operation.output !== 'reconstruct') throw misfit(operation, this.run)
        return this.apply(operation.output, operation.dataset, openDatasetArrays(operation.datasetFolder, operation.dataset))
      case 'export':
        return writeOnnx(this.run, this.exports(), operation.out)
      case 'imputation':
      case 'completion':
        if (this.#model.completion) return this.filling()[operation.kind]!(operation)
        throw misfit(operation, this.run)
      default:
        throw misfit(operation, this.run)
    }
  }

  /** The questions about absent and hidden entries. */
  filling(): ReturnType<typeof fillingIn> {
    return fillingIn(this.run, this.#data, (rows) => this.#complete(rows, 0), this.codes)
  }

  get codes(): boolean[] {
    const { model } = this.run.spec
    const mixed = mixedColumnsOf(model)
    return mixed ? columnFamiliesOf(mixed.columns, this.run.dataset.columns).map((family) => family === 'category') : this.#data.featureNames.map(() => false)
  }

  #complete(rows: Float64Array, copies: number): Promise<CompletedRows> {
    const plan = { samples: completionSamples, copies, seed: this.run.spec.seed, codes: this.codes }
    return completeRows(this.run.runtime, this.#model, this.#checkpoint.state, rows, plan)
  }

  /** q(y|x) of every row, or its most probable class. */
  async classify(operation: Extract<InspectOperation, { kind: 'apply' }>, arrays: OpenedArrays): Promise<Matrix> {
    const { classes, latent } = this.#model
    if (!classes) throw misfit(operation, this.run)
    requireColumns(this.run, operation.dataset)
    const { latentMean } = await this.encode(this.#seen(operation.dataset, arrays))
    const probabilities = classProbabilitiesOf(latentMean, latent, classes)
    if (operation.output === 'assignments') return matrixOf(['class'], assignments(probabilities, classes))
    return matrixOf(this.#classNames(classes), probabilities)
  }

  /** Expectations beside their deviations; or whole rows drawn given what is known of them, one copy beside the other. */
  async impute(operation: Extract<InspectOperation, { kind: 'apply' }>, arrays: OpenedArrays): Promise<Matrix> {
    const { output, dataset } = operation
    if (!this.#model.completion) throw misfit(operation, this.run)
    requireColumns(this.run, dataset)
    const rows = Float64Array.from(this.transformed(arrays, dataset.rows))
    const { featureNames: names } = this.#data
    const found = await this.#complete(rows, output === 'imputations' ? imputationCopies : 0)
    if (output === 'impute') {
      const errors = names.map((name, at) => (this.codes[at] ? `error ${name}` : `sd ${name}`))
      return { columns: [...names, ...errors], rows: dataset.rows, values: besideEachOther(found, names.length) }
    }
    const columns = found.copies.flatMap((_, copy) => names.map((name) => `draw ${copy + 1} ${name}`))
    const values = Float64Array.from({ length: dataset.rows * columns.length }, (_, index) => {
      const [row, column] = [Math.floor(index / columns.length), index % columns.length]
      return found.copies[Math.floor(column / names.length)]![row * names.length + (column % names.length)]!
    })
    return { columns, rows: dataset.rows, values }
  }

  async evidence(request: EvidenceRequest): Promise<EvidenceSource> {
    const density = this.#model.density?.(this.#checkpoint.state)
    if (!density) throw new AppError('evidence/no-density', { model: this.run.spec.model.kind })
    const { part, rows, features, rowIndex } = evidenceRows(this.run, this.#reader.prepared, request)
    const { labels } = request.arrays
    const seen = this.#reader.read(features as Float32Array, labels && (rowIndex?.map((row) => labels[row]!) ?? labels.slice(0, rows)), rowIndex)
    const columns = Object.fromEntries(Object.entries(seen.columns).map(([name, { values }]) => [name, values]))
    const { enumeration } = this.#model
    if (enumeration) {
      const logJoint = (): Promise<Float64Array> => this.#logJoint(features as Float32Array, rows, enumeration)
      return { part, rows, exact: async () => sumsOver(await logJoint(), enumeration.codes), discrete: { values: enumeration.codes, logJoint }, continuous: null }
    }
    return { part, rows, exact: null, discrete: null, continuous: { density, values: { rows, columns }, shift: 0 } }
  }

  /** log p(x, z) of every row and code, [rows, codes]. */
  async #logJoint(features: Float32Array, rows: number, { codes, program }: NonNullable<GradientModel['enumeration']>): Promise<Float64Array> {
    const width = this.#model.features
    const blockRows = Math.max(1, Math.min(rows, Math.floor(enumeratedAtOnce / codes)))
    const executable = await this.run.runtime.compile(program(blockRows))
    executable.load(this.#checkpoint.state)
    const found = new Float64Array(rows * codes)
    const block = new Float32Array(blockRows * width)
    for (let start = 0; start < rows; start += blockRows) {
      const count = Math.min(blockRows, rows - start)
      block.set(features.subarray(start * width, (start + count) * width))
      const { logJoint } = await executable.run({ x: block })
      found.set(logJoint!.subarray(0, count * codes), start * codes)
    }
    await executable.dispose()
    return found
  }

  /** encoder: x → latentMean, latentLogVariance; decoder: latent → mean. */
  exports(): ExportedPart[] {
    const { state } = this.#checkpoint
    const { inference } = this.run.spec
    // An ascent for each row is no network that another program could run for any number of rows.
    const isAmortized = inference.kind === 'gradient' && !['svi', 'semi-amortized'].includes(inference.mode)
    return [
      ...(isAmortized ? [{ name: 'encoder', program: this.#model.encoding(openRows), state } as const] : []),
      { name: 'decoder', program: this.#model.decoding(openRows), state },
    ]
  }

  #program(kind: 'encoder' | 'decoder', rows: number): Promise<Executable> {
    const key = `${kind} ${rows}`
    const known = this.#programs.get(key)
    if (known) return known
    const made = this.run.runtime.compile(kind === 'encoder' ? this.#model.encoding(rows) : this.#model.decoding(rows)).then((executable) => {
      executable.load(this.#checkpoint.state)
      return executable
    })
    this.#programs.set(key, made)
    return made
  }

  /** Runs a program over any number of rows, in blocks; what is missing in the last block is filled with zeros. */
  async #blocks(
    kind: 'encoder' | 'decoder',
    rows: number,
    feeds: (start: number, length: number) => Record<string, Float32Array>,
    take: (outputs: Record<string, NumericArray>, start: number, rows: number) => void,
  ) {
    const blockRows = rows > 64 ? 500 : rows > 1 ? 64 : 1
    for (let start = 0; start < rows; start += blockRows) {
      const executable = await this.#program(kind, blockRows)
      take(await executable.run(feeds(start, blockRows)), start, Math.min(blockRows, rows - start))
    }
  }

  async encode(seen: SeenRows): Promise<{ latentMean: Float32Array; latentLogVariance: Float32Array | null }> {
    const { latent } = this.#model
    const { rows } = seen
    const latentMean = new Float32Array(rows * latent)
    let latentLogVariance: Float32Array | null = null
    await this.#blocks('encoder', rows, (start, length) => feedsOf(seen, start, length), (outputs, start, count) => {
      latentMean.set(outputs['latentMean']!.subarray(0, count * latent), start * latent)
      const logVariance = outputs['latentLogVariance']
      if (logVariance) (latentLogVariance ??= new Float32Array(rows * latent)).set(logVariance.subarray(0, count * latent), start * latent)
    })
    return { latentMean, latentLogVariance }
  }

  /** @param condition  what each latent is told besides, [rows, width]; null for models that are told nothing */
  async decode(latents: Float32Array, condition: Float32Array | null): Promise<Float32Array> {
    const { features } = this.#model
    const seen = this.#latents(latents, condition)
    const mean = new Float32Array(seen.rows * features)
    await this.#blocks('decoder', seen.rows, (start, length) => feedsOf(seen, start, length), (outputs, start, count) => {
      mean.set(outputs['mean']!.subarray(0, count * features), start * features)
    })
    return mean
  }

  #latents(latents: Float32Array, condition: Float32Array | null): SeenRows {
    const { latent } = this.#model
    const rows = latents.length / latent
    const told = condition ? { condition: { values: condition, width: condition.length / rows } } : {}
    return { rows, columns: { latent: { values: latents, width: latent }, ...told } }
  }

  /** All rows of the run's own dataset; pixels to be binarized stay probabilities. */
  #modelRows(): SeenRows {
    this.#rows ??= this.#seen(this.run.dataset, this.run.arrays)
    return this.#rows
  }

  #x(): Float32Array {
    return this.#modelRows().columns['x']!.values
  }

  #seen(dataset: InspectedRun['dataset'], arrays: OpenedArrays): SeenRows {
    const rowIndex = dataset.id === this.run.dataset.id ? Int32Array.from({ length: dataset.rows }, (_, row) => row) : null
    return this.#reader.read(this.transformed(arrays, dataset.rows), arrays.labels, rowIndex)
  }

  /** With all columns, the condition's among them. */
  transformed(arrays: OpenedArrays, rows: number): Float32Array {
    const steps = this.#data.transform.steps.filter(({ kind }) => kind !== 'stochastic-binarize')
    return transformRows({ steps }, arrays.features, rows, 'float32') as Float32Array
  }

  /** The same for every latent; where nothing is asked for, what is usual. */
  #condition(asked: ConditionAsked | undefined, rows: number): Float32Array | null {
    const { condition } = this.#data
    if (!condition) {
      if (asked) throw new AppError('vae/no-condition', { model: this.run.spec.model.kind })
      return null
    }
    const { names } = condition
    const own = typeof asked === 'string' ? classCondition(condition, asked) : (asked ?? usualCondition(this.#data))
    if (own.length !== names.length) throw new AppError('vae/condition-shape', { expected: names.length, got: own.length, names: names.slice(0, 20) })
    return Float32Array.from({ length: rows * names.length }, (_, index) => own[index % names.length]!)
  }

  get imageShape(): [number, number, number] | null {
    return this.#data.imageShape
  }

  async latents(): Promise<LatentSummary> {
    const { latent, classes } = this.#model
    const { latentMean, latentLogVariance } = await this.encode(this.#modelRows())
    const { rows, classes: classNames } = this.run.dataset
    return {
      ...codeFigures({ latent, means: latentMean, logVariances: latentLogVariance, units: this.#model.units }),
      space: 'codes',
      // a class comes before the rest of a code
      axisNames: classes ? [...this.#classNames(classes).map((name) => `y = ${name}`), ...codeNames(latent - classes)] : codeNames(latent),
      decodes: true,
      standardPrior: this.run.spec.model.kind === 'vae' && this.run.spec.model.prior === 'standard-normal',
      projectedFrom: null,
      components: classes ? { kind: 'class', names: this.#classNames(classes), probabilities: Float32Array.from(classProbabilitiesOf(latentMean, latent, classes)) } : null,
      total: rows,
      features: this.#model.features,
      imageShape: this.imageShape,
      featureNames: this.imageShape ? [] : this.#data.featureNames,
      rowIndex: Int32Array.from({ length: rows }, (_, row) => row),
      labels: this.run.arrays.labels,
      classes: classNames,
      checkpoint: this.#which,
      epoch: this.#checkpoint.epoch,
      ...(this.#data.condition ? { condition: { kind: this.#data.condition.kind, names: this.#data.condition.names, start: usualCondition(this.#data) } } : {}),
    }
  }

  #classNames(count: number): string[] {
    const names = this.run.dataset.classes
    return names?.length === count ? names : Array.from({ length: count }, (_, index) => `class ${index + 1}`)
  }

  /** Mean squared difference of every row from its reconstruction, block by block. */
  async reconstructionErrors(): Promise<ReconstructionErrors> {
    const { features } = this.#model
    const x = this.#x()
    const { rows: count, columns } = this.#modelRows()
    const { latentMean } = await this.encode(this.#modelRows())
    const errors = new Float32Array(count)
    const latents = this.#latents(latentMean, columns['condition']?.values ?? null)
    await this.#blocks('decoder', count, (start, length) => feedsOf(latents, start, length), (outputs, start, rows) => {
      squaredErrors(x.subarray(start * features, (start + rows) * features), outputs['mean']!, features, errors.subarray(start, start + rows))
    })
    return { errors }
  }

  async item(row: number): Promise<LatentItem> {
    const { rows, classes } = this.run.dataset
    if (row >= rows) throw new AppError('run/row-out-of-range', { row, rows })
    const seen = oneOf(this.#modelRows(), row)
    const { latentMean, latentLogVariance } = await this.encode(seen)
    const label = this.run.arrays.labels?.[row] ?? -1
    return {
      row,
      label: label >= 0 ? (classes?.[label] ?? null) : null,
      input: seen.columns['x']!.values,
      reconstruction: await this.decode(latentMean, seen.columns['condition']?.values ?? null),
      latentMean: [...latentMean],
      latentLogVariance: latentLogVariance && [...latentLogVariance],
      probabilities: this.#model.classes ? named(this.#classNames(this.#model.classes), classProbabilitiesOf(latentMean, this.#model.latent, this.#model.classes)) : null,
    }
  }

  async neighbours({ of, count }: Extract<InspectOperation, { kind: 'neighbours' }>): Promise<Neighbours> {
    const x = this.#x()
    const { features } = this.#model
    if ('row' in of) return nearestRows(x, features, rowOf(x, features, of.row), count, of.row)
    return nearestRows(x, features, (await this.decodeRows([of.latent])).values, count)
  }

  async decodeRows(latents: readonly number[][], condition?: ConditionAsked): Promise<Matrix> {
    const { latent } = this.#model
    const odd = latents.find((vector) => vector.length !== latent)
    if (odd) throw new AppError('run/latent-shape', { expected: latent, got: odd.length })
    return matrixOf(this.#data.featureNames, await this.decode(Float32Array.from(latents.flat()), this.#condition(condition, latents.length)))
  }

  /**
   * Means of p(x|z) for z drawn from the prior, or from a density fitted to codes: for what is told, or for the classes in turn, or for what training
   * rows were told.
   */
  async sample({ count, seed, condition, fitted }: Extract<InspectOperation, { kind: 'sample' }>): Promise<{ rows: Matrix; density?: CodeDensityFigures }> {
    const density = fitted === undefined ? null : await this.#densityOfCodes(fitted)
    const latents = density ? density.sample(count, seed) : await this.#drawPrior(count, seed)
    const told = this.#data.condition && !condition ? conditionsToDraw(this.#data, count, seed) : this.#condition(condition, count)
    const rows = matrixOf(this.#data.featureNames, await this.decode(latents, told))
    return density ? { rows, density: density.figures } : { rows }
  }

  async #drawPrior(count: number, seed: number): Promise<Float32Array> {
    if (!this.#model.priorSampling) throw misfit({ kind: 'sample', count, seed }, this.run)
    const executable = await this.run.runtime.compile(this.#model.priorSampling(count))
    executable.load(this.#checkpoint.state)
    const { latent } = await executable.run(new NoiseFiller(executable.program, { seed, stream: 'sample' }).fill(0))
    const latents = Float32Array.from(latent!)
    await executable.dispose()
    return latents
  }

  /** Fitted once to a draw of each training row's code, or to the code itself where it has no distribution. */
  #densityOfCodes(components: number): Promise<FittedCodes> {
    const known = this.#densities.get(components)
    if (known) return known
    const made = this.#fitCodes(components)
    this.#densities.set(components, made)
    made.catch(() => this.#densities.delete(components))
    return made
  }

  async #fitCodes(components: number): Promise<FittedCodes> {
    const { latent } = this.#model
    const { model, seed } = this.run.spec
    const { rowIndex } = this.#reader.prepared.train
    const { latentMean, latentLogVariance } = await this.encode(this.#modelRows())
    const noise = new Float64Array(rowIndex.length * latent)
    fillNormal(noise, { seed, stream: 'code-density' })
    const codes = noise.map((epsilon, at) => {
      const from = rowIndex[Math.floor(at / latent)]! * latent + (at % latent)
      return latentMean[from]! + (latentLogVariance ? Math.exp(latentLogVariance[from]! / 2) * epsilon : 0)
    })
    const density = await codeDensity(this.run.runtime, codes, latent, components, seed)
    const isNormal = model.kind === 'vae' && model.prior === 'standard-normal'
    const logPrior = isNormal ? codes.reduce((sum, z) => sum - (z * z + Math.log(2 * Math.PI)) / 2, 0) / rowIndex.length : null
    return { ...density, figures: { components, rows: rowIndex.length, logDensity: density.logDensity, logPrior } }
  }

  async apply(output: 'encode' | 'reconstruct', dataset: InspectedRun['dataset'], arrays: OpenedArrays): Promise<Matrix> {
    requireColumns(this.run, dataset)
    const seen = this.#seen(dataset, arrays)
    const { latentMean, latentLogVariance } = await this.encode(seen)
    if (output === 'reconstruct') return matrixOf(this.#data.featureNames, await this.decode(latentMean, seen.columns['condition']?.values ?? null))
    const { latent } = this.#model
    const parts = [['mean', latentMean], ...(latentLogVariance ? [['logVariance', latentLogVariance]] : [])] as [string, Float32Array][]
    const columns = parts.flatMap(([name]) => Array.from({ length: latent }, (_, index) => `${name}[${index}]`))
    const values = Float64Array.from({ length: dataset.rows * columns.length }, (_, index) => {
      const [row, column] = [Math.floor(index / columns.length), index % columns.length]
      return parts[Math.floor(column / latent)]![1][row * latent + (column % latent)]!
    })
    return { columns, rows: dataset.rows, values }
  }

  /** Weights by name, as nested arrays in the shapes of the layers. */
  params(): Record<string, unknown> {
    return Object.fromEntries(
      this.#model.weights.map(({ tensor }) => [tensor.name!, { shape: [...tensor.shape], values: this.#checkpoint.state[tensor.name!]! }]),
    )
  }
}

/** log Σ exp over the values of each row: [rows·values] → [rows]. */
const sumsOver = (logJoint: Float64Array, values: number): Float64Array =>
  Float64Array.from({ length: logJoint.length / values }, (_, row) => logSumExpOf(logJoint, row * values, (row + 1) * values))
