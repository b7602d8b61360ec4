/** One curve over its steps; NaN where it has no value. */
export interface SteppedCurve {
  step: Float64Array
  value: Float64Array
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
export function envelopeOf(curves: Iterable<SteppedCurve>): Envelope {
  const all = [...curves]
  const step = unionOfSteps(all)
  const low = new Float64Array(step.length).fill(Number.NaN)
  const high = new Float64Array(step.length).fill(Number.NaN)
  const mean = new Float64Array(step.length)
  const count = new Int32Array(step.length)
  for (const curve of all) {
    let place = 0
    for (let index = 0; index < curve.step.length; index += 1) {
      while (step[place]! < curve.step[index]!) place += 1
      // steps are in order, but for a run that went back; then the place is looked for from the start
      if (step[place] !== curve.step[index]) place = step.indexOf(curve.step[index]!)
      const found = curve.value[index]!
      if (Number.isNaN(found)) continue
      count[place]! += 1
      mean[place]! += (found - mean[place]!) / count[place]!
      if (!(low[place]! <= found)) low[place] = found
      if (!(high[place]! >= found)) high[place] = found
    }
  }
  return withValues({ step, low, mean, high, count })
}

/** In order. Curves of one sweep have the same steps: then they are the steps of the first, and nothing is gathered. */
export function unionOfSteps(curves: readonly Pick<SteppedCurve, 'step'>[]): Float64Array {
  const [first, ...others] = curves
  if (!first) return new Float64Array()
  const isInOrder = first.step.every((one, index) => index === 0 || first.step[index - 1]! < one)
  if (isInOrder && others.every(({ step }) => isSame(step, first.step))) return first.step
  const known = new Set<number>()
  for (const { step } of curves) for (const one of step) known.add(one)
  return Float64Array.from(known).sort()
}
function isSame(left: Float64Array, right: Float64Array): boolean {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false
  return true
}

/** Without the steps at which no curve has a value. */
function withValues({ step, low, mean, high, count }: Envelope): Envelope {
  if (!count.includes(0)) return { step, low, mean, high, count }
  const kept = (_: number, index: number): boolean => count[index]! > 0
  return { step: step.filter(kept), low: low.filter(kept), mean: mean.filter(kept), high: high.filter(kept), count: count.filter(kept) }
}
