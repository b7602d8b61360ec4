import type { PreparedData } from '../datasets/prepare'
import type { NumericArray } from '../graph/runtime'
import { observedOf } from '../inference/observed'
import type { GradientModel } from '../models/gradient-model'
import { type SeenData, tellRows } from './condition'

/** Rows as a gradient model sees them, or latents: what programs are fed with as `x`, `latent` and `row/NAME`. */
export interface SeenRows {
  rows: number
  /** By name, row-major [rows, width]: x, and where there are such condition, observed and phi. */
  columns: Readonly<Record<string, { values: Float32Array; width: number }>>
}

/** Makes rows of any data what a fitted model sees of them. */
export class RowReader {
  #places: Int32Array | null = null

  /** @param prepared  with all columns, the condition's among them */
  constructor(
    readonly prepared: PreparedData,
    readonly data: SeenData,
    readonly model: GradientModel,
    readonly state: Readonly<Record<string, NumericArray>>,
  ) {}

  /**
   * @param values    after preprocessing, [rows, columns]
   * @param rowIndex  which rows of the run's own dataset they are; null for other data
   */
  read(values: Float32Array, labels: Int32Array | null, rowIndex: Int32Array | null): SeenRows {
    const { features, condition } = this.data
    const { phi } = this.model
    const told = condition ? tellRows(condition, values, this.prepared.features, labels) : { x: values }
    const rows = told.x.length / features
    const known = this.model.completion ? observedOf(told.x) : null
    return {
      rows,
      columns: {
        x: { values: known?.x ?? told.x, width: features },
        ...('condition' in told ? { condition: { values: told.condition, width: told.condition.length / rows } } : {}),
        ...(known ? { observed: { values: known.observed, width: features } } : {}),
        ...(phi ? { phi: { values: this.#phi(rows, phi, rowIndex), width: phi } } : {}),
      },
    }
  }

  /** What training found of its rows; the ascent of others begins at the prior. */
  #phi(rows: number, width: number, rowIndex: Int32Array | null): Float32Array {
    const kept = this.state['rows/phi']
    const values = new Float32Array(rows * width)
    if (!kept || !rowIndex) return values
    const places = (this.#places ??= this.#placesInTraining())
    for (let at = 0; at < rows; at += 1) {
      const place = places[rowIndex[at]!] ?? -1
      if (place >= 0) values.set(kept.subarray(place * width, (place + 1) * width), at * width)
    }
    return values
  }

  #placesInTraining(): Int32Array {
    const { rowIndex } = this.data.train
    const places = new Int32Array((rowIndex.at(-1) ?? -1) + 1).fill(-1)
    rowIndex.forEach((row, place) => (places[row] = place))
    return places
  }
}

/** Some of the rows, with zeros behind them up to `length`: what a program is fed with. */
export function feedsOf({ columns, rows }: SeenRows, start: number, length: number): Record<string, Float32Array> {
  const end = Math.min(rows, start + length)
  return Object.fromEntries(
    Object.entries(columns).map(([name, { values, width }]) => {
      const block = new Float32Array(length * width)
      block.set(values.subarray(start * width, end * width))
      return [name === 'x' || name === 'latent' ? name : `row/${name}`, block]
    }),
  )
}

export const oneOf = ({ columns }: SeenRows, row: number): SeenRows => ({
  rows: 1,
  columns: Object.fromEntries(Object.entries(columns).map(([name, { values, width }]) => [name, { values: values.slice(row * width, (row + 1) * width), width }])),
})
