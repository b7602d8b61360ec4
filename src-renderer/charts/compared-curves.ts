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

/** [step, value, step, value, …], as charts take lines. */
export function pairs(step: Float64Array, value: Float64Array): Float64Array {
  const flat = new Float64Array(step.length * 2)
  step.forEach((at, index) => {
    flat[index * 2] = at
    flat[index * 2 + 1] = value[index]!
  })
  return flat
}
