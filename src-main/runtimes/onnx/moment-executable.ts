import type { Executable, Feed, NumericArray, RunningTotals } from '../../graph/runtime'
import type { Program } from '../../graph/program'
import { sizeOf } from '../../graph/tensor'
import { FeatureExecutable, type FeaturePlan, responsibilities } from './feature-kernel'
import type { RowExecutable } from './row-executable'
import { ScatteredMoments } from './scattered-moments'
import { compileAddition } from './sum-kernel'
import type { HeadExecutable } from './tail-executable'
import { MemoryLayout } from './wasm-module'

/**
 * A pass whose moments Σ r (1, x, x_i x_j) are found when the responsibilities of a block are there: by a product of matrices, or where most
 * of them are 0 by going from one to the next.
 */
export class MomentExecutable implements Executable {
  readonly totals: RunningTotals
  readonly #name: string
  readonly #inner: FeatureExecutable

  /**
   * @param rows     the rest of the plan, which gives responsibilities
   * @param product  that of the plan
   */
  constructor(
    readonly program: Program,
    rows: RowExecutable,
    readonly product: HeadExecutable,
    plan: FeaturePlan & { moments: NonNullable<FeaturePlan['moments']> },
  ) {
    const { name, feature, responsibilities: given } = plan.moments
    this.#name = name
    const layout = new MemoryLayout()
    const scattered = new ScatteredMoments({ rows: given.shape[0]!, columns: feature.source.shape[1]!, components: given.shape[1]! }, layout)
    const size = sizeOf(program.outputs[name]!.shape)
    const places = { sumsFrom: layout.take(8 * size), sumsSize: 8 * Math.ceil(size / 8), totalsFrom: layout.take(8 * size) }
    this.#inner = new FeatureExecutable(program, rows, plan, layout)
    const { memory, parts } = this.#inner
    scattered.open(memory)
    product.place(new Map([[name, new Float64Array(memory.buffer, places.sumsFrom, size)]]))
    const total = new Float64Array(memory.buffer, places.totalsFrom, size)
    const addProduct = compileAddition(places, memory)
    const { source } = parts.find((part) => part.name === feature.name)!
    const inner = this.#inner.totals
    this.totals = {
      clear: () => {
        inner.clear()
        scattered.clear()
        total.fill(0)
      },
      add: async (feeds) => {
        const { [name]: shares, ...others } = await inner.add(feeds)
        if (!scattered.add(source.byteOffset, shares as Float64Array)) {
          await this.#multiply(shares!)
          addProduct()
        }
        return others
      },
      read: () => {
        const moments = total.slice()
        scattered.addTo(moments)
        return { ...inner.read(), [name]: moments }
      },
    }
  }

  async #multiply(shares: NumericArray): Promise<NumericArray> {
    const features = Object.fromEntries(this.#inner.parts.map((part) => [part.name, part.features]))
    const results = await this.product.run({ ...features, [responsibilities]: shares })
    return results[this.#name]!
  }

  load(state: Readonly<Record<string, NumericArray>>): void {
    this.#inner.load(state)
  }

  read(): Promise<Record<string, NumericArray>> {
    return this.#inner.read()
  }

  async run(feeds: Readonly<Record<string, Feed>>, keep?: (outputs: Record<string, NumericArray>) => boolean): Promise<Record<string, NumericArray>> {
    const outputs = await this.#inner.run(feeds)
    const whole = { ...outputs, [this.#name]: await this.#multiply(outputs[this.#name]!) }
    keep?.(whole)
    return whole
  }

  async dispose(): Promise<void> {
    await this.#inner.dispose()
    await this.product.dispose()
  }
}
