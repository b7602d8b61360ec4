import type { HeldOut } from '@shared/domain/held-out'
import { WeightedMean } from '@shared/math/weighted-mean'
import type { NumericArray } from '../graph/runtime'

/** What an evaluation tells of each row instead of the whole batch, `rows/NAME`, over its passes. */
export class RowMoments {
  readonly #rows: Record<string, { sums: Float64Array; squares: Float64Array }> = {}

  constructor(readonly rows: number) {}

  add(name: string, first: number, values: NumericArray, count: number): void {
    const { sums, squares } = (this.#rows[name] ??= { sums: new Float64Array(this.rows), squares: new Float64Array(this.rows) })
    for (let at = 0; at < count; at += 1) {
      sums[first + at]! += values[at]!
      squares[first + at]! += values[at]! ** 2
    }
  }

  /**
   * How far the means over rows of the bounds `elbo` and `iwae` are known.
   *
   * @param passes   with draws of their own; 0 where nothing is drawn
   * @param samples  draws of z for each row in a pass
   */
  known(passes: number, samples: number): Record<string, HeldOut> {
    const names = (['elbo', 'iwae'] as const).filter((name) => this.#rows[name])
    return Object.fromEntries(names.map((estimator) => [estimator, this.#knownOf(estimator, passes, samples)]))
  }

  #knownOf(estimator: 'elbo' | 'iwae', passes: number, samples: number): HeldOut {
    const { sums, squares } = this.#rows[estimator]!
    const count = Math.max(1, passes)
    const perRow = new WeightedMean()
    let within = 0
    for (const [row, sum] of sums.entries()) {
      perRow.add(sum / count)
      if (passes > 1) within += Math.max(0, squares[row]! - sum ** 2 / count) / (count - 1) / count
    }
    const drawn = estimator === 'iwae' ? samples : passes * samples
    return {
      estimator,
      samples: passes === 0 ? null : drawn,
      rows: this.rows,
      standardError: passes === 0 ? 0 : passes === 1 ? null : Math.sqrt(within) / this.rows,
      rowStandardError: perRow.standardError,
      effectiveSampleSize: estimator === 'iwae' && this.#rows['effective'] ? this.#rows['effective'].sums.reduce((sum, value) => sum + value, 0) / count / this.rows : null,
    }
  }
}
