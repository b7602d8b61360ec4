/**
 * Shares of centres in rows under equal weights and spherical components: r_k ∝ exp(−‖x − μ_k‖² / 2σ²). At σ = 0 all goes to the nearest.
 *
 * @param features  [rows, columns], row-major
 * @param centres   [components][columns]
 * @returns         [rows, components], each row sums to 1
 */
export function softAssignments(features: ArrayLike<number>, centres: readonly (readonly number[])[], sigma: number): Float32Array {
  const columns = centres[0]!.length
  const rows = features.length / columns
  const shares = new Float32Array(rows * centres.length)
  const distances = new Float64Array(centres.length)
  for (let row = 0; row < rows; row += 1) {
    centres.forEach((centre, k) => {
      let sum = 0
      for (let d = 0; d < columns; d += 1) sum += (features[row * columns + d]! - centre[d]!) ** 2
      distances[k] = sum
    })
    const nearest = distances.indexOf(Math.min(...distances))
    let total = 0
    for (let k = 0; k < centres.length; k += 1) {
      const share = sigma > 0 ? Math.exp((distances[nearest]! - distances[k]!) / (2 * sigma ** 2)) : Number(k === nearest)
      shares[row * centres.length + k] = share
      total += share
    }
    for (let k = 0; k < centres.length; k += 1) shares[row * centres.length + k]! /= total
  }
  return shares
}

/** The picture of a frame of k-means as the mixture of equal spheres that it is the limit of. */
export function spheresOf<F extends { weights: number[]; means: number[][]; covariances: number[][][]; responsibilities: Float32Array }>(frame: F, features: ArrayLike<number>, sigma: number): F {
  return {
    ...frame,
    weights: frame.means.map(() => 1 / frame.means.length),
    covariances: frame.means.map((mean) => mean.map((_, row) => mean.map((_unused, column) => (row === column ? sigma ** 2 : 0)))),
    responsibilities: softAssignments(features, frame.means, sigma),
  }
}

/** Root of the mean squared distance of rows to their nearest centre, per column: the σ at which clusters begin to blur. */
export function spreadAbout(features: ArrayLike<number>, centres: readonly (readonly number[])[]): number {
  const columns = centres[0]!.length
  const hard = softAssignments(features, centres, 0)
  let sum = 0
  for (let index = 0; index < features.length; index += 1) {
    const row = Math.floor(index / columns)
    const k = hard.indexOf(1, row * centres.length) - row * centres.length
    sum += (features[index]! - centres[k]![index % columns]!) ** 2
  }
  return Math.sqrt(sum / features.length)
}
