import { type RandomKey, fillBernoulli, fillNormal, permutation } from '@shared/math/random'

/** Rows of one batch, ready to be fed; the arrays are used again for the next batch. */
export interface Batch {
  x: Float32Array
  noise: Float32Array
  /** 1 for rows that count, 0 for those that only fill the batch. */
  weight: Float32Array
  rows: number
}

export interface BatchSource {
  /** [rows, columns] */
  features: Float32Array
  rows: number
  columns: number
  /** The features are probabilities; each batch draws its pixels from them. */
  binarize: boolean
}

/** Fills batches of a fixed size with rows and noise. Everything drawn is a function of the key and a counter, so a resumed run draws the same. */
export class BatchFiller {
  readonly batch: Batch

  constructor(
    readonly source: BatchSource,
    readonly batchSize: number,
    readonly samples: number,
    readonly latent: number,
    readonly key: RandomKey,
  ) {
    this.batch = {
      x: new Float32Array(batchSize * source.columns),
      noise: new Float32Array(samples * batchSize * latent),
      weight: new Float32Array(batchSize),
      rows: 0,
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
    const { features, columns, rows: all, binarize } = this.source
    const { x, noise, weight } = this.batch
    const start = index * this.batchSize
    const rows = Math.min(this.batchSize, all - start)
    for (let row = 0; row < rows; row += 1) {
      const from = (order ? order[start + row]! : start + row) * columns
      x.set(features.subarray(from, from + columns), row * columns)
    }
    x.fill(0, rows * columns)
    if (binarize) fillBernoulli(x, x, { ...this.key, stream: `${this.key.stream}/pixels` }, counter)
    fillNormal(noise, { ...this.key, stream: `${this.key.stream}/noise` }, counter)
    weight.fill(1, 0, rows).fill(0, rows)
    this.batch.rows = rows
    return this.batch
  }
}
