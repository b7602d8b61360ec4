import { logBeta } from './gamma'

/**
 * The regularized incomplete beta function I_x(a, b), 0 ≤ x ≤ 1, a, b > 0: Lentz's evaluation of its continued fraction
 * (DLMF 8.17.22), about 1e-14 relative.
 *
 * @param rest  1 − x, for callers who know it to more digits
 */
export function incompleteBeta(x: number, a: number, b: number, rest = 1 - x): number {
  if (x <= 0) return 0
  if (rest <= 0) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(rest, b, a, x)
  const front = Math.exp(a * Math.log(x) + b * Math.log(rest) - logBeta(a, b)) / a
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

/** P(|T| ≥ |t|) of Student's t with ν degrees of freedom: I_x(ν/2, ½) at x = ν/(ν + t²). The tail itself, so that small values keep their digits. */
export const twoSidedStudentT = (t: number, degrees: number): number => {
  const square = t * t
  return Number.isFinite(square) ? incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5, square / (degrees + square)) : 0
}

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
