import { logBeta } from './gamma'

/**
 * The regularized incomplete beta function I_x(a, b), 0 ≤ x ≤ 1, a, b > 0: Lentz's evaluation of its continued fraction
 * (DLMF 8.17.22), about 1e-14 relative.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a
  const tiny = 1e-300
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return front * fraction
}

/** P(T > t) of Student's t with ν degrees of freedom, t ≥ 0; the tail itself, so that small values keep their digits. */
function upperTail(t: number, degrees: number): number {
  const square = t * t
  // The smaller of x and 1 − x is formed without cancellation.
  return square < degrees
    ? 0.5 * (1 - incompleteBeta(square / (degrees + square), 0.5, degrees / 2))
    : 0.5 * incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5)
}

/** P(|T| ≥ |t|) of Student's t with ν degrees of freedom. */
export const twoSidedStudentT = (t: number, degrees: number): number => 2 * upperTail(Math.abs(t), degrees)

/** The t > 0 with P(|T| ≤ t) = level, 0 < level < 1: bisection after doubling, to the last place or two. */
export function centralStudentT(level: number, degrees: number): number {
  const outside = 1 - level
  let high = 1
  while (twoSidedStudentT(high, degrees) > outside) high *= 2
  let low = 0
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (twoSidedStudentT(middle, degrees) > outside) low = middle
    else high = middle
  }
  return (low + high) / 2
}
