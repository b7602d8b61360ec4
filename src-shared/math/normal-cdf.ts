const tailBegins = -2

/** log Φ(z), the standard normal distribution function, without underflow: about 1e-15 absolute near 0, 1e-14 relative in the lower tail. */
export function logNormalCdf(z: number): number {
  if (z > 5) return Math.log1p(-upperTail(z))
  if (z > tailBegins) return Math.log(0.5 + halfArea(z))
  return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + Math.log(mills(-z))
}

/** φ(z)/Φ(z), for any z. */
export const normalHazard = (z: number): number =>
  z < tailBegins ? 1 / mills(-z) : Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - logNormalCdf(z))

export const normalCdf = (z: number): number => (z > tailBegins && z < -tailBegins ? 0.5 + halfArea(z) : z > 0 ? 1 - upperTail(z) : upperTail(-z))

const upperTail = (z: number): number => Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI)) * mills(z)

/** ∫₀ᶻ φ = φ(z) Σ z^(2n+1)/(1·3·5 … (2n+1)), all terms of one sign. */
function halfArea(z: number): number {
  let term = z
  let sum = z
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return sum * Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI))
}

/** Mills' ratio (1 − Φ(z))/φ(z) for z ≥ 2, by Laplace's continued fraction 1/(z + 1/(z + 2/(z + 3/(z + …)))). */
function mills(z: number): number {
  let value = z
  for (let n = Math.ceil(20 + 400 / (z * z)); n > 0; n -= 1) value = z + n / value
  return 1 / value
}
