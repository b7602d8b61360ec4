export interface ClassDensities {
  weights: readonly number[]
  means: readonly (readonly number[])[]
  covariances: readonly (readonly (readonly number[])[])[]
  /** The class that each component belongs to. */
  classOf: readonly number[]
}

/**
 * p(class | x_a, x_b) of Gaussian class-conditional densities, with all other features integrated out.
 *
 * @returns  [classes], sums to 1
 */
export function classShares({ weights, means, covariances, classOf }: ClassDensities, axes: readonly [number, number], point: readonly [number, number]): number[] {
  const [a, b] = axes
  const logs = weights.map((weight, k) => {
    const covariance = covariances[k]!
    const [aa, ab, bb] = [covariance[a]![a]!, a === b ? 0 : covariance[a]![b]!, covariance[b]![b]!]
    const determinant = aa * bb - ab * ab
    const [da, db] = [point[0] - means[k]![a]!, point[1] - means[k]![b]!]
    return Math.log(weight) - 0.5 * Math.log(determinant) - (0.5 * (bb * da * da - 2 * ab * da * db + aa * db * db)) / determinant
  })
  const most = Math.max(...logs)
  const shares = new Array<number>(Math.max(...classOf) + 1).fill(0)
  logs.forEach((log, k) => (shares[classOf[k]!]! += Math.exp(log - most)))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}
