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

/** Φ(z). */
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

/** log φ(x), the logarithm of the density of the standard normal. */
export const logNormalDensity = (x: number): number => -0.5 * (x * x + Math.log(2 * Math.PI))

/** Φ⁻¹(p) for 0 < p < 1: Acklam's rational approximation with one step of Halley's method. */
export function normalQuantile(p: number): number {
  const a = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239]
  const b = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1]
  const c = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783]
  const d = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1]
  const horner = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
  const tail = (q: number): number => horner(c, q) / horner(d, q)
  const middle = p - 0.5
  const x =
    p < 0.02425
      ? tail(Math.sqrt(-2 * Math.log(p)))
      : p > 0.97575
        ? -tail(Math.sqrt(-2 * Math.log(1 - p)))
        : (middle * horner(a, middle * middle)) / horner(b, middle * middle)
  const error = (normalCdf(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2)
  return x - error / (1 + (x * error) / 2)
}
