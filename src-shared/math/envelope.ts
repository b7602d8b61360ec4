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
  const places = new Map<number, number>()
  const steps: number[] = []
  const low: number[] = []
  const high: number[] = []
  const mean: number[] = []
  const count: number[] = []
  for (const { step, value } of curves) {
    // curves of one sweep have the same steps in the same order: the next place is where the last was, plus one
    let guess = 0
    for (let index = 0; index < step.length; index += 1) {
      const found = value[index]!
      if (Number.isNaN(found)) continue
      const position = step[index]!
      let place = steps[guess] === position ? guess : places.get(position)
      if (place === undefined) {
        place = steps.length
        places.set(position, place)
        steps.push(position)
        low.push(found)
        high.push(found)
        mean.push(found)
        count.push(1)
      } else {
        count[place]! += 1
        if (found < low[place]!) low[place] = found
        if (found > high[place]!) high[place] = found
        mean[place]! += (found - mean[place]!) / count[place]!
      }
      guess = place + 1
    }
  }
  const order = Int32Array.from(steps, (_, index) => index).sort((left, right) => steps[left]! - steps[right]!)
  const column = (values: readonly number[]): Float64Array => Float64Array.from(order, (place) => values[place]!)
  return { step: column(steps), low: column(low), mean: column(mean), high: column(high), count: Int32Array.from(order, (place) => count[place]!) }
}
