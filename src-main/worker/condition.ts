import type { Column, Dataset } from '@shared/domain/dataset'
import { conditionOf, toldColumns, toldWidth } from '@shared/domain/models/condition'
import type { ModelSpec } from '@shared/domain/spec'
import { permutation } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import type { PreparedData, PreparedPart } from '../datasets/prepare'
import type { DataShape } from '../models/gradient-models'

/* A conditional model is told y beside x: the class as 0 and 1, or some of the prepared columns, which are then no part of x. */

export interface Condition {
  kind: 'classes' | 'columns'
  /** Of its numbers: classes, columns, or "column = category". */
  names: string[]
  /** Places of its columns among the prepared ones, and how many numbers tell each. */
  columns: { place: number; width: number }[]
}

/** Rows as a conditional model sees them. */
export interface ToldRows {
  /** [rows, features without the condition's] */
  x: Float32Array
  /** [rows, names.length] */
  condition: Float32Array
}

/** @param columns  of the dataset as it is after preprocessing, where they keep their names */
export function readCondition(model: ModelSpec, { featureNames, classes }: Pick<PreparedData, 'featureNames' | 'classes'>, columns: readonly Column[]): Condition | null {
  const spec = conditionOf(model)
  if (spec === 'none') return null
  if (spec === 'labels') {
    if (!classes) throw new AppError('vae/condition-no-labels', { dataset: '' })
    return { kind: 'classes', names: classes, columns: [] }
  }
  const told = toldColumns(model).map((name) => {
    const place = featureNames.indexOf(name)
    if (place < 0) throw new AppError('mixed/no-such-column', { column: name, known: featureNames })
    return { name, place, column: columns.find((own) => own.name === name) }
  })
  return {
    kind: 'columns',
    names: told.flatMap(({ name, column }) => column?.categories?.map((category) => `${name} = ${category}`) ?? [name]),
    columns: told.map(({ place, column }) => ({ place, width: column ? toldWidth(column) : 1 })),
  }
}

/** @param values  prepared rows with all their columns, [rows, columns] */
export function tellRows(condition: Condition, values: Float32Array, columns: number, labels: Int32Array | null): ToldRows {
  const width = condition.names.length
  if (condition.kind === 'classes') return { x: values, condition: classIndicators(labels, values.length / columns, width) }
  const rows = values.length / columns
  const told = new Set(condition.columns.map(({ place }) => place))
  const others = Array.from({ length: columns }, (_, place) => place).filter((place) => !told.has(place))
  const x = new Float32Array(rows * others.length)
  const y = new Float32Array(rows * width)
  for (let row = 0; row < rows; row += 1) {
    others.forEach((place, at) => (x[row * others.length + at] = values[row * columns + place]!))
    let at = row * width
    for (const { place, width: own } of condition.columns) {
      const value = values[row * columns + place]!
      if (own === 1) y[at] = value
      else y[at + value] = 1
      at += own
    }
  }
  return { x, condition: y }
}

function classIndicators(labels: Int32Array | null, rows: number, classes: number): Float32Array {
  const unknown = labels ? labels.filter((label) => label < 0).length : rows
  if (unknown > 0) throw new AppError('vae/condition-unlabelled', { count: unknown, rows })
  const y = new Float32Array(rows * classes)
  labels!.forEach((label, row) => (y[row * classes + label] = 1))
  return y
}

/** What a gradient model sees of prepared data. */
export interface SeenData extends PreparedData {
  condition: Condition | null
  /** Of the rows of a part, [rows, width]; null without a condition. */
  conditionOf(part: PreparedPart): Float32Array | null
}

/** Takes the condition out of the rows. */
export function seenData(model: ModelSpec, data: PreparedData, columns: readonly Column[]): SeenData {
  const condition = readCondition(model, data, columns)
  if (!condition) return { ...data, condition, conditionOf: () => null }
  const told = new Map<PreparedPart, Float32Array>()
  const seen = (part: PreparedPart): PreparedPart => {
    const { x, condition: y } = tellRows(condition, part.features as Float32Array, data.features, part.labels)
    const own = { ...part, features: x }
    told.set(own, y)
    return own
  }
  const places = new Set(condition.columns.map(({ place }) => place))
  const kept = <T>(values: readonly T[]): T[] => values.filter((_, place) => !places.has(place))
  return {
    ...data,
    features: data.features - places.size,
    featureNames: kept(data.featureNames),
    levelWidths: data.levelWidths && Float64Array.from(kept([...data.levelWidths])),
    train: seen(data.train),
    validation: data.validation && seen(data.validation),
    test: data.test && seen(data.test),
    condition,
    conditionOf: (part) => told.get(part)!,
  }
}

/** Where nothing is said: the class that is most frequent in training, or the means of the columns. */
export function usualCondition({ condition, conditionOf: told, train }: SeenData): number[] {
  const y = told(train)!
  const width = condition!.names.length
  const means = Array.from({ length: width }, (_, at) => {
    let sum = 0
    for (let row = 0; row < train.rows; row += 1) sum += y[row * width + at]!
    return sum / train.rows
  })
  if (condition!.kind === 'columns') return means
  const most = means.indexOf(Math.max(...means))
  return means.map((_, at) => Number(at === most))
}

/** A class by its name. */
export function classCondition({ kind, names }: Condition, name: string): number[] {
  if (kind !== 'classes' || !names.includes(name)) throw new AppError('vae/condition-no-class', { name, known: kind === 'classes' ? names.slice(0, 20) : [] })
  return names.map((own) => Number(own === name))
}

/** What samples are drawn for where nothing is said: the classes in turn, or what is told of training rows at random. Row-major [count, width]. */
export function conditionsToDraw(data: SeenData, count: number, seed: number): Float32Array {
  const { condition, conditionOf: told, train } = data
  const width = condition!.names.length
  const y = new Float32Array(count * width)
  if (condition!.kind === 'classes') {
    for (let row = 0; row < count; row += 1) y[row * width + (row % width)] = 1
    return y
  }
  const values = told(train)!
  const order = permutation(train.rows, { seed, stream: 'condition' })
  for (let row = 0; row < count; row += 1) {
    const from = order[row % train.rows]! * width
    y.set(values.subarray(from, from + width), row * width)
  }
  return y
}

/** What the programs of a model need to know of such data. */
export function shapeOf(model: ModelSpec, data: SeenData, { columns }: Pick<Dataset, 'columns'>): DataShape {
  const told = new Set(toldColumns(model))
  const { features, imageShape, classes, train, condition } = data
  return { features, imageShape, classes, train, columns: columns.filter(({ name }) => !told.has(name)), ...(condition ? { condition: condition.names.length } : {}) }
}
