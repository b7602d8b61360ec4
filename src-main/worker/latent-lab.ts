import { isMixture } from '@shared/domain/models/mixtures'
import type { ImageShape, LatentItem, LatentSummary, Matrix, ModelData } from '@shared/domain/run'
import { leadingEigen } from '@shared/math/leading-eigen'
import { nearestRows } from '@shared/math/nearest-rows'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import type { RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import { imageShapeOf } from '../datasets/prepare'
import type { InspectedModel, InspectedRun } from './inspected-run'
import { modelRowsOf, named, rowOf, squaredErrors } from './latent-rows'
import { codeFigures, codeNames } from './latent-summary'

/*
 * The latent lab of models that answer only by `apply` and `data`: codes of factor models, shares of topics, and rows with the probabilities of
 * their components, states or classes.
 */

export type LatentOperation = Extract<InspectOperation, { kind: 'latents' | 'item' | 'modelRows' | 'neighbours' | 'reconstructionErrors' }>
const latentKinds = new Set<InspectOperation['kind']>(['latents', 'item', 'modelRows', 'neighbours', 'reconstructionErrors'])
export const isLatentOperation = (operation: InspectOperation): operation is LatentOperation => latentKinds.has(operation.kind)

type Components = NonNullable<LatentSummary['components']>
/** Wider rows are shown along so many principal components. */
const mostAxes = 16
const projectedAxes = 10
/** Rows that principal components of wide rows are found from, evenly spaced. */
const projectedRows = 4000

interface Rows {
  features: number
  names: string[]
  /** Rows of the dataset that are shown: [rows] */
  index: Int32Array
  /** [rows, features], as the model sees them. */
  x: Float32Array
  labels: Int32Array | null
  classes: string[] | null
  total: number
}

export class LatentLab {
  #rows: Promise<Rows> | null = null
  #components: Promise<Components | null> | null = null
  #codes: Promise<Float32Array> | null = null

  constructor(
    readonly model: InspectedModel,
    readonly run: InspectedRun,
  ) {}

  async answer(operation: LatentOperation): Promise<unknown> {
    if (!kindOf(this.run.spec)) throw new AppError('run/not-for-this-model', { operation: 'latents', model: this.run.spec.model.kind })
    switch (operation.kind) {
      case 'latents': {
        const summary = await this.summary()
        // the first row that is pointed at would wait for the reconstructions of all; what fails is told when it is asked for
        this.#reconstruction(0).catch(() => undefined)
        return summary
      }
      case 'item':
        return this.item(operation.row)
      case 'modelRows': {
        const { x, features } = await this.rows()
        const places = await Promise.all(operation.rows.map((row) => this.#placeOf(row)))
        return { ...modelRowsOf(x, features, this.imageShape, places), rows: Int32Array.from(operation.rows) }
      }
      case 'neighbours':
        return this.neighbours(operation)
      case 'reconstructionErrors':
        return { errors: await this.errors() }
      default:
        return operation satisfies never
    }
  }

  get imageShape(): ImageShape | null {
    const mixesPixels = this.run.spec.preprocess.some((step) => step === 'one-hot' || (typeof step === 'object' && 'pca' in step))
    return mixesPixels ? null : imageShapeOf(this.run.dataset)
  }

  rows(): Promise<Rows> {
    this.#rows ??= (async () => {
      const { featureNames, rowIndex, features, labels, classes, total } = (await this.model.answer({ kind: 'data' })) as ModelData
      return { features: featureNames.length, names: featureNames, index: rowIndex, x: features, labels, classes, total }
    })()
    return this.#rows
  }

  async #placeOf(row: number): Promise<number> {
    const { index } = await this.rows()
    const place = index[row] === row ? row : index.indexOf(row)
    if (place < 0) throw new AppError('run/row-out-of-range', { row, rows: index.length })
    return place
  }

  /** What the model says of every row of its dataset, cut to the rows that are shown. */
  async #applied(output: 'encode' | 'reconstruct' | 'responsibilities'): Promise<{ columns: string[]; values: Float32Array }> {
    const { dataset, datasetFolder } = this.run
    const { columns, values } = (await this.model.answer({ kind: 'apply', output, dataset, datasetFolder })) as Matrix
    const { index } = await this.rows()
    const width = columns.length
    const found = new Float32Array(index.length * width)
    index.forEach((row, at) => found.set(values.subarray(row * width, (row + 1) * width), at * width))
    return { columns, values: found }
  }

  components(): Promise<Components | null> {
    this.#components ??= (async () => {
      const kind = kindOf(this.run.spec)!
      if (kind === 'factor') return null
      const { columns, values } = await this.#applied('responsibilities')
      return { kind, names: columns, probabilities: values }
    })()
    return this.#components
  }

  codes(): Promise<Float32Array> {
    this.#codes ??= this.#applied('encode').then(({ values }) => values)
    return this.#codes
  }

  async summary(): Promise<LatentSummary> {
    const { features, names, index, x, labels, classes, total } = await this.rows()
    const components = await this.components()
    const kind = kindOf(this.run.spec)!
    const about = {
      ...{ components, total, features, rowIndex: index, labels, classes, imageShape: this.imageShape, featureNames: this.imageShape ? [] : names },
      ...{ checkpoint: 'best', epoch: 0, projectedFrom: null } as const,
    }
    if (kind === 'factor') {
      const means = await this.codes()
      const latent = means.length / index.length
      const variances = this.model.codeVariances?.() ?? null
      const logVariances = variances && Float32Array.from(means, (_, at) => Math.log(variances[at % latent]!))
      return { ...codeFigures({ latent, means, logVariances }), ...about, space: 'codes', axisNames: codeNames(latent), decodes: true, standardPrior: true }
    }
    if (kind === 'topic') {
      const latent = components!.names.length
      const figures = codeFigures({ latent, means: components!.probabilities, logVariances: null })
      return { ...figures, ...about, space: 'shares', axisNames: components!.names, decodes: true, standardPrior: false }
    }
    const wide = features > mostAxes
    const latent = wide ? projectedAxes : features
    const figures = codeFigures({ latent, means: wide ? projected(x, features, latent) : x, logVariances: null })
    const axisNames = wide ? Array.from({ length: latent }, (_, at) => `PC${at + 1}`) : names
    return { ...figures, ...about, projectedFrom: wide ? Math.min(projectedRows, index.length) : null, space: 'rows', axisNames, decodes: false, standardPrior: false }
  }

  async item(row: number): Promise<LatentItem> {
    const place = await this.#placeOf(row)
    const { x, features, labels, classes } = await this.rows()
    const components = await this.components()
    const label = labels?.[place] ?? -1
    const codes = kindOf(this.run.spec) === 'factor' ? await this.codes() : (components?.probabilities ?? x)
    const probabilities = components && rowOf(components.probabilities, components.names.length, place)
    return {
      row,
      label: label >= 0 ? (classes?.[label] ?? null) : null,
      input: rowOf(x, features, place).slice(),
      reconstruction: (await this.#reconstruction(place)).slice(),
      latentMean: [...rowOf(codes, codes.length / (x.length / features), place)],
      latentLogVariance: null,
      probabilities: probabilities && named(components.names, probabilities),
    }
  }

  #reconstructions: Promise<Float32Array> | null = null
  #prototypes: Promise<Float32Array> | null = null

  /** What the model makes of a row; of a mixture, the means of its components weighted with the row's responsibilities. */
  async #reconstruction(place: number): Promise<Float32Array> {
    const { features } = await this.rows()
    const kind = kindOf(this.run.spec)
    if (kind === 'factor' || kind === 'topic') {
      this.#reconstructions ??= this.#applied('reconstruct').then(({ values }) => values)
      return rowOf(await this.#reconstructions, features, place)
    }
    const { names, probabilities } = (await this.components())!
    this.#prototypes ??= this.#meansOfComponents()
    const prototypes = await this.#prototypes
    const found = new Float32Array(features)
    for (let k = 0; k < names.length; k += 1) {
      const share = probabilities[place * names.length + k]!
      if (share > 0) for (let d = 0; d < features; d += 1) found[d]! += share * prototypes[k * features + d]!
    }
    return found
  }

  /** Means of the rows weighted with their responsibilities, absent entries left out: [components, features]. */
  async #meansOfComponents(): Promise<Float32Array> {
    const { x, features, index } = await this.rows()
    const { names, probabilities } = (await this.components())!
    const sums = new Float64Array(names.length * features)
    const weights = new Float64Array(names.length * features)
    for (let row = 0; row < index.length; row += 1) {
      for (let k = 0; k < names.length; k += 1) {
        const share = probabilities[row * names.length + k]!
        if (!(share > 0)) continue
        for (let d = 0; d < features; d += 1) {
          const value = x[row * features + d]!
          if (Number.isNaN(value)) continue
          sums[k * features + d]! += share * value
          weights[k * features + d]! += share
        }
      }
    }
    return Float32Array.from(sums, (sum, at) => (weights[at]! > 0 ? sum / weights[at]! : 0))
  }

  async errors(): Promise<Float32Array> {
    const { x, features, index } = await this.rows()
    const errors = new Float32Array(index.length)
    for (let place = 0; place < index.length; place += 1) {
      squaredErrors(rowOf(x, features, place), await this.#reconstruction(place), features, errors.subarray(place, place + 1))
    }
    return errors
  }

  async neighbours({ of, count }: Extract<LatentOperation, { kind: 'neighbours' }>) {
    const { x, features, index } = await this.rows()
    const place = 'row' in of ? await this.#placeOf(of.row) : -1
    const point = 'row' in of ? rowOf(x, features, place) : ((await this.model.answer({ kind: 'decode', latent: [of.latent] })) as { rows: Matrix }).rows.values
    const { rows, distances } = nearestRows(x, features, point, count, place)
    return { rows: rows.map((at) => index[at]!), distances }
  }
}

/** What the latent of a model is; null where it has none that a map could show. */
function kindOf({ model }: RunSpec): Components['kind'] | 'factor' | null {
  if (isMixture(model)) return 'component'
  switch (model.kind) {
    case 'ppca':
    case 'factor-analysis':
      return 'factor'
    case 'plsa':
    case 'lda':
      return 'topic'
    case 'hmm':
      return 'state'
    case 'bayes-classifier':
      return 'class'
    case 'mixture-of-factor-analyzers':
    case 'bayesian-gaussian-mixture':
      return 'component'
    default:
      return null
  }
}

/** Rows along the principal components of some of them: [rows, count]. Absent entries count as the mean. */
function projected(x: Float32Array, columns: number, count: number): Float32Array {
  const rows = x.length / columns
  const step = Math.max(1, Math.floor(rows / projectedRows))
  const chosen = Array.from({ length: Math.min(rows, projectedRows) }, (_, at) => at * step)
  const mean = new Float64Array(columns)
  const known = new Float64Array(columns)
  for (const row of chosen) {
    for (let column = 0; column < columns; column += 1) {
      const value = x[row * columns + column]!
      if (Number.isNaN(value)) continue
      mean[column]! += value
      known[column]! += 1
    }
  }
  mean.forEach((sum, column) => (mean[column] = known[column]! > 0 ? sum / known[column]! : 0))
  const centred = (row: number, column: number): number => {
    const value = x[row * columns + column]! - mean[column]!
    return Number.isNaN(value) ? 0 : value
  }
  const covariance = new Float64Array(columns * columns)
  const own = new Float64Array(columns)
  for (const row of chosen) {
    for (let column = 0; column < columns; column += 1) own[column] = centred(row, column)
    for (let i = 0; i < columns; i += 1) if (own[i] !== 0) for (let j = 0; j < columns; j += 1) covariance[i * columns + j]! += (own[i]! * own[j]!) / chosen.length
  }
  const { vectors } = leadingEigen(covariance, columns, count)
  const scores = new Float32Array(rows * count)
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < count; k += 1) {
      let sum = 0
      for (let column = 0; column < columns; column += 1) sum += centred(row, column) * vectors[k * columns + column]!
      scores[row * count + k] = sum
    }
  }
  return scores
}
