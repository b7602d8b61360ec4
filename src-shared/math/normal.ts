/** Chebyshev coefficients of erfc, Numerical Recipes (3rd ed.), section 6.2.2: an error of about 1e-15 relative to 1. */
const chebyshev = [
  -1.3026537197817094, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.56151478680863e-3, -9.46595344482036e-4, 3.66839497852761e-4,
  4.2523324806907e-5, -2.0278578112534e-5, -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
  5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12, 8.94487e-13, 3.13092e-13, -1.12708e-13,
  3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16, -2.8e-17,
]

/** erfc(x) = 2/√π ∫ₓ^∞ exp(−t²) dt. */
export function complementaryErrorFunction(x: number): number {
  const z = Math.abs(x)
  const t = 2 / (2 + z)
  const y = 4 * t - 2
  let [d, dd] = [0, 0]
  for (let index = chebyshev.length - 1; index > 0; index -= 1) [d, dd] = [y * d - dd + chebyshev[index]!, d]
  const value = t * Math.exp(-z * z + 0.5 * (chebyshev[0]! + y * d) - dd)
  return x >= 0 ? value : 2 - value
}

/** Φ(x), the distribution function of the standard normal. */
export const normalDistribution = (x: number): number => 0.5 * complementaryErrorFunction(-x / Math.SQRT2)

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
  const error = (normalDistribution(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2)
  return x - error / (1 + (x * error) / 2)
}
