import { symmetricEigen } from '@shared/math/symmetric-eigen'

/** The next M-step goes on from here, so that these need not be many. */
const mostSweeps = 2

/**
 * The orthogonal D that, with the best spreads, minimizes Σ_k Σ_j (d_jᵀ W_k d_j) / variance_kj, where variance_kj follows from d_jᵀ W_k d_j:
 * axes and spreads take turns. Given the variances, two axes at a time are turned in their plane by the angle that is best there,
 * P cos 2θ + Q sin 2θ, which no step can make worse (Flury & Gautschi 1986; Browne & McNicholas 2014 majorize instead, and creep).
 *
 * @param matrices   W_k, [D, D] each
 * @param previous   covariances of the previous iteration, which share their axes; null at a start
 * @param variances  from the spreads d_jᵀ W_k d_j [D] of component k
 * @returns          axes as rows [D, D], and spreads [D] of each component
 */
export function commonOrientation(
  matrices: readonly Float64Array[],
  columns: number,
  previous: readonly Float64Array[] | null,
  variances: (spread: Float64Array, component: number) => Float64Array,
): { axes: Float64Array; spreads: Float64Array[] } {
  const axes = symmetricEigen(mixed(previous ?? matrices), columns).vectors
  const turned = matrices.map((matrix) => inAxes(matrix, axes, columns))
  const spreads = (): Float64Array[] => turned.map((matrix) => Float64Array.from({ length: columns }, (_, j) => matrix[j * (columns + 1)]!))
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    const precisions = spreads().map((spread, k) => variances(spread, k).map((variance) => 1 / variance))
    let largest = 0
    for (let i = 0; i < columns; i += 1) {
      for (let j = i + 1; j < columns; j += 1) largest = Math.max(largest, Math.abs(turnPlane(turned, axes, precisions, columns, i, j)))
    }
    if (!(largest > 1e-7)) break
  }
  return { axes, spreads: spreads() }
}

/** A combination whose eigenvectors are those that all share, without giving any axis the same eigenvalue by symmetry. */
function mixed(matrices: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(matrices[0]!.length)
  for (const [k, matrix] of matrices.entries()) for (let index = 0; index < total.length; index += 1) total[index]! += (1 + 0.1 * k) * matrix[index]!
  return total
}

/** D W Dᵀ, with the axes as rows of D. */
function inAxes(matrix: Float64Array, axes: Float64Array, columns: number): Float64Array {
  const product = (a: Float64Array, b: Float64Array, transposed: boolean): Float64Array => {
    const out = new Float64Array(columns * columns)
    for (let i = 0; i < columns; i += 1) {
      for (let j = 0; j < columns; j += 1) {
        let value = 0
        for (let k = 0; k < columns; k += 1) value += a[i * columns + k]! * (transposed ? b[j * columns + k]! : b[k * columns + j]!)
        out[i * columns + j] = value
      }
    }
    return out
  }
  return product(product(axes, matrix, false), axes, true)
}

/** Turns axes i and j by the best angle, in place, and returns it. */
function turnPlane(turned: Float64Array[], axes: Float64Array, precisions: Float64Array[], columns: number, i: number, j: number): number {
  let [cosine, sine] = [0, 0]
  for (const [k, matrix] of turned.entries()) {
    const weight = precisions[k]![i]! - precisions[k]![j]!
    cosine += (weight * (matrix[i * (columns + 1)]! - matrix[j * (columns + 1)]!)) / 2
    sine += weight * matrix[i * columns + j]!
  }
  if (sine === 0 && cosine <= 0) return 0
  // The least of P cos 2θ + Q sin 2θ.
  const angle = Math.atan2(-sine, -cosine) / 2
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const rotate = (values: Float64Array, first: number, second: number, stride: number): void => {
    for (let index = 0; index < columns; index += 1) {
      const [a, b] = [values[first + index * stride]!, values[second + index * stride]!]
      values[first + index * stride] = c * a + s * b
      values[second + index * stride] = c * b - s * a
    }
  }
  rotate(axes, i * columns, j * columns, 1)
  for (const matrix of turned) {
    rotate(matrix, i * columns, j * columns, 1)
    rotate(matrix, i, j, columns)
  }
  return angle
}
