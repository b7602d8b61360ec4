/**
 * Points of the curve (x − mean)ᵀ Σ⁻¹ (x − mean) = radius² of a 2 × 2 covariance, closed.
 *
 * With Σ = [[a, b], [b, c]] the half axes are radius·√λ for λ = (a + c)/2 ± √(((a − c)/2)² + b²), the first at angle ½ atan2(2b, a − c).
 *
 * @param mean        [2]
 * @param covariance  [2, 2], symmetric and positive semi-definite; a negative rounding error of an eigenvalue counts as 0
 * @param radius      in standard deviations
 * @returns           corners + 1 points
 */
export function covarianceEllipse(
  mean: readonly [number, number],
  covariance: readonly [readonly [number, number], readonly [number, number]],
  radius: number,
  corners = 64,
): [number, number][] {
  const [[a, b], [, c]] = covariance
  const centre = (a + c) / 2
  const spread = Math.hypot((a - c) / 2, b)
  const long = radius * Math.sqrt(Math.max(0, centre + spread))
  const short = radius * Math.sqrt(Math.max(0, centre - spread))
  const angle = 0.5 * Math.atan2(2 * b, a - c)
  return Array.from({ length: corners + 1 }, (_, index): [number, number] => {
    const turn = (index / corners) * 2 * Math.PI
    const along = long * Math.cos(turn)
    const across = short * Math.sin(turn)
    return [mean[0] + along * Math.cos(angle) - across * Math.sin(angle), mean[1] + along * Math.sin(angle) + across * Math.cos(angle)]
  })
}
