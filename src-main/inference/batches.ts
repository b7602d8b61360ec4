import { type RandomKey, fillBernoulli, fillNormal, fillUniform, permutation } from '@shared/math/random'
import type { Program } from '../graph/program'
import { type Tensor, sizeOf } from '../graph/tensor'

export interface BatchSource {
  /** [rows, columns] */
  features: Float32Array
  rows: number
  columns: number
  /** The features are probabilities; each batch draws its pixels from them. */
  binarize: boolean
  /** Of values that stand for a level each: how wide it is in every column. Each batch spreads them over it. */
  levelWidths?: Float64Array | null
  /** Further columns, row-major [rows, width], for the inputs `row/NAME` of a program. */
  further?: Readonly<Record<string, FurtherColumns>>
}

/** Row-major [m, width], and which of these rows belongs to each row of the source, where not the one in its place. */
export interface FurtherColumns {
  values: Float32Array
  width: number
  index?: Int32Array
  /** Training writes what it finds of each row, which is part of its state. */
  isKept?: boolean
}

type Fed = Float32Array | Float64Array | Int32Array

export interface Batch {
  /** By the names of the program's inputs; the arrays are used again for the next batch. */
  feeds: Record<string, Fed>
  /** Those that count; the others only fill the batch. */
  rows: number
}

/**
 * Fills what a program is fed with: rows of a source, and noise. Inputs say by their names what they hold (`models/gradient-model`,
 * `models/noise`). Everything drawn is a function of the key and a counter, so a resumed run draws the same.
 */
export class BatchFiller {
  readonly #rowInputs: (FurtherColumns & { array: Float32Array })[] = []
  readonly #noise: NoiseFiller
  #uniform: Float32Array | null = null
  readonly #batch: Batch = { feeds: {}, rows: 0 }

  constructor(
    readonly source: BatchSource,
    readonly batchSize: number,
    program: Program,
    readonly key: RandomKey,
  ) {
    const { features, columns, further } = source
    this.#noise = new NoiseFiller(program, key)
    Object.assign(this.#batch.feeds, this.#noise.feeds)
    for (const { name, shape } of program.inputs) {
      const kind = name!.split('/')[0]!
      const from: FurtherColumns | undefined = name === 'x' ? { values: features, width: columns } : kind === 'row' ? further?.[name!.slice('row/'.length)] : undefined
      if (!from && name !== 'weight') continue
      const array = new Float32Array(sizeOf(shape))
      this.#batch.feeds[name!] = array
      if (from) this.#rowInputs.push({ array, ...from })
    }
  }

  get batches(): number {
    return Math.ceil(this.source.rows / this.batchSize)
  }

  /** The rows in the order of an epoch. */
  order(epoch: number): Int32Array {
    return permutation(this.source.rows, { ...this.key, stream: `${this.key.stream}/order` }, epoch)
  }

  /**
   * @param order    which rows, or null for the order they have
   * @param index    of the batch in the epoch
   * @param counter  of the batch in the run: what its noise depends on
   */
  fill(order: Int32Array | null, index: number, counter: number): Batch {
    const start = index * this.batchSize
    const rows = Math.min(this.batchSize, this.source.rows - start)
    for (const { array, values, width, index: own } of this.#rowInputs) {
      for (let row = 0; row < rows; row += 1) {
        const place = order ? order[start + row]! : start + row
        const at = (own ? own[place]! : place) * width
        array.set(values.subarray(at, at + width), row * width)
      }
      array.fill(0, rows * width)
    }
    const { x, weight } = this.#batch.feeds as Record<string, Float32Array>
    if (this.source.binarize) fillBernoulli(x!, x!, { ...this.key, stream: `${this.key.stream}/pixels` }, counter)
    if (this.source.levelWidths) this.#spread(x!, this.source.levelWidths, counter)
    this.#noise.fill(counter, rows)
    weight?.fill(1, 0, rows).fill(0, rows)
    this.#batch.rows = rows
    return this.#batch
  }

  #spread(x: Float32Array, widths: Float64Array, counter: number): void {
    const uniform = (this.#uniform ??= new Float32Array(x.length))
    fillUniform(uniform, { ...this.key, stream: `${this.key.stream}/levels` }, counter)
    for (let index = 0; index < x.length; index += 1) x[index]! += (uniform[index]! - 0.5) * widths[index % widths.length]!
  }
}

/** Draws what the noise inputs of a program ask for by their names. */
export class NoiseFiller {
  readonly feeds: Record<string, Fed> = {}
  readonly #fills: ((counter: number, rows: number) => void)[] = []

  constructor(program: Program, key: RandomKey) {
    for (const tensor of program.inputs) {
      const fill = noiseFill(tensor, { ...key, stream: `${key.stream}/${tensor.name}` })
      if (!fill) continue
      this.feeds[tensor.name!] = fill.array
      this.#fills.push(fill.draw)
    }
  }

  /** @param rows  of the batch that count: only these change places in a permutation */
  fill(counter: number, rows = Infinity): Record<string, Fed> {
    for (const fill of this.#fills) fill(counter, rows)
    return this.feeds
  }
}

function noiseFill({ name, shape, type }: Tensor, key: RandomKey): { array: Fed; draw(counter: number, rows: number): void } | null {
  const size = sizeOf(shape)
  switch (name!.split('/')[0]) {
    case 'noise': {
      const array = type === 'float64' ? new Float64Array(size) : new Float32Array(size)
      return { array, draw: (counter) => fillNormal(array, key, counter) }
    }
    case 'uniform': {
      const array = type === 'float64' ? new Float64Array(size) : new Float32Array(size)
      return { array, draw: (counter) => fillUniform(array, key, counter) }
    }
    case 'permutation': {
      const [all, columns = 1] = shape as [number, number?]
      const array = new Int32Array(size)
      return { array, draw: (counter, rows) => fillPermutations(array, { all, rows: Math.min(all, rows), columns }, key, counter) }
    }
    default:
      return null
  }
}

interface PermutationShape {
  all: number
  rows: number
  columns: number
}

/** Places in a row-major [all, columns] whose first `rows` rows are shuffled, each column by itself; those behind stay where they are. */
function fillPermutations(out: Int32Array, { all, rows, columns }: PermutationShape, key: RandomKey, counter: number): void {
  for (let column = 0; column < columns; column += 1) {
    const order = permutation(rows, { ...key, stream: `${key.stream}/${column}` }, counter)
    for (let row = 0; row < all; row += 1) out[row * columns + column] = (row < rows ? order[row]! : row) * columns + column
  }
}
