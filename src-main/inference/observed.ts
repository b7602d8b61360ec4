/** What is known of rows: x with 0 where it is NaN, and 1 where it is not. */
export interface Observed {
  x: Float32Array
  observed: Float32Array
}

export function observedOf(features: ArrayLike<number>): Observed {
  const x = Float32Array.from(features)
  const observed = new Float32Array(x.length)
  for (let index = 0; index < x.length; index += 1) {
    if (Number.isNaN(x[index])) x[index] = 0
    else observed[index] = 1
  }
  return { x, observed }
}
