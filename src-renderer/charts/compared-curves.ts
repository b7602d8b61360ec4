import type { ComparedCurve } from '@shared/domain/comparison'

/**
 * Exponential running mean, corrected for its start (Kingma & Ba 2015, section 3): early values are means of what there is.
 * Weight 0 … 1 of what came before; gaps (NaN) stay gaps and carry nothing.
 */
export function smoothed(values: Float64Array, weight: number): Float64Array {
  let sum = 0
  let mass = 0
  return values.map((value) => {
    if (Number.isNaN(value)) return value
    sum = weight * sum + (1 - weight) * value
    mass = weight * mass + (1 - weight)
    return sum / mass
  })
}

export interface Envelope {
  step: Float64Array
  low: Float64Array
  mean: Float64Array
  high: Float64Array
  /** Curves with a value at the step. */
  count: Int32Array
}

/** At every step that any curve has: lowest, mean and highest over the curves that have it. */
export function envelopeOf(curves: readonly Pick<ComparedCurve, 'step' | 'value'>[]): Envelope {
  const at = new Map<number, { low: number; high: number; mean: number; count: number }>()
  for (const { step, value } of curves) {
    step.forEach((position, index) => {
      const found = value[index]!
      if (Number.isNaN(found)) return
      const so = at.get(position)
      if (!so) at.set(position, { low: found, high: found, mean: found, count: 1 })
      else {
        so.count += 1
        so.low = Math.min(so.low, found)
        so.high = Math.max(so.high, found)
        so.mean += (found - so.mean) / so.count
      }
    })
  }
  const steps = Float64Array.from(at.keys()).sort()
  const column = (read: (entry: { low: number; high: number; mean: number; count: number }) => number): Float64Array => steps.map((step) => read(at.get(step)!))
  return { step: steps, low: column(({ low }) => low), mean: column(({ mean }) => mean), high: column(({ high }) => high), count: Int32Array.from(steps, (step) => at.get(step)!.count) }
}
